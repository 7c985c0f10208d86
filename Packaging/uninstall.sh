#!/bin/sh
# uninstall.sh PREFIX DESTDIR: removes the files that install.sh listed, as far as they are still those, and the folders
# that it made, as far as they are empty.
set -eu
. "$(dirname "$0")/installed-files.sh"
root=$2$1
list=$root/share/xception/installed-files
if [ ! -e "$list" ]; then
  echo "make: xception is not installed in $1 (no $list)" >&2
  exit 1
fi
remove_listed "$root" "$list"
folders=$(sed -n 's/^folder //p' "$list" | sort -r)
rm -f "$list"
# An earlier version's list has no folders.
for folder in ${folders:-share/xception/convert/xception_weights share/xception/convert share/xception/coprocess \
  share/xception/spark share/xception share/doc/xception}; do
  is_below "$folder" && rmdir "$root/$folder" 2>/dev/null || true
done
