# Functions for the list of installed files below a prefix, share/xception/installed-files. A line of it is
#   file CRC SIZE PATH     a file with its checksum (cksum) as it was installed
#   folder PATH            a folder that was made for it
# PATH is below the prefix. Earlier versions wrote a path alone.

# is_below PATH: whether the path stays below the prefix.
is_below() {
  case $1 in '' | /* | .. | ../* | */.. | */../*) return 1 ;; esac
}

# remove_file ROOT CRC SIZE PATH: removes a file, unless it is not the one that was installed any more.
# CRC may be "-": not known.
remove_file() {
  is_below "$4" || { echo "make: not removed, because it is not below the prefix: $4" >&2; return 0; }
  [ -e "$1/$4" ] || [ -L "$1/$4" ] || return 0
  if [ "$2" != - ] && [ "$(cksum < "$1/$4" 2>/dev/null)" != "$2 $3" ]; then
    echo "make: kept, because it is not the file that was installed: $1/$4" >&2
    return 0
  fi
  rm -f "$1/$4"
}

# remove_listed ROOT LIST [NEW]: removes the files of a list, except those that the list NEW has.
remove_listed() {
  while read -r kind crc size path; do
    case $kind in
      file) ;;
      folder) continue ;;
      *) path=$kind crc=- size=- ;;
    esac
    if [ -n "${3:-}" ] && grep -qE "^file [0-9]+ [0-9]+ " "$3" && cut -d' ' -f4- "$3" | grep -qxF -- "$path"; then continue; fi
    remove_file "$1" "$crc" "$size" "$path"
  done < "$2"
}
