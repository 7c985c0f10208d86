# Gives a manual page of swift-argument-parser the sections that manual pages have: the blocks "Examples:", "Exit status:"
# and "Environment:" of the help's text become sections of their own, and the page of the program itself lists its
# subcommands. Options get the values that they accept. Set `subcommands` to lines of name, tab, abstract; `values` to lines of
# an option's name and its values; `page` to the page's name.

BEGIN {
    for (i = split(values, lines, "\n"); i > 0; i--) {
        option = lines[i]
        sub(/ .*/, "", option)
        sub(/^[^ ]* /, "", lines[i])
        accepted[option] = lines[i]
    }
}

function literal(text) {
    print ".Bd -literal"
    printf "%s", text
    print ".Ed"
}

# A word and what it means in each line; lines that are further to the right continue.
function list(text,    lines, count, i, word) {
    count = split(text, lines, "\n")
    print ".Bl -tag -width Ds"
    for (i = 1; i < count; i++) {
        if (match(lines[i], /^[^ ]+ +/)) {
            word = lines[i]
            sub(/ .*/, "", word)
            print ".It " word
        }
        sub(/^[^ ]* +/, "", lines[i])
        print lines[i]
    }
    print ".El"
}

function close_description(    lines, count, i, parts) {
    if (page == "xception" && subcommands != "") {
        print ".Pp\nOptions for images are those of\n.Xr xception-classify 1 ."
        print ".Sh SUBCOMMANDS\n.Bl -tag -width Ds"
        count = split(subcommands, lines, "\n")
        for (i = 1; i <= count; i++) {
            split(lines[i], parts, "\t")
            print ".It Xr xception-" parts[1] " 1\n" parts[2]
        }
        print ".El"
        subcommands = ""
    }
}

/^Examples:$/ { block = "examples"; next }
/^Exit status:$/ { block = "status"; next }
/^Environment:$/ { block = "environment"; next }
block != "" && /^  / { text[block] = text[block] substr($0, 3) "\n"; next }
block != "" && /^\.Pp$/ { block = ""; next }
block != "" { block = "" }

/^\.Sh SYNOPSIS$/ { in_synopsis = page == "xception" }
in_synopsis && /^\.(Nm|Oo|Oc|Op|Ar)/ {
    if (!has_synopsis) print ".Nm\n.Op Ar options\n.Ar path ...\n.Nm\n.Ar subcommand\n.Op Ar options\n.Nm\n.Fl -version | Fl -help"
    has_synopsis = 1
    next
}
/^\.Sh DESCRIPTION$/ { in_synopsis = 0; in_description = 1 }
# The text of an option is the line after its name.
option_text && !/^\./ { print $0 " Values: " accepted[option_text] "."; option_text = ""; next }
/^\.It / {
    option_text = ""
    if (match($0, /Fl -[a-z-]+/) && substr($0, RSTART + 4, RLENGTH - 4) in accepted) option_text = substr($0, RSTART + 4, RLENGTH - 4)
}
# The list of options.
/^\.Bl/ && in_description && !has_options { has_options = 1; print ".Pp" }

/^\.Sh "EXIT STATUS"$/ {
    if (in_description) close_description()
    in_description = 0
    if (text["environment"] != "") { print ".Sh ENVIRONMENT"; list(text["environment"]) }
    if (page == "xception") {
        print ".Sh FILES\n.Bl -tag -width Ds"
        print ".It Pa ~/.local/share/xception\nModel files of the user; searched after\n.Ev XCEPTION_MODELS ."
        print ".It Pa share/xception\nThe installed model files, converters and examples.\n.El"
    }
    print
    if (text["status"] != "") list(text["status"]); else print "As of\n.Xr xception 1 ."
    if (text["examples"] != "") { print ".Sh EXAMPLES"; literal(text["examples"]) }
    skips = 1
    next
}
skips && /^\.Ex -std/ { next }
{ print }
