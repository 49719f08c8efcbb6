"""A headless Chromium, driven over a pipe as its developer tools do: nothing to install besides the browser."""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS = 60
# The browser reads commands from descriptor 3 and answers on 4.
WIRING = """
import fcntl, os, sys
out, back = (fcntl.fcntl(int(word), fcntl.F_DUPFD, 10) for word in sys.argv[1:3])
os.dup2(out, 3)
os.dup2(back, 4)
os.execvp(sys.argv[3], sys.argv[3:])
"""


def program() -> str | None:
    """The browser of this machine: what the variable CHROMIUM names, else the first known one."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


class Moved(Exception):
    """Another page came while one was asked."""


class Page:
    """A page that is open. `errors` are what it wrote to its console and what its policy kept out, `asked` the
    addresses that it asked for."""

    def __init__(self, write: int, read: int) -> None:
        self._write, self._read, self._numbers = write, read, itertools.count(1)
        self._rest, self._session = b"", ""
        self.errors, self.asked = list[str](), list[str]()

    def open(self, path: Path, downloads: Path) -> None:
        """Opens a file with no network, and waits until it is there."""
        self._attach()
        self.call("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)
        self.call("Page.setDownloadBehavior", behavior="allow", downloadPath=str(downloads))
        self.call("Page.navigate", url=path.as_uri())
        self.wait("location.protocol === 'file:' && document.readyState === 'complete'")

    def visit(self, url: str) -> None:
        """Opens an address, and waits until its page is there."""
        if not self._session:
            self._attach()
        self.call("Page.navigate", url=url)
        self.wait("location.protocol === 'http:' && document.readyState === 'complete'")

    def _attach(self) -> None:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def value(self, expression: str) -> Any:
        """What JavaScript makes of it; a promise is waited for."""
        found = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, userGesture=True
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def wait(self, expression: str) -> Any:
        """Until it is true."""
        until = time.monotonic() + SECONDS
        while True:
            with suppress(Moved):
                if found := self.value(expression):
                    return found
            assert time.monotonic() < until, f"{expression} never came"
            time.sleep(0.05)

    def picture(self, path: Path) -> None:
        """What is seen."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def call(self, method: str, **values: Any) -> dict[str, Any]:
        """One command of the DevTools protocol."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": values}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == number:
                if "navigated" in answer.get("error", {}).get("message", ""):
                    raise Moved
                assert "error" not in answer, answer["error"]
                return dict(answer["result"])
            if answer.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown"):
                self.errors.append(json.dumps(answer["params"]))
            elif answer.get("method") == "Network.requestWillBeSent":
                self.asked.append(answer["params"]["request"]["url"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            block = os.read(self._read, 1 << 16)
            assert block, "the browser has ended"
            self._rest += block
        text, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(text))


@contextmanager
def browser(profile: Path) -> Iterator[Page]:
    """A browser with a profile of its own, ended with the block."""
    out, to_browser = os.pipe()
    from_browser, back = os.pipe()
    name = program()
    assert name

    flags = ["--headless=new", "--remote-debugging-pipe", f"--user-data-dir={profile}", "--no-first-run"]
    flags += ["--autoplay-policy=no-user-gesture-required", "--window-size=1280,900", "--disable-gpu"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        flags.append("--no-sandbox")  # it has none for root
    process = subprocess.Popen(
        [sys.executable, "-c", WIRING, str(out), str(back), name, *flags],
        pass_fds=(out, back),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(out)
    os.close(back)
    try:
        yield Page(to_browser, from_browser)
    finally:
        process.terminate()
        process.wait(20)
        os.close(to_browser)
        os.close(from_browser)
