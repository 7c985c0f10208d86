#!/bin/sh
# static-libraries.sh FOLDER: a folder of links to the archives of the C libraries that the program is linked with, and to
# no shared one, and descriptions of them for pkg-config: a linker that looks there first takes the archives. Prints what
# cannot be found, and fails.
set -eu
folder=$1
rm -rf "$folder"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
for library in jpeg png:png16 png16 z md sqlite3 stdc++; do
  archive=lib${library#*:}.a
  # The compiler knows their places; archives that it does not find are printed without a folder.
  path=$(g++ -print-file-name="$archive")
  case $path in
    /*) ln -s "$(readlink -f "$path")" "$folder/lib${library%:*}.a" ;;
    *) echo "make: no $archive; make deps installs it" >&2; exit 1 ;;
  esac
done
# Swift's package manager reads the descriptions itself, and those of the system name the system's folder, which comes
# before any folder that it is given.
for library in libjpeg:jpeg libpng:png16 libmd:md sqlite3:sqlite3; do
  name=${library%:*}
  cat > "$folder/$name.pc" <<DESCRIPTION
Name: $name
Description: the archive of $name
Version: $(pkg-config --modversion "$name")
Cflags: $(pkg-config --cflags "$name")
Libs: -L$folder -l${library#*:}
DESCRIPTION
done
