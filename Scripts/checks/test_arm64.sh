#!/bin/bash
# test_arm64.sh [FOLDER [FILTER]]: the program and its tests, built for arm64 Linux on an x86-64 Debian and run there
# by QEMU. Needs root, debootstrap and 15 GB in FOLDER, in which the Debian with the compiler stays for the next time.
# The first time takes a quarter of an hour. FILTER is one of swift test's; the default is the kernels' tests and one of
# the command line. In all the others the program answers hundreds of times, which takes it half a minute each here.
set -euo pipefail
fails() { echo "test_arm64: $*" >&2; exit 1; }
[ "$(id -u)" = 0 ] && command -v debootstrap >/dev/null || fails "needs root and debootstrap (apt-get install debootstrap)"
[ "$(uname -m)" = x86_64 ] || fails "is for x86-64 processors; elsewhere make test does it"
folder=$(realpath -m "${1:-/var/tmp/xception-arm64}")
filter=${2:-KernelsTests|VersionTests}
checkout=$(realpath "$(dirname "$0")/../..")
debian=$folder/debian
# Inside, the arm64 half of Debian's Swift as a cross-compilation SDK, with links to Debian's own arm64 libraries.
sdk=/arm64
swift=usr/libexec/swift/lib
compiler="swiftlang git pkg-config g++ qemu-user"
libraries="libc6-dev:arm64 libstdc++-15-dev:arm64 libjpeg62-turbo-dev:arm64 libpng-dev:arm64 libmd-dev:arm64 libsqlite3-dev:arm64"

inside() { chroot "$debian" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
mounted=()
leave() { for place in "${mounted[@]}"; do umount --lazy "$place"; done; }
trap leave EXIT
enter() { mkdir -p "$debian$2"; mount "${@:3}" "$1" "$debian$2"; mounted=("$debian$2" "${mounted[@]}"); }

# Debian's testing and stable have no Swift, or one before 6.2.
[ -e "$debian/usr/bin" ] || debootstrap --variant=minbase --include=ca-certificates sid "$debian" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}"
cp /etc/resolv.conf /etc/hosts "$debian/etc/"
# Such as an older snapshot of the archive needs.
cp /etc/apt/apt.conf.d/* "$debian/etc/apt/apt.conf.d/" 2>/dev/null || true
enter proc /proc -t proc
enter /dev /dev --bind
enter "$checkout" "$checkout" --bind
if [ ! -e "$debian$sdk/ready" ]; then
  inside sh -ec "dpkg --add-architecture arm64; apt-get update -qq
    apt-get install -y -qq --no-install-recommends $compiler $libraries
    mkdir -p $sdk/usr/lib /tmp/arm64; cd /tmp/arm64; apt-get download -qq swiftlang:arm64 libswiftlang:arm64
    for package in *.deb; do dpkg-deb -x \$package $sdk; rm \$package; done
    rm -rf $sdk/usr/lib; mkdir $sdk/usr/lib
    ln -sfn /usr/include $sdk/usr/include; ln -sfn /usr/lib $sdk/lib
    for part in aarch64-linux-gnu gcc; do ln -s /usr/lib/\$part $sdk/usr/lib/; done
    for part in swift swift_static; do ln -s $sdk/$swift/\$part $sdk/usr/lib/; done
    # Debian leaves it out, and nothing here needs what is in it.
    ar rc $sdk/$swift/swift/linux/lib_Testing_Foundation.a
    mkdir -p /root/.swiftpm/swift-sdks/arm64.artifactbundle/arm64 /usr/libexec/qemu-binfmt
    ln -sf /usr/bin/qemu-aarch64 /usr/libexec/qemu-binfmt/aarch64-binfmt-P"
  bundle=$debian/root/.swiftpm/swift-sdks/arm64.artifactbundle
  echo '{"schemaVersion": "1.0", "artifacts": {"arm64": {"type": "swiftSDK", "version": "1", "variants": [{"path": "arm64"}]}}}' > "$bundle/info.json"
  echo '{"schemaVersion": "1.0", "swiftCompiler": {"extraCLIOptions": ["-use-ld=lld"]}}' > "$bundle/arm64/toolset.json"
  cat > "$bundle/arm64/swift-sdk.json" <<END
{"schemaVersion": "4.0", "targetTriples": {"aarch64-unknown-linux-gnu": {"sdkRootPath": "$sdk", "toolsetPaths": ["toolset.json"],
  "swiftResourcesPath": "$sdk/$swift/swift", "swiftStaticResourcesPath": "$sdk/$swift/swift_static"}}}
END
  touch "$debian$sdk/ready"
fi
# What arm64 programs are run by, those that tests start too.
binfmt=/proc/sys/fs/binfmt_misc
[ -e $binfmt/register ] || mount -t binfmt_misc binfmt_misc $binfmt
if [ ! -e $binfmt/qemu-aarch64 ]; then
  # The kernel opens QEMU inside, where it is.
  inside bash -c 'echo -n ":qemu-aarch64:M::\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00:\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff:/usr/libexec/qemu-binfmt/aarch64-binfmt-P:OPF" >&5' 5>$binfmt/register
fi

inside env -C "$checkout" XCEPTION_ARCH=arm64 swift build -c release --build-tests --swift-sdk arm64 \
  --pkg-config-path /usr/lib/aarch64-linux-gnu/pkgconfig --scratch-path "$checkout/.build-arm64/build" ${BUILD_FLAGS:-}
products=$checkout/.build-arm64/build/aarch64-unknown-linux-gnu/release
run() { inside env -C "$checkout" LD_LIBRARY_PATH=$sdk/$swift/swift/linux "$@"; }
run "$products/xception" --version
answer=$(run "$products/xception" -k 1 Tests/Fixtures/photos/chelsea.png)
echo "$answer"
[[ $answer == *"Egyptian cat"* ]] || fails "the program does not see a cat"
run "$products/xceptionPackageTests.xctest" --testing-library swift-testing --filter "$filter"
