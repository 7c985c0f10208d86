#!/bin/sh
# strip-program.sh PROGRAM COPY: a copy without symbols, and without hashes of what strip removes, which depend on the folder
# that the program was built in: the linker's (build ID) and Swift's.
set -eu
exec strip --strip-unneeded --remove-section=.comment --remove-section=.note.gnu.build-id --remove-section=.swift_modhash \
  -o "$2" "$1"
