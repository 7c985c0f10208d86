#!/bin/sh
# python-packages.sh PREFIX: the folder below PREFIX, relative to it, in which the Python module is installed: one where
# Python looks for packages, if there is one there. $PYTHON_PACKAGES names another.
set -eu
if [ -n "${PYTHON_PACKAGES:-}" ]; then
  echo "$PYTHON_PACKAGES"
  exit
fi
for python in python3 /usr/bin/python3; do
  # The shortest: /usr/local is below /usr.
  found=$("$python" -c '
import site, sys
prefix = sys.argv[1].rstrip("/") + "/"
places = [place for place in site.getsitepackages() + [site.getusersitepackages()] if place.startswith(prefix)]
print(min(places, key=len)[len(prefix):] if places and prefix != "/" else "")' "$1" 2>/dev/null) || continue
  [ -z "$found" ] || { echo "$found"; exit; }
done
echo share/xception/python
