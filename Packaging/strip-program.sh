#!/bin/sh
# strip-program.sh PROGRAM COPY: a copy without symbols. Hashes of what strip removes depend on the folder that the program was
# built in, and become zeros: the linker's build ID, after a header of 16 bytes, and Swift's. Without their sections strip
# would leave out the program header for relocations that become read-only, too.
set -eu
strip --strip-unneeded --remove-section=.comment -o "$2" "$1"
for hash in .note.gnu.build-id:16 .swift_modhash:0; do
  section=${hash%:*} header=${hash#*:}
  set -- "$1" "$2" $(readelf --section-headers --wide "$2" | sed 's/^ *\[ *[0-9]*\] *//' |
    awk -v section="$section" '$1 == section { print "0x" $4, "0x" $5 }')
  [ $# = 4 ] || continue
  dd if=/dev/zero of="$2" bs=1 seek=$(($3 + header)) count=$(($4 - header)) conv=notrunc status=none
done
