"""xception as a co-process: a program that keeps running, receives images through a pipe, and returns the labels of each.

Installed, this is the Python package `xception`; by itself it is a file that needs only Python 3.10 and the program.
"""
from __future__ import annotations

import collections.abc
import contextlib
import json
import os
import queue
import re
import shutil
import struct
import subprocess
import threading
from typing import Any, Iterable, Iterator, Union

__all__ = ["Answer", "Image", "XceptionProcess", "find_program"]

Answer = dict[str, Any]
"""One line of the program's JSON: "predictions" or "embedding", or "error" for an image that cannot be read."""

Image = Union[bytes, bytearray, memoryview]
"""The bytes of an image's file, in anything that has a buffer."""

MAXIMUM_FRAME = 512 << 20
"""Bytes of the longest frame; the program ends at a longer one."""

ENDING_SECONDS = 10
"""Seconds that a program may take to end after it has closed its output."""


def find_program() -> str:
    """The program that was installed with this file, or else the one on the PATH.

    Raises FileNotFoundError if there is none.
    """
    folder = os.path.dirname(os.path.abspath(__file__))
    for _ in range(5):  # PREFIX/lib/python3.11/site-packages/xception is the deepest of the places
        folder = os.path.dirname(folder)
        program = os.path.join(folder, "bin", "xception")
        if os.path.isfile(program) and os.access(program, os.X_OK):
            return program
    found = shutil.which("xception")
    if not found:
        raise FileNotFoundError("xception is not installed beside this module nor on the PATH; XceptionProcess(program=...) names it")
    return found


def bytes_of(image: Image) -> memoryview:
    """An image's bytes. Raises TypeError or ValueError for what cannot be sent."""
    try:
        view = memoryview(image)
    except TypeError:
        raise TypeError(f"an image is the bytes of its file, not {type(image).__name__}; of a path, pathlib.Path(path).read_bytes()") from None
    if view.nbytes > MAXIMUM_FRAME:
        raise ValueError(f"an image of {view.nbytes:,} bytes; at most {MAXIMUM_FRAME:,} can be sent")
    if view.nbytes == 0 or not view.c_contiguous:
        return memoryview(view.tobytes())
    return view.cast("B")


class XceptionProcess(contextlib.AbstractContextManager):
    """One `xception classify --framed`, or `xception embed --framed`, whose answers have "embedding".

        with XceptionProcess("--top", "3") as xception:
            print(xception.classify(open("photo.jpg", "rb").read())["predictions"][0]["label"])

    A question is answered in full, or the program is ended: after an exception of any kind, an interrupt included,
    further questions raise EOFError and never get another image's answer. What cannot be sent (TypeError, ValueError)
    is refused before anything is sent, and costs nothing. One question at a time: a second thread's raises RuntimeError.

    `options` are the program's and `command` its subcommand; `program` is its path, by default `find_program()`. Raises ValueError for an option
    that sends the answers elsewhere.
    """

    def __init__(self, *options: str, program: str | os.PathLike[str] | None = None, command: str = "classify") -> None:
        for option in options:
            # Alone, with its value, or as the last of some letters.
            if re.match(r"--output(=|$)|-[a-zA-Z0]*o", option):
                raise ValueError(f"{option}: the answers come through the pipe, not into a file")
        self.process = subprocess.Popen(
            [os.fspath(program or find_program()), command, "--framed", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._frames = 0
        self._asking = threading.Lock()

    def classify(self, image: Image) -> Answer:
        """The answer to one image.

        Raises EOFError if the program has ended, RuntimeError while another question is being answered.
        """
        view = bytes_of(image)
        with self._exchange():
            return self._receive(self._send(view))

    def classify_all(self, images: Iterable[Image]) -> Iterator[Answer]:
        """Yields the answers to some images, in order, while the next ones are on their way.

        The images are iterated over in a thread, since the program stops reading while nobody reads its answers. Not
        taking all answers ends the program, which would give the rest to the next question; so does an exception from
        `images`, which is raised here.
        """
        if not isinstance(images, collections.abc.Iterable) or isinstance(images, (bytes, bytearray, memoryview, str)):
            raise TypeError("classify_all takes an iterable of images; classify takes one")
        return self._answers(images)

    def _answers(self, images: Iterable[Image]) -> Iterator[Answer]:
        sent: queue.SimpleQueue[Any] = queue.SimpleQueue()

        def send_all() -> None:
            try:
                for image in images:
                    sent.put(self._send(bytes_of(image)))
                sent.put(None)
            except BaseException as error:
                sent.put(error)

        with self._exchange():
            threading.Thread(target=send_all, daemon=True).start()
            while (frame := sent.get()) is not None:
                if isinstance(frame, BaseException):
                    raise frame
                yield self._receive(frame)

    @contextlib.contextmanager
    def _exchange(self) -> Iterator[None]:
        """One question and its answer: whatever comes between ends the program, so that no half of one is left in a pipe."""
        if not self._asking.acquire(blocking=False):
            raise RuntimeError("another question is still being answered; answers of classify_all must be taken first")
        try:
            yield
        except BaseException:
            self.process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(ENDING_SECONDS)
            raise
        finally:
            self._asking.release()

    def _send(self, view: memoryview) -> int:
        try:
            self.process.stdin.write(struct.pack("<I", view.nbytes))
            self.process.stdin.write(view)
            self.process.stdin.flush()
        except (BrokenPipeError, ValueError):  # ValueError: it is closed
            raise self._ended() from None
        self._frames += 1
        return self._frames - 1

    def _receive(self, frame: int) -> Answer:
        line = self.process.stdout.readline()
        if not line.endswith(b"\n"):
            raise self._ended()
        answer = json.loads(line)
        if answer.get("frame") != frame:
            raise ValueError(f"xception answered image {answer.get('frame')}, not {frame}")
        return answer

    def _ended(self) -> EOFError:
        try:
            status = self.process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        return EOFError(f"xception ended with status {status}")

    def close(self) -> int:
        """Ends the program and returns its exit status: 0, or 1 if an image failed.

        It is given the time to end by itself, unless a question is being answered.
        """
        if self._asking.locked():
            self.process.kill()
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            return self.process.wait(ENDING_SECONDS)
        except BaseException as error:
            self.process.kill()
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            return self.process.wait()
        finally:
            self.process.stdout.close()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind:
            self.process.kill()
        self.close()
