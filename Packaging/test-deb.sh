#!/bin/sh
# test-deb.sh PACKAGE: installs the package in a fresh minimal Debian, without Swift, uses it there and removes
# it: nothing may be left. Needs root, debootstrap and a Debian mirror; lintian is asked where it is installed.
set -eu
package=$1
fails() { echo "test-deb: $*" >&2; exit 1; }
[ "$(id -u)" = 0 ] && command -v debootstrap >/dev/null || fails "needs root and debootstrap (apt-get install debootstrap)"
if command -v lintian >/dev/null; then
  # Among the warnings are a program without hardening and a manual page that man cannot read.
  lintian --fail-on error,warning "$package" || fails "lintian finds something"
fi

root=$(mktemp -d)
trap 'umount "$root/proc" 2>/dev/null; rm -rf "$root"' EXIT
debootstrap --variant=minbase "${DEBIAN_RELEASE:-bookworm}" "$root" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" > "$root.log" 2>&1 \
  || { tail -5 "$root.log" >&2; fails "debootstrap failed"; }
rm "$root.log"
mount -t proc proc "$root/proc"
cp /etc/resolv.conf /etc/hosts "$root/etc/"
cp "$package" "$root/tmp/"
cp Tests/Fixtures/photos/chelsea.png "$root/tmp/"
inside() { chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive sh -c "$1"; }

inside 'apt-get update -qq && apt-get install -y -qq man-db bash-completion python3 >/dev/null 2>&1'
inside 'find / -xdev ! -path "/proc/*" ! -path "/tmp/*" ! -path "/var/*" | sort' > "$root/tmp/before"
inside "apt-get install -y -qq '/tmp/$(basename "$package")' >/dev/null 2>&1" || fails "the package cannot be installed"
inside 'cd / && md5sum -c --quiet /var/lib/dpkg/info/xception.md5sums' || fails "files differ from their sums"
inside 'xception -k 1 /tmp/chelsea.png' | grep 'Egyptian cat' || fails "the installed program does not see a cat"
inside 'xception --version; xception model path'
inside 'python3 -c "from xception import XceptionProcess
with XceptionProcess() as xception: print(xception.classify(open(\"/tmp/chelsea.png\", \"rb\").read()))"' \
  | grep -q 'Egyptian cat' || fails "the installed Python module does not see a cat"
for page in xception xception-classify xception-convert; do
  inside "man $page" | grep -qi '^ *name' || fails "man $page shows nothing"
done
inside 'bash -c "source /usr/share/bash-completion/bash_completion; _completion_loader xception; complete -p xception"' \
  || fails "bash does not find its completions"
inside 'xception-convert x.h5 -o y; [ $? = 2 ]' || fails "xception-convert without numpy does not say so"
inside 'apt-get purge -y -qq xception >/dev/null 2>&1 && apt-get autoremove -y -qq --purge >/dev/null 2>&1'
inside 'find / -xdev ! -path "/proc/*" ! -path "/tmp/*" ! -path "/var/*" | sort' > "$root/tmp/after"
diff "$root/tmp/before" "$root/tmp/after" | grep '^>' && fails "the files above are left behind"
echo "installed, used and removed"
