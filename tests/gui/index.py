"""A package index on this machine, so that an installation takes seconds, waits, or fails as a test wants."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import threading
import time
import zipfile
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

BALLAST = 6 << 20  # bytes of a package: enough that its download is seen
BLOCK = 1 << 16
PAUSE = 0.02  # seconds a block, where a download is to be seen


class Index:
    """Serves `tiny-part`, which lends a new environment the packages of `python`'s own, and `long-part`, a file of
    which has a name that no file system takes. A context manager.

    `hold()` makes downloads slow and lets them come to a stop after two thirds, until `go_on()`; `damage()` changes a
    file.
    It is a proxy, too, for an index of any name; with a `password` it asks for that first.
    """

    def __init__(self, python: str, password: str = "") -> None:
        code = "import sysconfig; print(sysconfig.get_path('purelib'))"
        packages = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout
        self._wheels = {
            "tiny-part": _wheel("tiny_part", {"tiny_part.pth": packages.encode()}),
            "long-part": _wheel("long_part", {"long_" + "x" * 300 + ".py": b""}),
        }
        self._sums = {name: hashlib.sha256(wheel).hexdigest() for name, wheel in self._wheels.items()}
        self._password = password
        self.asked: list[str] = []  # what was asked for, whole addresses where it was asked as a proxy
        self._moving = threading.Event()
        self._moving.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/simple"

    def requirement(self, name: str) -> str:
        """A line of a lock."""
        return f"{name}==1.0 --hash=sha256:{self._sums[name]}\n"

    def damage(self, name: str) -> None:
        self._wheels[name] += b"another end"

    def hold(self) -> None:
        self._moving.clear()

    def go_on(self) -> None:
        self._moving.set()

    def __enter__(self) -> Index:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on()
        self._server.shutdown()
        self._server.server_close()

    def _handler(index) -> type[BaseHTTPRequestHandler]:  # noqa: N805  `self` is the request's
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                index.asked.append(self.path)
                place, name = urlsplit(self.path).path.strip("/").split("/")[:2]
                if index._password and index._password not in self.headers.get("Proxy-Authorization", ""):
                    self._answer(407, b"")
                elif name not in index._wheels:
                    self._answer(404, b"")
                elif place == "wheels":
                    self._answer(200, index._wheels[name], slow=True)
                else:
                    file = f"{name.replace('-', '_')}-1.0-py3-none-any.whl"
                    page = f'<a href="/wheels/{name}/{file}">{file}</a>'
                    self._answer(200, page.encode())

            def do_CONNECT(self) -> None:
                self._answer(407, b"")

            def _answer(self, status: int, body: bytes, slow: bool = False) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with suppress(OSError):  # a cancelled installation hangs up
                    for start in range(0, len(body), BLOCK):
                        if slow and not index._moving.is_set():
                            time.sleep(PAUSE)
                            if (
                                start > len(body) * 2 // 3
                            ):  # pip, which tells of it now and then, has told of two fifths
                                index._moving.wait(120)
                        self.wfile.write(body[start : start + BLOCK])

            def log_message(self, *_: object) -> None:
                return

        return Handler


def _wheel(name: str, files: dict[str, bytes]) -> bytes:
    info = f"{name}-1.0.dist-info"
    title = name.replace("_", "-")
    contents = {
        **files,
        f"{name}_ballast.bin": os.urandom(BALLAST),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {title}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as wheel:
        for path, data in contents.items():
            wheel.writestr(path, data)
    return written.getvalue()


def backend_python() -> str:
    """An interpreter that has the backend's requirements."""
    chosen = os.environ.get("TAKE_ONE_PYTHON")
    return chosen or str(Path(__file__).resolve().parents[2] / ".dev" / "backend" / "bin" / "python")
