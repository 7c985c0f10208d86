#!/bin/sh
# install.sh SCRATCH PREFIX DESTDIR: copies what `make` built, and writes the list by which it is removed.
set -eu
scratch=$1 prefix=$2 root=$3$2
program=$scratch/release/xception
if [ ! -x "$program" ] || [ ! -e "$scratch/manual/made-for" ]; then
  echo "make: nothing to install yet; run make first" >&2
  exit 1
fi
umask 022
share=$root/share/xception
list=share/xception/installed-files
mkdir -p "$share"
: > "$root/$list.new"

# put MODE FILE PATH: installs a file as PATH below the prefix.
put() {
  install -D -m "$1" "$2" "$root/$3"
  echo "$3" >> "$root/$list.new"
}

put 755 "$program" bin/xception
strip --strip-unneeded --remove-section=.comment "$root/bin/xception"
for model in Models/*.safetensors; do put 644 "$model" "share/xception/$(basename "$model")"; done
for page in "$scratch"/manual/*.1 Packaging/*.1; do put 644 "$page" "share/man/man1/$(basename "$page")"; done
put 644 "$scratch/completions/bash" share/bash-completion/completions/xception
put 644 "$scratch/completions/zsh" "${ZSH_COMPLETIONS:-share/zsh/site-functions}/_xception"
put 644 "$scratch/completions/fish" share/fish/vendor_completions.d/xception.fish
put 644 LICENSE share/doc/xception/LICENSE
put 644 Scripts/labels/LICENSE.WordNet share/doc/xception/LICENSE.WordNet
put 644 Models/README.md share/doc/xception/models.md
for script in convert_weights.py official_model.py; do put 644 "Scripts/convert/$script" "share/xception/convert/$script"; done
for module in Scripts/convert/xception_weights/*.py; do put 644 "$module" "share/xception/convert/xception_weights/$(basename "$module")"; done
for file in coprocess/xception_process.py coprocess/frames.sh spark/classify_photos.py spark/xception_spark.py spark/README.md; do
  put 644 "Scripts/$file" "share/xception/$file"
done
chmod 755 "$root/share/xception/coprocess/frames.sh"
put 755 Packaging/xception-convert bin/xception-convert
put 755 Packaging/xception-official-model bin/xception-official-model

# Files of an earlier version that this one does not have.
if [ -e "$root/$list" ]; then
  grep -vxF -f "$root/$list.new" "$root/$list" | while read -r path; do rm -f "$root/$path"; done || true
fi
mv "$root/$list.new" "$root/$list"
echo "installed $("$root/bin/xception" --version) in $prefix"
