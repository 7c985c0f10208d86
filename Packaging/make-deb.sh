#!/bin/sh
# make-deb.sh SCRATCH: a Debian package of what `make` built, SCRATCH/xception_VERSION_ARCHITECTURE.deb.
# The same binary gives the same package: every time in it is that of the commit.
set -eu
scratch=$1
for tool in dpkg-deb dpkg-shlibdeps strip; do
  command -v $tool >/dev/null || { echo "make: no $tool; apt-get install dpkg-dev binutils" >&2; exit 1; }
done
version=$("$scratch/release/xception" --version | head -1 | cut -d' ' -f2)
built_from=$("$scratch/release/xception" --version | head -1)
maintainer="${DEBFULLNAME:-The xception authors} <${DEBEMAIL:-xception@xception.invalid}>"
architecture=$(dpkg --print-architecture)
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}"

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
umask 022
root=$stage/root
mkdir "$root"
ZSH_COMPLETIONS=share/zsh/vendor-completions PYTHON_PACKAGES=lib/python3/dist-packages Packaging/install.sh "$scratch" /usr "$root" >/dev/null
# dpkg keeps its own list; licences are in the copyright file.
rm "$root/usr/share/xception/installed-files" "$root"/usr/share/doc/xception/LICENSE*
gzip -9n "$root"/usr/share/man/man1/*.1
install -m 644 Packaging/debian/copyright "$root/usr/share/doc/xception/copyright"
gzip -9n > "$root/usr/share/doc/xception/changelog.gz" <<CHANGES
xception ($version) unstable; urgency=medium

  * $built_from

 -- $maintainer  $(date -u -d "@$SOURCE_DATE_EPOCH" '+%a, %d %b %Y %H:%M:%S +0000')
CHANGES

# dpkg-shlibdeps wants a source package around it.
mkdir "$stage/debian" "$root/DEBIAN"
printf 'Source: xception\n\nPackage: xception\nArchitecture: any\n' > "$stage/debian/control"
depends=$(cd "$stage" && dpkg-shlibdeps -O -e root/usr/bin/xception | sed -n 's/^shlibs:Depends=//p')
cat > "$root/DEBIAN/prerm" <<'PRERM'
#!/bin/sh
set -e
# Python writes them when root imports the module.
rm -rf /usr/lib/python3/dist-packages/xception/__pycache__
PRERM
chmod 755 "$root/DEBIAN/prerm"
(cd "$root" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum > DEBIAN/md5sums)
sed -e "s/@version@/$version/" -e "s/@maintainer@/$maintainer/" -e "s/@architecture@/$architecture/" -e "s/@depends@/$depends/" \
  -e "s/@size@/$(du -sk --apparent-size "$root/usr" | cut -f1)/" Packaging/debian/control.in > "$root/DEBIAN/control"
package=$scratch/xception_${version}_$architecture.deb
# Under its final name once it is whole.
dpkg-deb --root-owner-group -Zxz --build "$root" "$package.new" >/dev/null
mv "$package.new" "$package"
echo "$package: $(du -k "$package" | cut -f1) KiB; depends on $depends"
