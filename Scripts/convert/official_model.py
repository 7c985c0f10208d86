"""Downloads the official Xception weights from Keras' addresses and installs them for `xception`.

    xception-official-model [--directory DIRECTORY]

The file (92 MB) is fetched into the user's cache directory, where an interrupted download continues
the next time; checked against its known size and SHA-256; converted; and backbone and head are put
into the user's data directory ($XDG_DATA_HOME/xception), where `xception` finds them before the
shipped model. Nothing is installed unless all steps succeed. Needs numpy and h5py. Exit status 2
after a failure. In a checkout it is Scripts/convert/official_model.py.
"""
import argparse
import errno
import hashlib
import http.client
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import convert_weights
from xception_weights.sources import OFFICIAL_SHA256
from xception_weights.text import printable

FILE = "xception_weights_tf_dim_ordering_tf_kernels.h5"
SIZE = 91_884_032
ADDRESSES = (
    "https://storage.googleapis.com/tensorflow/keras-applications/xception/" + FILE,
    "https://github.com/fchollet/deep-learning-models/releases/download/v0.4/" + FILE,
)
CHUNK = 1 << 18


class Failure(Exception):
    """The reason for a failed installation, in one line."""


class ProgressBar:
    """One line on a terminal, redrawn at most ten times per second; elsewhere nothing."""

    def __init__(self, total):
        self.total, self.drawn, self.start, self.first = total, 0.0, time.monotonic(), None
        self.shown = sys.stderr.isatty()

    def update(self, done):
        now = time.monotonic()
        self.first = done if self.first is None else self.first
        if not self.shown or (now - self.drawn < 0.1 and done < self.total):
            return
        self.drawn = now
        rate = (done - self.first) / max(now - self.start, 1e-3)
        width = max(min(os.get_terminal_size(sys.stderr.fileno()).columns - 42, 40), 0)
        filled = "█" * (width * done // self.total)
        sys.stderr.write(f"\r\x1b[K{filled:░<{width}} {done / 1e6:5.1f} of {self.total / 1e6:.1f} MB  {rate / 1e6:5.1f} MB/s")
        sys.stderr.flush()

    def close(self):
        if self.shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def user_directory(variable, default):
    return os.path.join(os.environ.get(variable) or os.path.join(os.path.expanduser("~"), default), "xception")


def web_opener():
    """An opener of web addresses alone: urllib's own opens `file:` and follows a redirection to `ftp:`."""
    opener = urllib.request.OpenerDirector()
    for handler in (urllib.request.ProxyHandler, urllib.request.HTTPHandler, urllib.request.HTTPSHandler,
                    urllib.request.HTTPDefaultErrorHandler, urllib.request.HTTPRedirectHandler,
                    urllib.request.HTTPErrorProcessor, urllib.request.UnknownHandler):
        opener.add_handler(handler())
    return opener


class WrongFile(Exception):
    """An address answered with something else."""


def open_partial(partial):
    """The file to append to: never through a link, which would be another file."""
    try:
        return os.fdopen(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644), "r+b")
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK):
            raise Failure(f"{partial} is a link, through which nothing is written; remove it") from None
        raise


def fetch(address, partial, size):
    """Appends to `partial` until it holds `size` bytes, going on where an earlier download stopped.

    Returns True if what it holds is not of this download alone.
    """
    done = os.path.getsize(partial) if os.path.exists(partial) else 0
    if done == size:
        return True
    if done > size:
        done = 0
    request = urllib.request.Request(address, headers={"Range": f"bytes={done}-"} if done else {})
    bar = ProgressBar(size)
    try:
        with web_opener().open(request, timeout=30) as response:
            if not (response.status == 206 and (response.headers["Content-Range"] or "").startswith(f"bytes {done}-")):
                done = 0  # the server sends the file from its start
            resumed = done > 0
            with open_partial(partial) as file:
                file.seek(done)
                while done < size and (block := response.read(min(CHUNK, size - done))):
                    file.write(block)
                    done += len(block)
                    bar.update(done)
                file.truncate()
            # None where the answer was read to its end, as long as its sender says it is.
            whole = not response.length
    finally:
        bar.close()
    if done < size and whole:
        raise WrongFile(f"what came has {done:,} bytes, not {size:,}")
    if done < size:
        raise ConnectionError(f"the connection ended after {done:,} of {size:,} bytes; run this again to go on from there")
    return resumed


def fetch_right(address, partial, size, sha256):
    """Returns once `partial` is the right file; where an older beginning spoils it, it is fetched from its start."""
    while True:
        resumed = fetch(address, partial, size)
        with open(partial, "rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found == sha256:
            return
        os.unlink(partial)
        if not resumed:
            raise WrongFile(f"what came has SHA-256 {found}, not {sha256}")


def download(addresses, partial, size, sha256):
    """Fetches from the first address that answers with the right file."""
    reasons = []
    for address in addresses:
        try:
            return fetch_right(address, partial, size, sha256)
        except WrongFile as error:
            reason = error
            if os.path.exists(partial):
                os.unlink(partial)
        except urllib.error.URLError as error:  # HTTPError is one of them
            reason = getattr(error.reason, "strerror", None) or error.reason
            if getattr(error, "code", None) == 416:  # the server's file is shorter than what is here already
                os.unlink(partial)
        except (http.client.HTTPException, ValueError) as error:  # no HTTP, or no address
            reason = error
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT) or error.filename:
                raise
            reason = error
        reasons.append(f"{urllib.parse.urlsplit(address).netloc or address}: {reason}")
    raise Failure(f"{FILE} could not be downloaded: " + "; ".join(reasons)
                  + f". A copy from elsewhere can be put there as {partial}")


def install(args):
    try:
        from xception_weights.conversion import IMAGENET_HEAD
    except ModuleNotFoundError as error:
        raise Failure(f"needs the Python package {error.name}: apt-get install python3-numpy python3-h5py, "
                      "or python3 -m pip install numpy h5py") from None
    os.makedirs(args.cache, exist_ok=True)
    path = os.path.join(args.cache, FILE)
    download(args.url or ADDRESSES, path, args.size, args.sha256)
    status = convert_weights.main([path, "-o", args.directory, "--name", "xception", "--head-name", "imagenet",
                                   "--labels", IMAGENET_HEAD])
    if status == 0:
        os.unlink(path)
    return status


def main():
    parser = convert_weights.Parser(prog="xception-official-model", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--directory", default=user_directory("XDG_DATA_HOME", ".local/share"),
                        help="where to install (default: the user's data directory)")
    parser.add_argument("--cache", default=user_directory("XDG_CACHE_HOME", ".cache"), help="where to download to")
    parser.add_argument("--url", action="append", help="a mirror, instead of Keras' addresses; may be repeated")
    parser.add_argument("--size", type=int, default=SIZE, help=argparse.SUPPRESS)  # both for the tests,
    parser.add_argument("--sha256", default=OFFICIAL_SHA256, help=argparse.SUPPRESS)  # which serve another file
    args = parser.parse_args()
    try:
        return install(args)
    except Failure as error:
        print(printable(f"official model: {error}"), file=sys.stderr)
    except OSError as error:
        print(printable(f"official model: {error.filename or args.cache}: {error.strerror or error}"), file=sys.stderr)
    except KeyboardInterrupt:
        print("official model: interrupted; run this again to go on", file=sys.stderr)
        return 130
    return 2


if __name__ == "__main__":
    sys.exit(main())
