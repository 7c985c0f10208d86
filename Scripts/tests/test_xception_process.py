"""The co-process class and the shell's frames, on the program that `make test` built."""
import json
import mmap
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import PHOTOS, SCRIPTS

sys.path.append(str(SCRIPTS / "coprocess"))
from xception_process import XceptionProcess

PROGRAM = os.environ.get("XCEPTION")
COFFEE, CAT = (PHOTOS / name for name in ("coffee.jpg", "chelsea.png"))


def first_label(answer):
    return answer["predictions"][0]["label"]


@unittest.skipUnless(PROGRAM, "$XCEPTION does not name the program; make test-scripts does")
class CoProcess(unittest.TestCase):
    def setUp(self):
        self.coffee, self.cat = COFFEE.read_bytes(), CAT.read_bytes()

    def test_an_answer_to_each_image_as_soon_as_it_is_asked(self):
        with XceptionProcess("--top", "1", "--quiet", program=PROGRAM) as xception:
            self.assertEqual(first_label(xception.classify(self.coffee)), "espresso")
            self.assertEqual(xception.classify(b"no image")["error"]["code"], "unsupported_format")
            self.assertEqual(xception.classify(b"")["error"]["code"], "empty_file")
            answer = xception.classify(memoryview(self.cat))
            self.assertEqual((first_label(answer), answer["width"], answer["height"]), ("Egyptian cat", 451, 300))
        self.assertEqual(xception.process.returncode, 1, "an image failed, the others are answered")

    def test_ends_with_status_0_at_the_end_of_its_input(self):
        with XceptionProcess(program=PROGRAM) as xception:
            xception.classify(self.coffee)
        self.assertEqual(xception.process.returncode, 0)

    def test_long_answers_to_many_images_block_nothing_and_stay_in_order(self):
        """50 times 90 kB of answers, more than any pipe holds, of which none is taken until many are sent."""
        with XceptionProcess("--top", "1000", "--quiet", program=PROGRAM) as xception:
            images = [b"no image", self.coffee, self.cat] + [b"no image", self.coffee] * 24
            answers = list(xception.classify_all(images))
        labels = ["predictions" in answer and first_label(answer) for answer in answers]
        self.assertEqual(labels, [False, "espresso", "Egyptian cat"] + [False, "espresso"] * 24)

    def test_a_program_that_is_killed_is_an_error(self):
        xception = XceptionProcess(program=PROGRAM)
        xception.classify(self.coffee)
        xception.process.send_signal(signal.SIGKILL)
        for _ in range(2):
            with self.assertRaisesRegex(EOFError, "status -9"):
                xception.classify(self.coffee)
        with self.assertRaisesRegex(EOFError, "status -9"):
            list(xception.classify_all([self.coffee] * 3))
        xception.close()

    def test_answers_that_nobody_takes_are_never_another_images(self):
        xception = XceptionProcess("--top", "1", program=PROGRAM)
        answers = xception.classify_all([self.coffee] * 5)
        next(answers)
        answers.close()
        with self.assertRaises(EOFError):
            xception.classify(self.cat)
        xception.close()

    def test_what_the_images_raise_is_raised(self):
        def images():
            yield self.coffee
            raise KeyError("no more")

        with XceptionProcess(program=PROGRAM) as xception:
            with self.assertRaises(KeyError):
                list(xception.classify_all(images()))

    def test_what_cannot_be_sent_costs_nothing(self):
        with XceptionProcess("--top", "1", program=PROGRAM) as xception:
            for wrong in ("photo.jpg", 7, None, COFFEE):
                with self.assertRaisesRegex(TypeError, "the bytes of its file"):
                    xception.classify(wrong)
            with mmap.mmap(-1, (512 << 20) + 1) as large, self.assertRaisesRegex(ValueError, "at most 536,870,912"):
                xception.classify(large)
            for wrong in (self.coffee, 7):
                with self.assertRaises(TypeError):
                    xception.classify_all(wrong)
            self.assertEqual(first_label(xception.classify(self.coffee)), "espresso")

    def test_features_are_asked_for_in_the_same_way(self):
        with XceptionProcess(program=PROGRAM, command="embed") as xception:
            self.assertEqual(len(xception.classify(self.coffee)["embedding"]), 2048)

    def test_lengths_are_in_bytes(self):
        wide = memoryview(self.coffee + bytes(-len(self.coffee) % 4)).cast("I")
        reversed_twice = memoryview(self.cat[::-1])[::-1]
        with XceptionProcess("--top", "1", program=PROGRAM) as xception:
            self.assertEqual(first_label(xception.classify(wide)), "espresso")
            self.assertEqual(first_label(xception.classify(reversed_twice)), "Egyptian cat")
            self.assertEqual(first_label(xception.classify(bytearray(self.coffee))), "espresso")

    def test_options_that_send_the_answers_elsewhere(self):
        for options in (("-o", "out"), ("-oout",), ("--output", "out"), ("--output=out",), ("-lo", "out")):
            with self.assertRaises(ValueError):
                XceptionProcess(*options, program=PROGRAM)

    def interrupted(self, question):
        """Returns the exception of a request to a stopped program after Ctrl-C, and that of the next request."""
        def interrupt(*_):
            raise KeyboardInterrupt

        xception = XceptionProcess("--top", "1", program=PROGRAM)
        xception.classify(self.coffee)
        before = signal.signal(signal.SIGALRM, interrupt)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        xception.process.send_signal(signal.SIGSTOP)
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        with self.assertRaises(KeyboardInterrupt):
            question(xception)
        xception.process.send_signal(signal.SIGCONT)
        with self.assertRaisesRegex(EOFError, "status -9"):
            xception.classify(self.cat)
        xception.close()

    def test_an_interrupt_ends_the_program(self):
        self.interrupted(lambda xception: xception.classify(self.coffee + bytes(3_000_000)))  # more than a pipe holds
        self.interrupted(lambda xception: xception.classify(self.coffee))
        self.interrupted(lambda xception: list(xception.classify_all([self.coffee] * 3)))

    def test_a_question_within_another_is_refused(self):
        with XceptionProcess("--top", "1", program=PROGRAM) as xception:
            answers = xception.classify_all([self.coffee] * 3)
            next(answers)
            with self.assertRaises(RuntimeError):
                xception.classify(self.cat)
            self.assertEqual([first_label(answer) for answer in answers], ["espresso"] * 2)
            self.assertEqual(first_label(xception.classify(self.cat)), "Egyptian cat")

    def test_leaving_by_an_exception_ends_the_program_at_once(self):
        endless = iter(lambda: self.coffee, None)
        with self.assertRaises(KeyError):
            with XceptionProcess("--top", "1", program=PROGRAM) as xception:
                answers = xception.classify_all(endless)
                next(answers)
                raise KeyError
        self.assertEqual(xception.process.returncode, -signal.SIGKILL)
        xception = XceptionProcess("--top", "1", program=PROGRAM)
        answers = xception.classify_all(endless)
        next(answers)
        self.assertEqual(xception.close(), -signal.SIGKILL)

    def test_an_installed_module_finds_its_program(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        package = os.path.join(folder.name, "lib", "python3", "dist-packages", "xception")
        os.makedirs(package)
        os.mkdir(os.path.join(folder.name, "bin"))
        os.symlink(os.path.abspath(PROGRAM), os.path.join(folder.name, "bin", "xception"))
        shutil.copy(SCRIPTS / "coprocess" / "xception_process.py", os.path.join(package, "__init__.py"))
        code = "import sys, xception; print(xception.find_program()); print(xception.XceptionProcess().close())"
        done = subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": os.path.dirname(package)},
                              capture_output=True, text=True)
        self.assertEqual(done.stdout, f"{folder.name}/bin/xception\n0\n", done.stderr)

    def test_frames_from_the_shell(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        link = os.path.join(folder.name, "link.jpg")
        os.symlink(COFFEE, link)
        frames = subprocess.run([SCRIPTS / "coprocess" / "frames.sh", CAT, link], stdout=subprocess.PIPE, check=True).stdout
        self.assertEqual(frames[:4], len(self.cat).to_bytes(4, "little"))
        lines = subprocess.run([PROGRAM, "--framed"], input=frames, stdout=subprocess.PIPE, check=True).stdout.splitlines()
        self.assertEqual([first_label(json.loads(line)) for line in lines], ["Egyptian cat", "espresso"])

    def test_an_absurd_length_is_refused(self):
        done = subprocess.run([PROGRAM, "--framed"], input=b"\xff\xff\xff\xff", capture_output=True, text=False)
        self.assertEqual((done.returncode, done.stdout), (2, b""))
        self.assertRegex(done.stderr.decode(), "^xception: frame 0: a length of 4294967295 bytes.*\n$")


if __name__ == "__main__":
    unittest.main()
