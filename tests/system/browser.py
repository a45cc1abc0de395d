"""A headless Chromium for the tests, driven by the DevTools protocol over a pipe: no driver, no port, no
library. Everything it says goes into lists, so that a test can ask for errors and requests afterwards."""

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

from tap import skip

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
DEADLINE = 60  # seconds, for anything that is waited for

# The least contrast between a text and what lies behind it, over everything that is shown (WCAG 2: 4.5).
CONTRAST = """(() => {
  const parse = c => { const m = c.match(/[0-9.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
  const light = c => { const f = c.slice(0, 3).map(v => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
                       return .2126 * f[0] + .7152 * f[1] + .0722 * f[2]; };
  const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] > 0) return c; }
                        return [255, 255, 255, 1]; };
  let least = [99, ''], seen = 0;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; (n = walk.nextNode());) {
    const e = n.parentElement;
    if (!n.textContent.trim() || e.closest('svg, script, style, .skip, .unseen') || !e.checkVisibility()) continue;
    const style = getComputedStyle(e), ink = light(parse(style.color));
    const cell = e.closest('td.ratio[data-side]');
    const grounds = [light(behind(e))];
    if (cell) grounds.push(light(parse(getComputedStyle(cell, null).backgroundImage.match(/rgb\\([^)]*\\)/g)[0])));
    for (const g of grounds) {
      const ratio = (Math.max(ink, g) + .05) / (Math.min(ink, g) + .05);
      seen++;
      if (ratio < least[0]) least = [ratio, e.tagName + ': ' + n.textContent.trim().slice(0, 40)];
    }
  }
  return [least[0], least[1], seen];
})()"""


def find():
    """The program, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Browser:
    def __init__(self, program):
        self.profile = tempfile.mkdtemp(prefix="pvbench-browser-")
        to_child, self.to = os.pipe()
        self.from_, from_child = os.pipe()

        def pipes():  # the protocol's are 3 and 4, whatever ours are
            high = [os.dup(to_child), os.dup(from_child)]
            while min(high) < 5:
                high = [os.dup(fd) if fd < 5 else fd for fd in high]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        options = ["--headless", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu", "--hide-scrollbars",
                   "--disable-dev-shm-usage", "--disable-background-networking", f"--user-data-dir={self.profile}"]
        if os.geteuid() == 0:
            options.append("--no-sandbox")  # Chromium's sandbox does not work for root; the pages are our own
        self.process = subprocess.Popen([program, *options], preexec_fn=pipes, close_fds=False, start_new_session=True,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_child)
        os.close(from_child)
        self.buffer, self.next, self.answers, self.events = b"", 0, {}, []
        target = self.call("Target.createTarget", url="about:blank", session=None)["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True, session=None)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def read(self, until):
        """One message more, or TimeoutError."""
        while b"\0" not in self.buffer:
            if not select.select([self.from_], [], [], max(0, until - time.monotonic()))[0]:
                raise TimeoutError("the browser does not answer")
            got = os.read(self.from_, 1 << 16)
            if not got:
                raise TimeoutError("the browser has ended")
            self.buffer += got
        message, self.buffer = self.buffer.split(b"\0", 1)
        message = json.loads(message)
        if "id" in message:
            self.answers[message["id"]] = message
        else:
            self.events.append(message)

    def call(self, method, session="", **params):
        self.next += 1
        message = {"id": self.next, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.to, data):]
        until = time.monotonic() + DEADLINE
        while self.next not in self.answers:
            self.read(until)
        answer = self.answers.pop(self.next)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def wait(self, event):
        until = time.monotonic() + DEADLINE
        while not any(e["method"] == event for e in self.events):
            self.read(until)

    def open(self, path):
        """Seconds until the page has loaded."""
        self.events.clear()
        begin = time.monotonic()
        self.call("Page.navigate", url="file://" + os.path.abspath(path))
        self.wait("Page.loadEventFired")
        return time.monotonic() - begin

    def js(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def size(self, width, height, mobile=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)

    def media(self, dark=False, kind=""):
        self.call("Emulation.setEmulatedMedia", media=kind,
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def key(self, key, code, text=""):
        for what in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=what, key=key, code=key if key != " " else "Space",
                      windowsVirtualKeyCode=code, text=text if what == "keyDown" else "")

    def click(self, selector):
        """A press of the mouse in the middle of the element, as a person would, once it stands still."""
        x, y = self.js(f"""(async () => {{
            const e = document.querySelector({json.dumps(selector)}), frame = () => new Promise(requestAnimationFrame);
            let before = "";
            for (;;) {{
                e.scrollIntoView({{block: "center", inline: "center", behavior: "instant"}});
                await frame();
                const r = e.getBoundingClientRect(), place = [r.x + r.width / 2, r.y + r.height / 2];
                if (before === place.join()) return place;
                before = place.join();
            }}
        }})()""")
        for what in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=what, x=x, y=y, button="left", clickCount=1)

    def picture(self, path, full=False):
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=full)["data"]
        open(path, "wb").write(base64.b64decode(data))

    def pdf(self, path):
        open(path, "wb").write(base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"]))

    def errors(self):
        """Everything that went to the console, every exception, every refusal."""
        self.js("0")  # what has been said so far has arrived
        return [e for e in self.events if e["method"] in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown",
                                                          "Log.entryAdded")]

    def requests(self):
        """What was asked for, beside the page itself."""
        self.js("0")
        return [e["params"]["request"]["url"] for e in self.events if e["method"] == "Network.requestWillBeSent"
                and e["params"].get("type") != "Document"]

    def close(self):
        for fd in (self.to, self.from_):
            os.close(fd)
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        # Its services end after it, and would still write into the profile. Some may stay dead and unburied.
        try:
            for _ in range(100):
                os.killpg(self.process.pid, signal.SIGKILL)
                time.sleep(0.01)
        except ProcessLookupError:
            pass
        shutil.rmtree(self.profile)


def use(what, look, *arguments):
    """look(page, *arguments) in a browser, which is gone afterwards, whatever comes; skipped where there is none."""
    program = find()
    if not program:
        skip(what, "Chromium (chromium-headless-shell)")
        return
    page = Browser(program)
    try:
        look(page, *arguments)
    finally:
        page.close()
