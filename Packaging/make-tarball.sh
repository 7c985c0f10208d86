#!/bin/sh
# make-tarball.sh SCRATCH: the result of `make portable`, as an archive that runs from where it is unpacked. The same binary
# gives the same archive: every time in it is that of the commit.
set -eu
scratch=$1
built_from=$("$scratch/release/xception" --version | head -1)
version=$(echo "$built_from" | cut -d' ' -f2)
name=xception-$version-linux-$(uname -m)
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
umask 022
mkdir "$stage/$name"
PYTHON_PACKAGES=share/xception/python Packaging/install.sh "$scratch" "" "$stage/$name" >/dev/null
rm "$stage/$name/share/xception/installed-files"
Packaging/licences.sh "$stage/$name/share/doc/xception/licences"
cat > "$stage/$name/README" <<README
$built_from

bin/xception runs from here. To have it as a command: ln -s "\$PWD/bin/xception" ~/.local/bin/, or copy bin and share into a prefix.
For Python: export PYTHONPATH="\$PWD/share/xception/python".
share/man has its manual pages, share/doc/xception its licences.
README
tar -C "$stage" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$epoch" -cf - "$name" | gzip -9n > "$scratch/$name.tar.gz.new"
mv "$scratch/$name.tar.gz.new" "$scratch/$name.tar.gz"
echo "$scratch/$name.tar.gz: $(du -k "$scratch/$name.tar.gz" | cut -f1) KiB"
