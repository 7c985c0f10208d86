# make            builds the program, its manual and its completions
# make demo       installs missing packages, builds, classifies a photo
# make test       installs missing packages, runs the tests
# make install    copies the built files below PREFIX; make uninstall removes them
# make deb        a Debian package, in .build-deb/
# make wheel, make tarball    for any Linux, in .build-portable/

PREFIX ?= /usr/local
# A tilde that sh did not expand.
override PREFIX := $(PREFIX:~/%=$(HOME)/%)
SWIFT ?= swift
# Debian's names; Homebrew's are in Package.swift. objdump is for the test that looks for
# instructions that an older processor lacks; g++ brings what Swift links programs with on Linux
# (crtbegin.o, libgcc, libstdc++).
PACKAGES = libjpeg62-turbo-dev libpng-dev libmd-dev libwebp-dev libheif-dev libde265-dev libsqlite3-dev pkg-config binutils g++
# Libraries of the toolchain itself, installed only if it does not start without them.
TOOLCHAIN_PACKAGES = libcurl4-openssl-dev libncurses-dev libxml2-dev
# The runtime inside the binary: it needs less memory and runs where no Swift is installed. In a
# folder of its own, because the testing library exists as a shared one only.
SCRATCH = .build-static
# For `xception --version`. A tarball has no commit; its packager may name one.
XCEPTION_COMMIT ?= $(shell [ -e .git ] && git describe --always --dirty --abbrev=10 --exclude '*' 2>/dev/null)
BUILD = XCEPTION_COMMIT="$(XCEPTION_COMMIT)" $(SWIFT) build -c release --static-swift-stdlib --disable-local-rpath --scratch-path $(SCRATCH) $(BUILD_FLAGS)
PROGRAM = $(SCRATCH)/release/xception
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

# A build folder records its place and does not build elsewhere.
define forget_other_place
	@if [ -e "$(1)/release.yaml" ] && ! grep -qF "$(CURDIR)/" "$(1)/release.yaml"; then \
	  echo "make: this checkout was moved or copied; building $(1) from the start"; rm -rf "$(1)"; fi
endef

.PHONY: all build program manual demo test test-swift test-scripts test-spark test-install fuzz test-asan test-tsan install uninstall deb test-deb portable wheel tarball test-portable clean deps toolchain official-model

all: build

build: program manual

program: toolchain
	$(call forget_other_place,$(SCRATCH))
	$(BUILD) --product xception

# Manual pages and completions, from the program's own help.
manual: program
	@SWIFT="$(SWIFT)" Packaging/make-manual.sh "$(SCRATCH)"

demo: deps program
	@echo "xception --format table Tests/Fixtures/photos/chelsea.png"
	@"$(PROGRAM)" --format table Tests/Fixtures/photos/chelsea.png

test: deps test-swift
	@if python3 -c 'import h5py, numpy' 2>/dev/null; then $(MAKE) --no-print-directory test-scripts; \
	else echo "Skipping the tests of Scripts/: python3 lacks numpy or h5py (make test-scripts fetches them)"; fi

test-swift: toolchain
	$(call forget_other_place,.build)
	$(SWIFT) build -c release --build-tests
	$(SWIFT) test -c release --skip-build --disable-xctest

# The tests of the converters, and of --report in a browser where there is Chromium, on the program
# that test-swift built; numpy and h5py come from PyPI where they are not installed.
test-scripts: PYTHON = $(or $(shell python3 -c 'import h5py, numpy' 2>/dev/null && echo python3),.venv/bin/python)
test-scripts: toolchain
	@[ "$(PYTHON)" = python3 ] || $(MAKE) --no-print-directory .venv/bin/python
	$(SWIFT) build -c release --product xception
	XCEPTION="$$($(SWIFT) build -c release --show-bin-path)/xception" $(PYTHON) -m unittest discover -s Scripts/tests

.venv/bin/python:
	$(call make_venv,.venv)
	.venv/bin/pip install -q numpy h5py || { rm -rf .venv; exit 1; }

define make_venv
	@python3 -m venv $(1) 2>/dev/null || { \
	  echo "Installing python3-venv with apt-get"; \
	  $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null; \
	  python3 -m venv $(1); }
endef

# libFuzzer with Address Sanitizer on the readers of untrusted files, SECONDS per target. Seeds are the
# fixtures; its corpus stays in .build-fuzz/corpus, and inputs that break the program go to .build-fuzz/findings.
SECONDS ?= 60
FUZZ_TARGETS ?= jpeg png webp heif raw orientation safetensors collection paths records
fuzz: toolchain
	XCEPTION_TOOLS=1 $(SWIFT) build -c release --scratch-path .build-fuzz --product Fuzz \
	  -Xswiftc -sanitize=fuzzer,address -Xcc -fsanitize=fuzzer-no-link,address -Xswiftc -enable-testing -Xswiftc -use-ld=lld
	@Tests/Tools/Fuzz/run.sh "$(SECONDS)" $(FUZZ_TARGETS)

# The suites under a sanitizer, without the tests that look at machine code or limit the address space, of which
# sanitizers take terabytes.
SANITIZED_TESTS = -c release -Xswiftc -use-ld=lld --disable-xctest --skip InstructionTests \
  --skip InputTests/endless --skip FailureTests/bomb --skip FaultTests/memory
