#!/bin/sh
# uninstall.sh PREFIX DESTDIR: removes the files that install.sh listed, and the folders that are its own.
set -eu
root=$2$1
list=$root/share/xception/installed-files
if [ ! -e "$list" ]; then
  echo "make: xception is not installed in $1 (no $list)" >&2
  exit 1
fi
while read -r path; do rm -f "$root/$path"; done < "$list"
rm -f "$list"
for folder in share/xception/convert/xception_weights share/xception/convert share/xception/coprocess share/xception/spark share/xception share/doc/xception; do
  rmdir "$root/$folder" 2>/dev/null || true
done
