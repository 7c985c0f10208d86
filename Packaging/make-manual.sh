#!/bin/sh
# make-manual.sh SCRATCH: manual pages and completions of SCRATCH/release/xception, into SCRATCH/manual
# and SCRATCH/completions. The pages are made by swift-argument-parser's own tool, from the checkout
# that the program was built with: nothing is downloaded.
set -eu
scratch=$1
program=$scratch/release/xception
version=$("$program" --version | head -1)
if [ "$(cat "$scratch/manual/made-for" 2>/dev/null)" = "$version" ] && [ ! "$program" -nt "$scratch/manual/made-for" ]; then
  exit 0
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! "$SWIFT" build --package-path "$scratch/checkouts/swift-argument-parser" --scratch-path "$scratch/manual-tool" \
  --product generate-manual >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi

rm -rf "$scratch/manual" "$scratch/completions"
mkdir -p "$scratch/manual" "$scratch/completions"
# The date of the sources, so that the same commit gives the same pages.
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
"$scratch/manual-tool/debug/generate-manual" "$program" --multi-page --date "$(date -u -d "@$epoch" +%Y-%m-%d)" -o "$scratch/manual"
rm -f "$scratch/manual/xception.help.1"
# man looks for the page of a subcommand as xception-classify, and so does `man xception classify`.
for page in "$scratch"/manual/xception.*.1; do
  command=$(basename "$page" .1)
  sed -i "s/^\.Nm\$/.Nm \"$(echo "$command" | tr . ' ')\"/" "$page"
  mv "$page" "$scratch/manual/$(echo "$command" | tr . -).1"
done
# mdoc has no blank lines, and a page is named by one word.
sed -i -E -e '/^\.Xr xception\.help 1/d' -e 's/^$/.Pp/' \
  -e '/^\.Sh NAME/ { n; s/"//g; s/(xception|-[a-z]+) ([a-z])/\1-\2/; s/(xception-[a-z]+) ([a-z])/\1-\2/ }' \
  -e '/^\.(Dt|Xr) xception\./I { :dots; s/^(\.(Dt|Xr) [A-Za-z-]*)\.([a-z])/\1-\3/I; t dots }' "$scratch"/manual/*.1

# A line for each subcommand, from its own page.
subcommands=$(cd "$scratch/manual" && for page in xception-*.1; do
  case ${page#xception-} in *-*) continue ;; esac
  printf '%s\t%s\n' "$(basename "${page#xception-}" .1)" "$(sed -n 's/^\.Nd "\(.*\)"$/\1/p' "$page")"
done)
for page in "$scratch"/manual/*.1; do
  name=$(basename "$page" .1)
  # The values of options, which the help lists and the tool leaves out: a line each.
  values=$(COLUMNS=10000 "$program" $(echo "${name#xception}" | tr - ' ') --help |
    sed -n 's/^ *\(-., \)\{0,1\}--\([a-z-]*\) .*(values: \([^;)]*\).*/\2 \3/p')
  awk -v page="$name" -v subcommands="$subcommands" -v values="$values" -f Packaging/manual-sections.awk "$page" > "$page.new"
  mv "$page.new" "$page"
done

for shell in bash zsh fish; do
  # Completions are read by the shell, not run: no "#!" line.
  "$program" --generate-completion-script "$shell" | sed '1{/^#!/d}' > "$scratch/completions/$shell"
done
echo "$version" > "$scratch/manual/made-for"
