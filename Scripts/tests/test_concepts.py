"""Checks that the program's concepts are the output of make_concepts.py for WordNet and its table."""
import pathlib
import subprocess
import sys
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parent.parent / "labels" / "make_concepts.py"


class ConceptsTest(unittest.TestCase):
    @unittest.skipUnless(pathlib.Path("/usr/share/wordnet/data.noun").exists(), "needs wordnet-base")
    def test_resource(self):
        result = subprocess.run([sys.executable, SCRIPT, "--check"], capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
