"""Looks at a page of --report in headless Chromium, and fails if it does not work there.

    python Scripts/checks/check_report.py REPORT.html [--screenshots DIRECTORY] [--axe axe.min.js] [--chromium PATH]

The page is loaded from its file: URL with the network off, then sorted, grouped, searched, filtered, opened and
scrolled as a user does, by events of real keys and wheels where that can be told apart. Checked are the cards
shown against the page's own data, that nothing was asked for from elsewhere, that no name became markup, and that
the console stayed empty. Printed are size and times. With --screenshots: light and dark, 1280 and 390 pixels wide.

Needs nothing but Python and Chromium, which is spoken to through its debugging pipe.
"""
import argparse
import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time


class Browser:
    """Chromium, by the DevTools protocol: JSON messages, each ended by NUL, on descriptors 3 and 4."""

    def __init__(self, executable, profile):
        commands, self.commands = os.pipe()
        self.messages, messages = os.pipe()

        # The shell puts them in their places; made first, `commands` is the lower number, and at least 3.
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{commands} 4>&{messages}', "chromium", executable,
             "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
             f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"],
            pass_fds=(commands, messages), stderr=subprocess.DEVNULL)
        os.close(commands)
        os.close(messages)
        self.pending, self.number, self.events, self.session = b"", 0, [], None
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(target for target in targets if target["type"] == "page")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]

    def receive(self):
        while b"\0" not in self.pending:
            received = os.read(self.messages, 1 << 20)
            if not received:
                raise EOFError("Chromium ended")
            self.pending += received
        message, self.pending = self.pending.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.receive())

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def close(self):
        os.close(self.commands)
        self.process.terminate()
        self.process.wait()


def document_of(file):
    page = file.read_text(encoding="utf-8")
    return json.loads(page.split('id="data">', 1)[1].split("</script>", 1)[0])


KEYS = {"Enter": 13, "Escape": 27, "ArrowRight": 39, "/": 191}
"""Windows' virtual key codes, which DevTools goes by."""

# Waits until what was changed is painted.
PAINTED = "new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))"
PATHS = '[...document.querySelectorAll(".card a")].map(node => gallery.shown[node.dataset.index].path)'


def expect(condition, message):
    if not condition:
        sys.exit("check_report: " + message)


def screenshots(browser, directory):
    os.makedirs(directory, exist_ok=True)
    for scheme in ("light", "dark"):
        for name, width, height, scale in (("desktop", 1280, 900, 1), ("phone", 390, 844, 2)):
            browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            browser.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=width < 500)
            for place, script in (("top", "scrollTo(0, 0)"), ("photo", "gallery.viewer.open(0)")):
                browser.evaluate(f"{script}, {PAINTED}")
                time.sleep(0.3)
                expect(browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"the page is wider than {width} pixels")
                shot = browser.call("Page.captureScreenshot", format="png")["data"]
                with open(os.path.join(directory, f"report-{name}-{scheme}-{place}.png"), "wb") as file:
                    file.write(base64.b64decode(shot))
            browser.evaluate("gallery.viewer.dialog.close()")


class Tree:
    """The concepts of a page's data."""

    def __init__(self, concepts):
        self.concepts = concepts

    def above(self, id):
        """A concept's id and those of all above it."""
        found = {id}
        for parent in self.concepts.get(id, {}).get("parents", []):
            found |= self.above(parent)
        return found


def filed(result):
    """Label, id and probability of the photo's group."""
    return result.get("concept") or (result["predictions"][0] if result["predictions"] else ["no label", "", 0])


