#!/usr/bin/env bash
# run.sh SECONDS TARGET...: fuzzes each target for that long, from the fixtures and what earlier runs learned.
set -euo pipefail
cd "$(dirname "$0")/../../.."

seconds=$1
shift
fixtures=Tests/Fixtures/decode
# The program has malloc fill all memory with this once it reads HEIC (hevc_plain_byte); this allocator does not know of that.
export ASAN_OPTIONS=malloc_fill_byte=1:max_malloc_fill_size=1073741824
export LSAN_OPTIONS=print_suppressions=0:suppressions=Tests/Tools/Sanitizers/leaks.txt
mkdir -p .build-fuzz/findings
for target in "$@"; do
  corpus=.build-fuzz/corpus/$target
  mkdir -p "$corpus"
  case $target in
    jpeg) cp $fixtures/*.jpg "$corpus" ;;
    png) cp $fixtures/*.png "$corpus" ;;
    webp) cp $fixtures/*.webp "$corpus" ;;
    heif) cp $fixtures/*.heic $fixtures/*.avif "$corpus" ;;
    raw) cp $fixtures/*.{cr2,nef,arw,dng,orf,rw2,pef} "$corpus" ;;
    orientation) cp $fixtures/{exif,xmp,orientation}-* "$corpus" ;;
    safetensors) cp Tests/Goldens/*.safetensors "$corpus" ;;
    *) cp Tests/Fixtures/fuzz/"$target"/* "$corpus" ;;
  esac
  echo "fuzzing $target for $seconds s"
  set +e
  .build-fuzz/release/Fuzz "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
    -verbosity=1 -print_final_stats=1 -artifact_prefix=.build-fuzz/findings/ "$corpus" \
    2>&1 | grep -aE '(INITED|DONE) |number_of_executed|ERROR|SUMMARY|Test unit|Fatal|^=='
  status=${PIPESTATUS[0]}
  set -e
  if [ "$status" != 0 ]; then
    echo "$target: a finding; the input is in .build-fuzz/findings" >&2
    exit 1
  fi
done
