#!/bin/sh
# licences.sh FOLDER: the licences of a portable package's contents: of the program and its models, and of the C libraries
# that are linked in, as Debian's packages of them state.
set -eu
folder=$1
mkdir -p "$folder"
cp LICENSE "$folder/xception"
cp Scripts/labels/LICENSE.WordNet "$folder/WordNet"
cp Models/LICENSE.mobilenet "$folder/MobileNet"
cp Packaging/debian/copyright "$folder/overview"
cp /usr/share/common-licenses/Apache-2.0 "$folder/Apache-2.0"
for package in libjpeg62-turbo-dev libpng-dev zlib1g-dev libmd-dev libsqlite3-dev libstdc++-12-dev libgcc-12-dev; do
  notice=/usr/share/doc/$package/copyright
  # Of one source: libstdc++'s is a link into libgcc's package and the like.
  [ -e "$notice" ] || { echo "make: no $notice, which goes with the package" >&2; exit 1; }
  cp -L "$notice" "$folder/$package"
done
