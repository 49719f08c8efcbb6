"""A small stand-in for the hub: listing, metadata and files with ranges, over real HTTP."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlparse

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """`files[repository][path]` are the bytes; `asked` keeps (method, path, range) of every request.

    Each repository has one `commit`; small text files have git's sums, the others SHA-256.

    What can go wrong: repositories that are `gated`, files with a `wrong_sum` or a `claimed` size, lines that drop
    (`dropping[path]` lists after how many bytes) or are slow (`pause` seconds a block of 64 KiB), files that stand
    still after `stop_at` bytes until `go_on` is set, a redirect of all files to another host (`redirect_to`). A hostile
    one lists `extra` entries, goes on with its listing at `next_page`, or sends `more` bytes than it announced.
    """

    def __init__(self, files: dict[str, dict[str, bytes]]) -> None:
        self.files, self.asked, self.tokens = files, [], []
        self.gated, self.wrong_sum, self.dropping = set(), set(), {}
        self.url = self.redirect_to = ""
        self.claimed, self.pause = {}, 0.0
        self.stop_at: int | None = None
        self.go_on = threading.Event()
        self.commit: str | None = COMMIT
        self.extra, self.next_page, self.more = [], "", b""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = unquote(urlparse(handler.path).path)
        self.asked.append((handler.command, path, handler.headers.get("Range")))
        self.tokens.append(handler.headers.get("Authorization"))
        if re.fullmatch(r"/api/models/[^/]+/[^/]+/revision/main", path) and self.commit:
            return _send(handler, 200, json.dumps({"sha": self.commit}).encode())
        if match := re.fullmatch(r"/api/models/([^/]+/[^/]+)/tree/([^/]+)/?(.*)", path):
            if match[2] not in ("main", self.commit):
                return _send(handler, 404, b"{}")
            return self._tree(handler, match[1], match[3])
        if match := re.fullmatch(r"/([^/]+/[^/]+)/resolve/[^/]+/(.+)", path):
            if self.redirect_to:
                return _send(handler, 302, b"", {"Location": self.redirect_to + handler.path})
            return self._file(handler, match[1], match[2])
        return _send(handler, 404, b"{}")

    def _tree(self, handler, repository, folder):
        if repository in self.gated:
            return _send(handler, 403, b"{}", {"X-Error-Code": "GatedRepo"})
        entries = [
            {
                "type": "file",
                "path": path,
                "size": self.claimed.get(path, len(data)),
                **self._oids(path, data),
            }
            for path, data in self.files.get(repository, {}).items()
            if path.rpartition("/")[0] == folder
        ]
        more = {"Link": f'<{self.next_page}>; rel="next"'} if self.next_page else {}
        return _send(handler, 200 if entries else 404, json.dumps(entries + self.extra).encode(), more)

    def _oids(self, path, data):
        if path.endswith((".json", ".txt")):
            blob = b"blob %d\0" % len(data) + data
            return {"oid": "f" * 40 if path in self.wrong_sum else hashlib.sha1(blob).hexdigest()}
        lfs = {"oid": self._sum(path, data), "size": len(data), "pointerSize": 120}
        return {"oid": "0" * 40, "lfs": lfs}

    def _file(self, handler, repository, path):
        data = self.files[repository][path] + self.more
        headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{self._sum(path, data)}"', "Accept-Ranges": "bytes"}
        drop = self.dropping[path].pop(0) if self.dropping.get(path) else None
        asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range") or "")
        if not asked:
            return _send(handler, 200, data, headers, drop, self)
        start = int(asked[1])
        headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        return _send(handler, 206, data[start:], headers, drop, self)

    def _sum(self, path, data):
        return "f" * 64 if path in self.wrong_sum else hashlib.sha256(data).hexdigest()


def _send(handler, status, data, headers=None, drop=None, hub=None):
    handler.send_response(status)
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    with suppress(OSError):  # the client may hang up, as a test means it to
        for start in range(0, len(data), 1 << 16):
            if drop is not None and start >= drop:
                handler.close_connection = True
                return
            if hub and hub.stop_at is not None and start >= hub.stop_at:
                hub.go_on.wait(120)
            handler.wfile.write(data[start : start + (1 << 16)])
            if hub and hub.pause:
                time.sleep(hub.pause)


@contextmanager
def serving(hub: Hub):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            hub.answer(self)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
