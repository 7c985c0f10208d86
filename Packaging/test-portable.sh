#!/bin/bash
# test-portable.sh SCRATCH: installs the wheel in a clean virtual environment and unpacks the tarball, both in a fresh minimal
# Debian, too, if this is root and has debootstrap. Prints what does not hold, and fails.
set -euo pipefail
scratch=$(realpath "$1")
fails() { echo "test-portable: $*" >&2; exit 1; }
shopt -s nullglob
wheel=("$scratch"/xception-*.whl) tarball=("$scratch"/xception-*.tar.gz)
[ ${#wheel[@]} = 1 ] && [ ${#tarball[@]} = 1 ] || fails "one wheel and one tarball are expected in $scratch"
photo=$PWD/Tests/Fixtures/photos/chelsea.png
folder=$(mktemp -d)
root=
trap '[ -z "$root" ] || { umount "$root/proc" 2>/dev/null; rm -rf "$root"; }; rm -rf "$folder"' EXIT

needed=$(objdump -p "$scratch/release/xception" | awk '/NEEDED/ { print $2 }' | sort | tr '\n' ' ')
for library in $needed; do
  case $library in
    libc.so.6 | libm.so.6 | libdl.so.2 | libpthread.so.0 | ld-linux-*) ;;
    *) fails "the program needs $library" ;;
  esac
done

sees_a_cat='from xception import XceptionProcess
import sys
with XceptionProcess("--top", "1") as xception:
    print(xception.classify(open(sys.argv[1], "rb").read())["predictions"][0]["label"])'
clean="env -i HOME=$folder PATH=/usr/bin:/bin"
/usr/bin/python3 -m venv "$folder/venv" || fails "no python3-venv"
$clean "$folder/venv/bin/pip" install -q --no-index "${wheel[0]}" || fails "the wheel cannot be installed"
$clean "$folder/venv/bin/xception" -k 1 "$photo" | grep -q 'Egyptian cat' || fails "the wheel's command does not see a cat"
[ "$($clean "$folder/venv/bin/python" -c "$sees_a_cat" "$photo")" = "Egyptian cat" ] || fails "the wheel's module does not see a cat"
$clean "$folder/venv/bin/xception" model path | grep -qvF "$folder/venv/share/xception/" && fails "other models than the wheel's are used"
$clean "$folder/venv/bin/pip" uninstall -q -y xception
left=$(find "$folder/venv" -path '*/xception*' ! -type d)
[ -z "$left" ] || fails "the wheel leaves behind $left"

tar -C "$folder" -xzf "${tarball[0]}"
unpacked=("$folder"/xception-*)
$clean "${unpacked[0]}/bin/xception" -k 1 "$photo" | grep -q 'Egyptian cat' || fails "the tarball's program does not see a cat"
$clean "${unpacked[0]}/bin/xception" model path | grep -qvF "${unpacked[0]}/share/xception/" && fails "other models than the tarball's are used"

if [ "$(id -u)" = 0 ] && command -v debootstrap >/dev/null; then
  root=$(mktemp -d)
  debootstrap --variant=minbase --include=python3-venv "${DEBIAN_RELEASE:-bookworm}" "$root" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" \
    > "$folder/log" 2>&1 || { tail -5 "$folder/log" >&2; fails "debootstrap failed"; }
  mount -t proc proc "$root/proc"
  cp -r "${wheel[0]}" "${unpacked[0]}" "$photo" "$root/tmp/"
  inside() { chroot "$root" env -i HOME=/root PATH=/usr/bin:/bin "$@"; }
  inside "/tmp/$(basename "${unpacked[0]}")/bin/xception" -k 1 /tmp/chelsea.png | grep -q 'Egyptian cat' || fails "no cat in a fresh Debian"
  inside sh -c "python3 -m venv /opt/venv && /opt/venv/bin/pip install -q --no-index /tmp/xception-*.whl" || fails "no wheel in a fresh Debian"
  [ "$(inside /opt/venv/bin/python -c "$sees_a_cat" /tmp/chelsea.png)" = "Egyptian cat" ] || fails "no module in a fresh Debian"
  echo "in a fresh Debian, too:"
fi
echo "installed, unpacked, used and removed"
