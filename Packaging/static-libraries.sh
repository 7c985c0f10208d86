#!/bin/sh
# static-libraries.sh FOLDER: a folder of links to the archives of the C libraries that the program is linked with, and to
# no shared one: a linker that looks there first takes the archives. Prints what cannot be found, and fails.
set -eu
folder=$1
rm -rf "$folder"
mkdir -p "$folder"
for library in jpeg png:png16 png16 z md sqlite3 stdc++; do
  archive=lib${library#*:}.a
  # The compiler knows their places; archives that it does not find are printed without a folder.
  path=$(g++ -print-file-name="$archive")
  case $path in
    /*) ln -s "$(readlink -f "$path")" "$folder/lib${library%:*}.a" ;;
    *) echo "make: no $archive; make deps installs it" >&2; exit 1 ;;
  esac
done
