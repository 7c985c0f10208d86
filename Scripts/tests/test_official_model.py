"""The official model's download and installation, from a server on the loopback interface."""
import contextlib
import hashlib
import http.server
import os
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import SCRIPTS

import official_model
import samples
from xception_weights.model_file import read_tensors


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves one file, ranges of it too; notes what was asked for; can break off after some bytes."""

    content, requests, stop_after, supports_ranges = b"", [], None, True

    def do_GET(self):
        begin = 0
        ranges = self.headers["Range"]
        self.requests.append(ranges)
        if self.path == "/page":
            self.send_response(200)
            self.send_header("Content-Length", "4000")
            self.end_headers()
            self.wfile.write(b"page" * 1000)
            return
        if self.path == "/to-ftp":
            self.send_response(302)
            self.send_header("Location", "ftp://127.0.0.1:1/x")
            self.end_headers()
            return
        if self.path != "/weights.h5":
            self.send_error(404)
            return
        if ranges and self.supports_ranges:
            begin = int(ranges.removeprefix("bytes=").removesuffix("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {begin}-{len(self.content) - 1}/{len(self.content)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(self.content) - begin))
        self.end_headers()
        end = len(self.content) if self.stop_after is None else begin + self.stop_after
        with contextlib.suppress(BrokenPipeError):
            self.wfile.write(self.content[begin:end])

    def log_message(self, *_):
        pass


class OfficialModel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "w.h5")
            samples.legacy_h5(path, samples.weights(), samples.dense(1000))
            with open(path, "rb") as file:
                Handler.content = file.read()
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.url = f"http://127.0.0.1:{cls.server.server_port}/weights.h5"
        cls.sha256 = hashlib.sha256(Handler.content).hexdigest()

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.server.server_close()

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.data, self.cache = os.path.join(directory.name, "data"), os.path.join(directory.name, "cache")
        self.installed = os.path.join(self.data, "xception")
        self.partial = os.path.join(self.cache, "xception", official_model.FILE)
        Handler.requests, Handler.stop_after, Handler.supports_ranges = [], None, True

    def run_script(self, *options, url=None, sha256=None):
        return subprocess.run(
            [sys.executable, SCRIPTS / "convert" / "official_model.py", "--url", url or self.url,
             "--size", str(len(Handler.content)), "--sha256", sha256 or self.sha256, *options],
            capture_output=True, text=True, env=os.environ | {"XDG_DATA_HOME": self.data, "XDG_CACHE_HOME": self.cache})

    def check_nothing_installed(self, result, reason):
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertIn(reason, result.stderr)
        self.assertFalse(os.path.exists(self.installed) and os.listdir(self.installed))

    def check_installed(self, result):
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(sorted(os.listdir(self.installed)), ["imagenet.head.safetensors", "xception-backbone.safetensors"])
        backbone = read_tensors(os.path.join(self.installed, "xception-backbone.safetensors"))[1]
        head = read_tensors(os.path.join(self.installed, "imagenet.head.safetensors"))[1]
        self.assertEqual(head["backbone_sha256"], backbone["data_sha256"])
        self.assertEqual(backbone["source_sha256"], self.sha256)
        self.assertFalse(os.path.exists(self.partial))

    def test_downloads_and_installs(self):
        self.check_installed(self.run_script())

    def test_goes_on_where_it_was_cut_off(self):
        Handler.stop_after = 30_000_000
        self.check_nothing_installed(self.run_script(), "after 30,000,000 of")
        Handler.stop_after = None
        self.check_installed(self.run_script())
        self.assertEqual(Handler.requests, [None, "bytes=30000000-"])

    def test_starts_over_where_the_server_knows_no_ranges(self):
        Handler.stop_after = 1_000_000
        self.run_script()
        Handler.stop_after, Handler.supports_ranges = None, False
        self.check_installed(self.run_script())

    def test_takes_the_next_address_where_one_fails(self):
        self.check_installed(self.run_script("--url", self.url, url=self.url + ".gone"))

    def test_a_short_page_leaves_nothing_behind(self):
        page = self.url.replace("weights.h5", "page")
        self.check_nothing_installed(self.run_script(url=page), "what came has 4,000 bytes")
        self.assertFalse(os.path.exists(self.partial))
        self.check_installed(self.run_script("--url", self.url, url=page))

    def test_an_older_beginning_that_spoils_the_file_is_fetched_again(self):
        os.makedirs(os.path.dirname(self.partial))
        with open(self.partial, "wb") as file:
            file.write(b"page" * 1000)
        self.check_installed(self.run_script())
        self.assertEqual(Handler.requests, ["bytes=4000-", None])

    def test_nothing_is_written_through_a_link(self):
        os.makedirs(os.path.dirname(self.partial))
        precious = os.path.join(self.cache, "precious")
        with open(precious, "w") as file:
            file.write("precious")
        os.symlink(precious, self.partial)
        self.check_nothing_installed(self.run_script(), "is a link")
        with open(precious) as file:
            self.assertEqual(file.read(), "precious")

    def test_wrong_hash(self):
        self.check_nothing_installed(self.run_script(sha256="0" * 64), f"what came has SHA-256 {self.sha256}")
        self.assertFalse(os.path.exists(self.partial))

    def test_no_server(self):
        self.check_nothing_installed(self.run_script(url="http://127.0.0.1:1/x"), "Connection refused")
        self.check_nothing_installed(self.run_script(url=self.url + ".gone"), "Not Found")

    def test_addresses_of_other_kinds_are_not_opened(self):
        for kind, url in (("file", "file://" + os.path.abspath(__file__)), ("ftp", "ftp://127.0.0.1:1/x"),
                          ("javascript", "javascript:1"), ("ftp", self.url.replace("weights.h5", "to-ftp"))):
            self.check_nothing_installed(self.run_script(url=url), f"unknown url type: {kind}")

    def test_directory_that_cannot_be_made(self):
        with open(self.data, "w"):
            pass
        result = self.run_script()
        self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1), result.stderr)
        self.assertIn(f"{self.installed}/xception-backbone.safetensors: Not a directory", result.stderr)


if __name__ == "__main__":
    unittest.main()
