#!/bin/sh
# Installs what `make` built below a temporary prefix, uses it from there without Swift on the PATH, and
# removes it: nothing may be left. Prints what does not hold, and fails.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
prefix=$folder/prefix
fails() { echo "test-install: $*" >&2; exit 1; }

# What sudo leaves of the environment.
clean="env -i HOME=$folder PATH=/usr/sbin:/usr/bin:/sbin:/bin"
$clean make --no-print-directory install PREFIX="$prefix" >/dev/null
commit=$([ ! -e .git ] || echo 'commit [0-9a-f]+(-dirty)?, ')
photo=$PWD/Tests/Fixtures/photos/chelsea.png
cd "$folder"
"$prefix/bin/xception" --version | grep -Eq "^xception [0-9.]+ \\(${commit}[a-z0-9]+, auto precision [a-z0-9]+\\)\$" || fails "--version says $("$prefix/bin/xception" --version)"
"$prefix/bin/xception" model path | grep -qvF "$prefix/share/xception/" && fails "other models than the installed ones are used"
$clean "$prefix/bin/xception" -k 1 "$photo" | grep -q 'Egyptian cat' || fails "the installed program does not see a cat"
! nm "$prefix/bin/xception" 2>/dev/null | grep -q . || fails "the program is not stripped"
for page in xception xception-classify xception-convert xception-official-model; do
  [ -s "$prefix/share/man/man1/$page.1" ] || fails "no manual page $page"
done
bash -n "$prefix/share/bash-completion/completions/xception" || fails "bash cannot read its completions"

# The README's block of Python, below a prefix where Python does not look by itself, and one where it does.
cp "$photo" photo.jpg
block=$(sed -n '/^    from xception import/,/^$/{s/^    //;p};/^    with Xception/,/^$/{s/^    //;p}' "$OLDPWD/README.md")
PYTHONPATH=$prefix/share/xception/python /usr/bin/python3 -c "$block" | grep -qx 'Egyptian cat' || fails "the README's Python block does not see a cat"
grep -q "python3" <<USER || fails "python-packages.sh does not know the user's packages"
$(HOME=$folder "$OLDPWD/Packaging/python-packages.sh" "$folder/.local")
USER

# The converters: help needs no package, and a package that is missing costs one line.
for converter in xception-convert xception-official-model; do
  "$prefix/bin/$converter" --help | grep -q "^usage: $converter" || fails "$converter --help does not work"
  # Modules that are found before the real ones and say that there are none.
  mkdir -p "$folder/blocked"
  for module in numpy h5py; do echo "raise ModuleNotFoundError(\"No module named '$module'\", name='$module')" > "$folder/blocked/$module.py"; done
  status=0
  PYTHONPATH=$folder/blocked "$prefix/bin/$converter" $([ $converter = xception-convert ] && echo "$photo -o $folder/out") 2> "$folder/errors" || status=$?
  [ $status = 2 ] && [ "$(wc -l < "$folder/errors")" = 1 ] && grep -q 'apt-get install python3-numpy python3-h5py' "$folder/errors" \
    || fails "$converter without numpy: status $status, $(cat "$folder/errors")"
done

cd "$OLDPWD"
grep -q '^file ' "$prefix/share/xception/installed-files" || fails "no list of what is installed"
# A file of the user, a list that leads out of the prefix, a file that was replaced, an installation that was interrupted.
echo precious > "$folder/precious"
printf '../precious\n/%s/precious\nfile - - ../precious\nfolder ../..\n' "$folder" >> "$prefix/share/xception/installed-files"
echo mine > "$prefix/share/doc/xception/models.md"
touch "$prefix/share/xception/kept.head.safetensors"
$clean make --no-print-directory uninstall PREFIX="$prefix"
[ "$(cat "$folder/precious")" = precious ] || fails "make uninstall removes what is not below the prefix"
left=$(cd "$prefix" && find . ! -type d | sort | tr '\n' ' ')
[ "$left" = "./share/doc/xception/models.md ./share/xception/kept.head.safetensors " ] \
  || fails "make uninstall leaves or takes the wrong files: $left"
left=$(cd "$prefix" && find . -type d | sort | tr '\n' ' ')
[ "$left" = ". ./share ./share/doc ./share/doc/xception ./share/xception " ] || fails "make uninstall leaves or takes the wrong folders: $left"
rm -r "$prefix"
# Interrupted at any file: the list is there already.
for files in 0 1 10; do
  (PATH=$folder/stub:$PATH; mkdir -p "$folder/stub"
    printf '#!/bin/sh\nn=$(cat %s/count); [ "$n" -gt 0 ] || exit 1; echo $((n - 1)) > %s/count; exec /usr/bin/install "$@"\n' "$folder" "$folder" \
      > "$folder/stub/install"
    chmod +x "$folder/stub/install"; echo $files > "$folder/count"
    ! Packaging/install.sh "${SCRATCH:-.build-static}" "$prefix" "" >/dev/null 2>&1) || fails "an installation that fails does not say so"
  Packaging/uninstall.sh "$prefix" "" || fails "an installation interrupted after $files files cannot be removed"
  left=$(find "$prefix" ! -type d)
  [ -z "$left" ] || fails "after an interrupted installation these are left: $left"
done
$clean make --no-print-directory install PREFIX=/opt/x DESTDIR="$folder/root" >/dev/null
[ -x "$folder/root/opt/x/bin/xception" ] || fails "DESTDIR is not honoured"
echo "installed, used and removed"
