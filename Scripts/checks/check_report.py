"""Looks at a page of --report in headless Chromium, and fails if it does not work there.

    python Scripts/checks/check_report.py REPORT.html [--screenshots DIRECTORY] [--chromium PATH]

The page is loaded from its file: URL with the network off, then sorted, searched, filtered and scrolled as a
user does, by events of real keys and wheels where that can be told apart. Checked are the cards shown against
the page's own data, that nothing was asked for from elsewhere, that no name became markup, and that the
console stayed empty. Printed are size and times. With --screenshots: light and dark, 1280 and 390 pixels wide.

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


def results_of(file):
    page = file.read_text(encoding="utf-8")
    return json.loads(page.split('id="data">', 1)[1].split("</script>", 1)[0])["results"]


# Waits until what was changed is painted.
PAINTED = "new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))"
PATHS = '[...document.querySelectorAll(".card .path")].map(node => node.textContent)'


def expect(condition, message):
    if not condition:
        sys.exit("check_report: " + message)


def screenshots(browser, directory):
    os.makedirs(directory, exist_ok=True)
    for scheme in ("light", "dark"):
        for name, width, height, scale in (("desktop", 1280, 900, 1), ("phone", 390, 844, 2)):
            browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            browser.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=width < 500)
            for place, script in (("top", "scrollTo(0, 0)"), ("cards", 'document.querySelector("form").scrollIntoView()')):
                browser.evaluate(f"{script}, {PAINTED}")
                time.sleep(0.3)
                expect(browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"the page is wider than {width} pixels")
                shot = browser.call("Page.captureScreenshot", format="png")["data"]
                with open(os.path.join(directory, f"report-{name}-{scheme}-{place}.png"), "wb") as file:
                    file.write(base64.b64decode(shot))


def check(browser, file, directory):
    results = results_of(file)
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
        return f'{{ const node = document.getElementById("{id}"); node.value = {json.dumps(value)}; node.dispatchEvent(new Event(node.matches("select") ? "change" : "input")) }}'

    def check_cards(what, expected):
        cards = shown()
        paths = [result["path"] for result in expected]
        expect(cards and cards == paths[:len(cards)], f"{what}: the cards begin with {cards[:3]}, not {paths[:3]}")
        count = browser.evaluate('document.getElementById("count").textContent')
        expect(count == f"{len(expected)} of {len(results)}", f"{what}: the page counts {count}, not {len(expected)}")

    check_cards("loaded", results)
    expect(len(shown()) <= 300 or len(results) <= 300, f"{len(shown())} cards at once")
    expect(browser.evaluate("document.querySelectorAll('script').length") == 1, "a name became a script")
    classified = [result for result in results if "predictions" in result]
    confidence = [result["predictions"][0][2] if "predictions" in result else -1 for result in results]
    act("sort by confidence", choose("order", "sure"))
    check_cards("most confident first", [result for _, result in sorted(zip(confidence, results), key=lambda pair: -pair[0])])
    act("sort by least confidence", choose("order", "unsure"))
    check_cards("least confident first", sorted(classified, key=lambda result: result["predictions"][0][2]) + [r for r in results if "error" in r])
    act("back to input order", choose("order", "input"))

    label = max((r["predictions"][0][0] for r in classified), key=lambda label: sum(r["predictions"][0][0] == label for r in classified))
    act(f"filter by {label}", choose("label", label))
    check_cards("filtered", [result for result in classified if result["predictions"][0][0] == label])
    act("no filter", choose("label", ""))
    act("click on the most frequent label's bar", 'document.querySelector("#bars button").click()')
    expect(browser.evaluate('document.querySelector("#bars button").ariaPressed') == "true", "a bar does not say that it is chosen")
    act("click on it again", 'document.querySelector("#bars button").click()')
    check_cards("bar clicked twice", results)

    browser.evaluate('document.getElementById("search").focus()')
    word = label.split()[0].lower()
    browser.call("Input.insertText", text=word)
    browser.evaluate(PAINTED)
    check_cards(f"searched for {word}", [
        r for r in results
        if word in (r["path"] + " " + (" ".join(f"{a[0]} {a[1]}" for a in r["predictions"]) if "predictions" in r else r["error"])).lower()])
    act("search for nothing there is", choose("search", "no such label anywhere"))
    expect(shown() == [], "a search for nothing shows cards")
    act("empty search", choose("search", ""))

    before = len(shown())
    for _ in range(12):
        browser.call("Input.dispatchMouseEvent", type="mouseWheel", x=640, y=600, deltaX=0, deltaY=3000)
        browser.evaluate(PAINTED)
    time.sleep(0.2)
    expect(len(shown()) > before or len(results) <= before, "scrolling brings no more cards")
    check_cards("scrolled", results)
    act("scroll to the end of what is there", "scrollTo(0, document.body.scrollHeight)")
    broken = browser.evaluate("[...document.images].filter(image => image.complete && image.naturalWidth === 0).length")
    expect(broken == 0, f"{broken} thumbnails are no images")
    if directory:
        browser.evaluate("scrollTo(0, 0)")
        screenshots(browser, directory)

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
    parser.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome"))
    args = parser.parse_args()
    if not args.chromium:
        sys.exit("check_report: no Chromium found; on Debian: apt-get install chromium")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(args.chromium, profile)
        try:
            check(browser, args.report, args.screenshots)
        finally:
            browser.close()


if __name__ == "__main__":
    main()