# A model file that is cut short is detected by the program's own handler of SIGBUS, and too large a request for memory
# by malloc's result: sanitizers must leave both to it.
test-asan: export ASAN_OPTIONS = handle_sigbus=0:allocator_may_return_null=1
test-asan: export LSAN_OPTIONS = print_suppressions=0:suppressions=$(CURDIR)/Tests/Tools/Sanitizers/leaks.txt
test-asan: toolchain
	$(SWIFT) test --sanitize=address --scratch-path .build-asan $(SANITIZED_TESTS)
# Thread Sanitizer writes a file of its own before a program begins, and does not survive a limit on files there.
test-tsan: export TSAN_OPTIONS = allocator_may_return_null=1
test-tsan: toolchain
	@mkdir -p .build-tsan
	"$$(dirname "$$(command -v $(SWIFT))")/clang" -O1 -fsanitize=thread -c Tests/Tools/Sanitizers/mutex.c -o .build-tsan/mutex.o
	$(SWIFT) test --sanitize=thread --scratch-path .build-tsan -Xlinker $(CURDIR)/.build-tsan/mutex.o $(SANITIZED_TESTS) \
	  --skip FaultTests/fullDisk

# Only copies: `make` as a user, `sudo make install` as root, who need not have Swift.
install:
	@Packaging/install.sh "$(SCRATCH)" "$(PREFIX)" "$(DESTDIR)"

# The Spark job on a cluster of two workers on this machine; installs Java and PySpark where they are missing.
test-spark: program .venv-spark/bin/python
	@command -v java >/dev/null || { \
	  echo "Installing openjdk-17-jre-headless with apt-get"; \
	  $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq openjdk-17-jre-headless >/dev/null; }
	XCEPTION="$(PROGRAM)" .venv-spark/bin/python -m unittest -v Scripts/spark/test_spark.py

.venv-spark/bin/python:
	$(call make_venv,.venv-spark)
	.venv-spark/bin/pip install -q pyspark 'pandas<3' pyarrow || { rm -rf .venv-spark; exit 1; }

# Installs the result of `make` below a temporary prefix, uses and removes it.
test-install: build
	@Packaging/test-install.sh

uninstall:
	@Packaging/uninstall.sh "$(PREFIX)" "$(DESTDIR)"

# Built apart: the packaged program does not look for models in a checkout.
deb:
	@$(MAKE) --no-print-directory SCRATCH=.build-deb BUILD_FLAGS="-Xswiftc -DXCEPTION_NO_CHECKOUT" build
	@Packaging/make-deb.sh .build-deb

# One program for every Linux of this architecture whose C library is as new as this machine's: the other libraries
# are in it.
PORTABLE_FLAGS = -Xswiftc -DXCEPTION_NO_CHECKOUT -Xswiftc -L$(CURDIR)/.build-portable/libraries \
  -Xswiftc -Xclang-linker -Xswiftc -static-libgcc
portable:
	@Packaging/static-libraries.sh .build-portable/libraries
	@PKG_CONFIG_PATH="$(CURDIR)/.build-portable/libraries" $(MAKE) --no-print-directory SCRATCH=.build-portable \
	  BUILD_FLAGS="$(PORTABLE_FLAGS)" build

wheel: portable
	@Packaging/make_wheel.py .build-portable

tarball: portable
	@Packaging/make-tarball.sh .build-portable

# Tests both on clean systems: a virtual environment, and a fresh Debian if this is root and has debootstrap.
test-portable: wheel tarball
	@Packaging/test-portable.sh .build-portable

# The package in a fresh Debian without Swift; needs root and debootstrap.
test-deb: deb
	@Packaging/test-deb.sh .build-deb/xception_*.deb

clean:
	rm -rf .build $(SCRATCH) .build-deb .build-portable .build-asan .build-fuzz .build-tools .build-tsan .venv .venv-spark

toolchain:
	@command -v $(SWIFT) >/dev/null || { \
	  echo "make: no Swift toolchain on the PATH; install Swift 6.2 or later from https://swift.org/install" >&2; exit 1; }
	@! command -v pkg-config >/dev/null || pkg-config --exists libjpeg libpng libmd libwebp libheif libde265 sqlite3 || \
	  echo "make: a library that the program is linked with is missing; make deps installs it" >&2

# The only target that installs packages; demo and test ask for it.
deps: toolchain
	@if command -v apt-get >/dev/null; then \
	  packages="$(PACKAGES)"; $(SWIFT) build --version >/dev/null 2>&1 || packages="$$packages $(TOOLCHAIN_PACKAGES)"; \
	  missing=; for package in $$packages; do \
	    dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	  done; \
	  if [ -n "$$missing" ]; then \
	    echo "Installing$$missing with apt-get"; \
	    $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing >/dev/null; \
	  fi; \
	elif command -v brew >/dev/null; then \
	  for package in jpeg-turbo libpng libmd webp libheif libde265 sqlite pkgconf; do brew list $$package >/dev/null 2>&1 || brew install $$package; done; \
	fi

# The official weights from Keras' addresses, into the user's data directory. numpy and h5py come
# from PyPI where they are not installed.
official-model:
	@if python3 -c 'import h5py, numpy' 2>/dev/null; then python3 Scripts/convert/official_model.py; else \
	  $(MAKE) --no-print-directory .venv/bin/python && .venv/bin/python Scripts/convert/official_model.py; fi
