#!/bin/sh
# install.sh SCRATCH PREFIX DESTDIR: copies what `make` built. The list by which it is removed again is complete before the
# first file is copied, so that an installation that was interrupted can be removed as well.
set -eu
. "$(dirname "$0")/installed-files.sh"
scratch=$1 prefix=$2 root=$3$2
program=$scratch/release/xception
if [ ! -x "$program" ] || [ ! -e "$scratch/manual/made-for" ]; then
  echo "make: nothing to install yet; run make first" >&2
  exit 1
fi
umask 022
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
trap 'exit 1' HUP INT TERM

# put MODE FILE PATH: notes a file that is installed as PATH below the prefix.
put() { printf '%s\t%s\t%s\n' "$1" "$2" "$3" >> "$stage/files"; }

Packaging/strip-program.sh "$program" "$stage/xception"
put 755 "$stage/xception" bin/xception
for model in Models/*.safetensors; do put 644 "$model" "share/xception/$(basename "$model")"; done
for page in "$scratch"/manual/*.1 Packaging/*.1; do put 644 "$page" "share/man/man1/$(basename "$page")"; done
put 644 "$scratch/completions/bash" share/bash-completion/completions/xception
zsh_completions=${ZSH_COMPLETIONS:-share/zsh/site-functions}
put 644 "$scratch/completions/zsh" "$zsh_completions/_xception"
put 644 "$scratch/completions/fish" share/fish/vendor_completions.d/xception.fish
put 644 LICENSE share/doc/xception/LICENSE
put 644 Scripts/labels/LICENSE.WordNet share/doc/xception/LICENSE.WordNet
put 644 README.md share/doc/xception/README.md
put 644 Models/README.md share/doc/xception/models.md
put 644 Models/LICENSE.mobilenet share/doc/xception/LICENSE.mobilenet
for page in Documentation/*.md; do put 644 "$page" "share/doc/xception/$page"; done
for script in convert_weights.py official_model.py; do put 644 "Scripts/convert/$script" "share/xception/convert/$script"; done
for module in Scripts/convert/xception_weights/*.py; do
  put 644 "$module" "share/xception/convert/xception_weights/$(basename "$module")"
done
for file in coprocess/xception_process.py spark/classify_photos.py spark/xception_spark.py spark/README.md; do
  put 644 "Scripts/$file" "share/xception/$file"
done
put 755 Scripts/coprocess/frames.sh share/xception/coprocess/frames.sh
put 755 Packaging/xception-convert bin/xception-convert
put 755 Packaging/xception-official-model bin/xception-official-model
python=$(Packaging/python-packages.sh "$prefix")
put 644 Scripts/coprocess/xception_process.py "$python/xception/__init__.py"
put 644 /dev/null "$python/xception/py.typed"

share=share/xception
list=$root/$share/installed-files
# folder PATH: notes the folders on the way to PATH that there are not.
folder() {
  [ "$1" != . ] && [ ! -d "$root/$1" ] || return 0
  folder "$(dirname "$1")"
  grep -qxF -- "folder $1" "$stage/new" || echo "folder $1" >> "$stage/new"
}
: > "$stage/new"
# Those that an earlier installation made are this one's, too.
[ ! -e "$list" ] || grep '^folder ' "$list" > "$stage/new" || true
folder "$share"
while IFS="$(printf '\t')" read -r mode file path; do
  folder "$(dirname "$path")"
  echo "file $(cksum < "$file") $path" >> "$stage/new"
done < "$stage/files"

mkdir -p "$root/$share"
# Until all is copied, what was there before and what comes can both be removed; files that are halfway are in
# neither version, so their checksums are left out.
{ cat "$stage/new"; [ ! -e "$list" ] || grep -v '^folder ' "$list" || true; } |
  sed -E 's/^file [0-9]+ [0-9]+ /file - - /' | sort -u > "$list.new"
[ ! -e "$list" ] || cp "$list" "$stage/old"
mv "$list.new" "$list"
while IFS="$(printf '\t')" read -r mode file path; do install -D -m "$mode" "$file" "$root/$path"; done < "$stage/files"
# Files of an earlier version that this one does not have.
[ ! -e "$stage/old" ] || remove_listed "$root" "$stage/old" "$stage/new"
cp "$stage/new" "$list.new"
mv "$list.new" "$list"

echo "installed $("$root/bin/xception" --version | head -1) in $prefix"
case :$PATH: in
  *":$prefix/bin:"*) ;;
  *) [ -n "$3" ] || echo "$prefix/bin is not in PATH: export PATH=\"$prefix/bin:\$PATH\"" ;;
esac
case $prefix in
  /usr | /usr/local) ;;
  *) [ -n "$3" ] || ! command -v zsh >/dev/null || echo "for zsh: fpath=($prefix/$zsh_completions \$fpath) before compinit" ;;
esac
[ "$python" != share/xception/python ] || [ -n "$3" ] || echo "for Python: export PYTHONPATH=\"$prefix/$python\""
