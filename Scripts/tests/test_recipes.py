"""The recipes of Documentation/recipes.md, run as they stand there."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parent.parent / "checks" / "run_recipes.py"
TOOLS = ("exiftool", "inotifywait", "jq")


@unittest.skipUnless(os.environ.get("XCEPTION"), "$XCEPTION does not name the program; make test-scripts does")
class Recipes(unittest.TestCase):
    @unittest.skipUnless(all(map(shutil.which, TOOLS)), "needs " + ", ".join(TOOLS))
    def test_recipes(self):
        done = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
