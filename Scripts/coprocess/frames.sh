#!/bin/bash
# frames.sh FILE...: the files as frames, a 32-bit little-endian length before each one's bytes.
#
#     Scripts/coprocess/frames.sh *.jpg | xception --framed
for file; do
  size=$(stat -Lc %s "$file") || exit
  # The length's bytes, lowest first, as escapes that printf turns into bytes.
  printf "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $((size & 255)) $((size >> 8 & 255)) $((size >> 16 & 255)) $((size >> 24 & 255)))"
  cat "$file"
done
