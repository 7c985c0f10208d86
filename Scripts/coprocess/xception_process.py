"""xception as a co-process: a program that stays, is given images through a pipe, and says what is in each."""
import json
import queue
import struct
import subprocess
import threading


class XceptionProcess:
    """One `xception classify --framed`. For one thread at a time; a context manager.

        with XceptionProcess("--top", "3") as xception:
            print(xception.classify(open("photo.jpg", "rb").read())["predictions"][0]["label"])

    An answer is a dictionary, one line of the program's JSON: "predictions", or "error" for an image that cannot be
    read. EOFError is raised where the program is gone.
    """

    def __init__(self, *options, program="xception"):
        self.process = subprocess.Popen(
            [program, "classify", "--framed", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.frames = 0

    def classify(self, image):
        """The answer to one image, the bytes of its file."""
        return self._receive(self._send(image))

    def classify_all(self, images):
        """Yields the answers to some images, in order, while the next ones are on their way.

        The images are iterated over in a thread, since the program stops reading while nobody reads its answers. Who
        does not take all answers ends the program, which would give the rest to the next question.
        """
        sent = queue.SimpleQueue()

        def send_all():
            try:
                for image in images:
                    sent.put(self._send(image))
                sent.put(StopIteration)
            except BaseException as error:
                sent.put(error)

        threading.Thread(target=send_all, daemon=True).start()
        try:
            while (frame := sent.get()) is not StopIteration:
                if isinstance(frame, BaseException):
                    raise frame
                yield self._receive(frame)
        except BaseException:
            self.process.kill()
            raise

    def _send(self, image):
        try:
            self.process.stdin.write(struct.pack("<I", len(image)))
            self.process.stdin.write(image)
            self.process.stdin.flush()
        except BrokenPipeError:
            raise self._ended() from None
        self.frames += 1
        return self.frames - 1

    def _receive(self, frame):
        line = self.process.stdout.readline()
        if not line.endswith(b"\n"):
            raise self._ended()
        answer = json.loads(line)
        if answer["frame"] != frame:
            raise ValueError(f"xception answered image {answer['frame']}, not {frame}")
        return answer

    def _ended(self):
        return EOFError(f"xception ended with status {self.process.wait()}")

    def close(self):
        """Ends the program, and waits until it has ended."""
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.stdout.close()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
