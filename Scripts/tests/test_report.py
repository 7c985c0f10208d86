"""The page of --report, looked at in a browser where there is one and the program is built."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BINARIES = [os.path.join(ROOT, folder, "release", "xception") for folder in (".build-static", ".build")]
BINARY = next(filter(os.path.exists, BINARIES), None)


@unittest.skipUnless(shutil.which("chromium"), "no chromium")
@unittest.skipUnless(BINARY, "xception is not built")
class Report(unittest.TestCase):
    def test_in_browser(self):
        photos = os.path.join(ROOT, "Tests", "Fixtures", "photos")
        with tempfile.TemporaryDirectory() as folder:
            for name in ("<script>alert(1)<!--.jpg", 'a "quoted"\nname 🐈.jpg'):
                shutil.copy(os.path.join(photos, "coffee.jpg"), os.path.join(folder, name))
            with open(os.path.join(folder, "<b>no photo.png"), "w"):
                pass
            page = os.path.join(folder, "report.html")
            done = subprocess.run([BINARY, "--quiet", "--report", page, photos, folder], stdout=subprocess.DEVNULL)
            self.assertEqual(done.returncode, 1)
            checked = subprocess.run(
                [sys.executable, os.path.join(ROOT, "Scripts", "check_report.py"), page], capture_output=True, text=True)
            self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
            self.assertIn("11 images", checked.stdout)


if __name__ == "__main__":
    unittest.main()
