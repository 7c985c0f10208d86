# make demo   sets up, builds, classifies a photo
# make test   sets up, runs the tests

PREFIX ?= /usr/local
SWIFT ?= swift
# Debian's names; Homebrew's stand in Package.swift. objdump is for the test that looks for
# instructions that an older processor lacks; g++ brings what Swift links programs with on Linux
# (crtbegin.o, libgcc, libstdc++).
PACKAGES = libturbojpeg0-dev libpng-dev libmd-dev pkg-config binutils g++
# What the toolchain itself loads, asked for only where it cannot start without.
TOOLCHAIN_PACKAGES = libcurl4-openssl-dev libncurses-dev libsqlite3-dev libxml2-dev
# The runtime inside the binary: it needs less memory and runs where no Swift is installed. In a
# folder of its own, because the testing library exists as a shared one only.
BUILD = $(SWIFT) build -c release --static-swift-stdlib --scratch-path .build-static
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: all build demo test test-scripts install uninstall clean deps

all: build

build: deps
	$(BUILD) --product xception

demo: build
	@echo "xception classify Tests/Fixtures/photos/chelsea.png"
	@"$$($(BUILD) --show-bin-path)/xception" classify Tests/Fixtures/photos/chelsea.png

test: deps
	$(SWIFT) build -c release --build-tests
	$(SWIFT) test -c release --skip-build --disable-xctest
	@if python3 -c 'import h5py, numpy' 2>/dev/null; then $(MAKE) --no-print-directory test-scripts; \
	else echo "Skipping the tests of Scripts/: python3 lacks numpy or h5py (make test-scripts fetches them)"; fi

# The tests of the converters, and of --report in a browser where there is Chromium and a built
# program; numpy and h5py come from PyPI where they are not installed.
test-scripts: PYTHON = $(or $(shell python3 -c 'import h5py, numpy' 2>/dev/null && echo python3),.venv/bin/python)
test-scripts:
	@[ "$(PYTHON)" = python3 ] || $(MAKE) --no-print-directory .venv/bin/python
	$(PYTHON) -m unittest discover -s Scripts/tests

.venv/bin/python:
	@python3 -m venv .venv 2>/dev/null || { \
	  echo "Installing python3-venv with apt-get"; \
	  $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null; \
	  python3 -m venv .venv; }
	.venv/bin/pip install -q numpy h5py

install: build
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/xception"
	install -m 755 "$$($(BUILD) --show-bin-path)/xception" "$(DESTDIR)$(PREFIX)/bin/xception"
	install -m 644 Models/*.safetensors "$(DESTDIR)$(PREFIX)/share/xception"

uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/xception" "$(DESTDIR)$(PREFIX)"/share/xception/*.safetensors
	rmdir "$(DESTDIR)$(PREFIX)/share/xception" 2>/dev/null || true

clean:
	rm -rf .build .build-static .venv

deps:
	@command -v $(SWIFT) >/dev/null || { \
	  echo "make: no Swift toolchain on the PATH; install Swift 6.2 or later from https://swift.org/install" >&2; exit 1; }
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
	  for package in jpeg-turbo libpng libmd pkgconf; do brew list $$package >/dev/null 2>&1 || brew install $$package; done; \
	fi

# The official weights from Keras' addresses, into the user's data directory. numpy and h5py come
# from PyPI where they are not installed.
.PHONY: official-model
official-model:
	@if python3 -c 'import h5py, numpy' 2>/dev/null; then python3 Scripts/official_model.py; else \
	  $(MAKE) --no-print-directory .venv/bin/python && .venv/bin/python Scripts/official_model.py; fi
