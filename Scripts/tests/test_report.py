"""The page of --report, looked at in a browser where there is one and the program is built."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import PHOTOS, SCRIPTS

BINARY = os.environ.get("XCEPTION")
"""The program to test; `make test` names the one it built."""


@unittest.skipUnless(shutil.which("chromium"), "no chromium")
@unittest.skipUnless(BINARY, "$XCEPTION does not name the program; make test-scripts does")
class Report(unittest.TestCase):
    def test_in_browser(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("<script>alert(1)<!--.jpg", 'a "quoted"\nname 🐈.jpg'):
                shutil.copy(PHOTOS / "coffee.jpg", os.path.join(folder, name))
            with open(os.path.join(folder, "<b>no photo.png"), "w"):
                pass
            page = os.path.join(folder, "report.html")
            # Photos that share a folder, and photos that do not: one path is absolute, the other relative.
            for paths in ([PHOTOS, folder], [PHOTOS, "."]):
                with self.subTest(paths=paths):
                    self.check(folder, paths, page)

    def check(self, folder, paths, page):
        done = subprocess.run(
            [BINARY, "--quiet", "--force", "--report", page, *paths], stdout=subprocess.DEVNULL, cwd=folder)
        self.assertEqual(done.returncode, 1)
        checked = subprocess.run(
            [sys.executable, SCRIPTS / "checks" / "check_report.py", page], capture_output=True, text=True)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        self.assertIn("11 images", checked.stdout)


if __name__ == "__main__":
    unittest.main()