def check(browser, file, directory, axe):
    document = document_of(file)
    results, tree = document["results"], Tree(document["concepts"])
    photos = [result for result in results if "error" not in result]
    for domain in ("Page", "Runtime", "Log", "Network"):
        browser.call(domain + ".enable")
    browser.call("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)
    browser.call("Emulation.setDeviceMetricsOverride", width=1280, height=900, deviceScaleFactor=1, mobile=False)

    start = time.monotonic()
    browser.call("Page.navigate", url=file.absolute().as_uri())
    browser.wait_for("Page.loadEventFired")
    browser.evaluate(PAINTED)
    print(f"{len(results)} images, {file.stat().st_size / 2**20:.1f} MiB; loaded and painted in {(time.monotonic() - start) * 1000:.0f} ms")

    def shown():
        return browser.evaluate(PATHS)

    def act(name, script):
        milliseconds = browser.evaluate(f"(async () => {{ const start = performance.now(); {script}; await {PAINTED}; return performance.now() - start }})()")
        print(f"{name}: {milliseconds:.0f} ms")

    def choose(id, value):
        return f'{{ const node = document.getElementById("{id}"); node.value = {json.dumps(value)}; node.dispatchEvent(new Event("input")) }}'

    def press(key):
        for type in ("keyDown", "keyUp"):
            text = {"text": "\r"} if key == "Enter" and type == "keyDown" else {}
            browser.call("Input.dispatchKeyEvent", type=type, key=key, code=key, windowsVirtualKeyCode=KEYS[key], **text)
        browser.evaluate(PAINTED)

    def check_cards(what, expected):
        cards = shown()
        paths = [result["path"] for result in expected]
        expect(bool(cards) == bool(paths) and cards == paths[:len(cards)], f"{what}: the cards begin with {cards[:3]}, not {paths[:3]}")
        count = browser.evaluate("gallery.shown.length")
        expect(count == len(expected), f"{what}: the page counts {count}, not {len(expected)}")

    check_cards("loaded", photos)
    expect(len(shown()) <= 400 or len(photos) <= 400, f"{len(shown())} cards at once")
    expect(browser.evaluate("document.querySelectorAll('script').length") == 3, "a name became a script")
    failures = browser.evaluate('[...document.querySelectorAll("#failures b")].map(node => node.textContent)')
    expect(failures == [result["path"] for result in results if "error" in result], f"the failures listed are {failures}")

    act("sort by confidence", choose("order", "sure"))
    check_cards("most confident first", sorted(photos, key=lambda photo: -filed(photo)[2]))
    act("sort by least confidence", choose("order", "unsure"))
    check_cards("least confident first", sorted(photos, key=lambda photo: filed(photo)[2]))
    act("back to input order", choose("order", ""))
    act("at least 90%", choose("least", "90"))
    check_cards("at least 90%", [photo for photo in photos if filed(photo)[2] >= 0.9])
    act("any confidence", choose("least", "0"))
    act("group by label", choose("group", "label"))
    groups = browser.evaluate('[...document.querySelectorAll("#cards h2")].map(node => node.textContent)')
    sizes = [int(group.rsplit(" ", 1)[1]) for group in groups]
    expect(sizes == sorted(sizes, reverse=True) and sizes, f"groups are not the largest first: {groups[:5]}")
    act("no groups", choose("group", ""))

    # A concept that several photos are below: by its chip, and searched for by name.
    inner = [id for id in tree.concepts if len(tree.above(id)) > 1]
    id = max(inner, key=lambda id: (sum(id in tree.above(filed(photo)[1]) for photo in photos), len(tree.above(id))), default=None)
    if id:
        below = [photo for photo in photos if id in tree.above(filed(photo)[1])]
        act(f"only {tree.concepts[id]['label']}", f"change('kind', {json.dumps(id)})")
        check_cards("a kind", below)
        chip = browser.evaluate("document.querySelector('#chips [aria-current=true]')?.textContent")
        expect(chip == tree.concepts[id]["label"], f"the chip that is current says {chip}")
        act("all kinds", "document.querySelector('#chips button').click()")
        check_cards("all kinds", photos)
        browser.evaluate('document.activeElement.blur()')
        press("/")
        browser.call("Input.insertText", text=tree.concepts[id]["label"])
        browser.evaluate(PAINTED)
        cards = browser.evaluate("gallery.shown.map(photo => photo.path)")
        expect(set(cards) >= {photo["path"] for photo in below}, f"a search for {tree.concepts[id]['label']} finds {len(cards)} of {len(below)}")
    act("search for nothing there is", choose("search", "no such label anywhere"))
    expect(shown() == [], "a search for nothing shows cards")
    act("empty search", choose("search", ""))

    # By keys: to the second photo, into it, on, and back.
    browser.evaluate('document.querySelector(".card a").focus()')
    press("ArrowRight")
    press("Enter")
    expect(browser.evaluate("gallery.viewer.dialog.open"), "Enter opens no photo")
    loaded = browser.evaluate(
        "new Promise(done => { const image = document.querySelector('dialog img'); const tell = () => done(image.naturalWidth); "
        "if (image.complete) tell(); else { image.onload = tell; setTimeout(tell, 3000) } })")
    expect(loaded > 0, "the photo in the large view is not loaded")
    press("ArrowRight")
    at = min(2, len(photos) - 1)
    expect(browser.evaluate("new URLSearchParams(location.hash.slice(1)).get('photo')") == photos[at]["path"], "the address does not name the photo")
    press("Escape")
    expect(browser.evaluate("!gallery.viewer.dialog.open && document.activeElement.dataset.index") == str(at), "Escape does not lead back to the photo")
    browser.evaluate('document.activeElement.closest("li").querySelector("input").click()')
    expect(browser.evaluate('document.getElementById("copy").textContent') == "Copy 1 path", "a photo cannot be selected")
    browser.evaluate('document.getElementById("all").click()')
    expect(browser.evaluate("gallery.selected.size") == 0, "a selection cannot be undone")

    before = len(shown())
    for _ in range(12):
        browser.call("Input.dispatchMouseEvent", type="mouseWheel", x=640, y=600, deltaX=0, deltaY=3000)
        browser.evaluate(PAINTED)
    time.sleep(0.2)
    expect(len(shown()) > before or len(photos) <= before, "scrolling brings no more cards")
    check_cards("scrolled", photos)
    act("scroll to the end of what is there", "scrollTo(0, document.body.scrollHeight)")
    broken = browser.evaluate("[...document.images].filter(image => image.complete && image.naturalWidth === 0).length")
    expect(broken == 0, f"{broken} thumbnails are no images")
    browser.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(len(shown()) == len(photos), "not all photos are printed")
    if directory:
        browser.evaluate("scrollTo(0, 0)")
        screenshots(browser, directory)
    if axe:
        browser.evaluate(axe.read_text(encoding="utf-8") + "; 0")
        faults = browser.evaluate("axe.run().then(result => result.violations.map(fault => fault.id + ': ' + fault.nodes[0].html))")
        expect(not faults, f"axe-core finds {faults}")

    for event in browser.events:
        method, parameters = event.get("method"), event.get("params", {})
        expect(method not in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"), f"the console says {json.dumps(parameters)[:500]}")
        if method == "Network.requestWillBeSent":
            url = parameters["request"]["url"]
            expect(url.startswith(("file:", "data:")), f"the page asks for {url}")
    print("all held")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report", type=pathlib.Path)
    parser.add_argument("--screenshots")
    parser.add_argument("--axe", type=pathlib.Path, help="axe.min.js of axe-core, to check accessibility")
    parser.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome"))
    args = parser.parse_args()
    if not args.chromium:
        sys.exit("check_report: no Chromium found; on Debian: apt-get install chromium")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(args.chromium, profile)
        try:
            check(browser, args.report, args.screenshots, args.axe)
        finally:
            browser.close()


if __name__ == "__main__":
    main()
