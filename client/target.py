"""Which backend to use: the local one that Take One keeps itself, or a server."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class LocalTarget:
    """The bundled backend. `root` is the extension's folder. `python` is None for the installed environment
    (TAKE_ONE_HOME's, or the one that the variable TAKE_ONE_PYTHON names)."""

    root: Path
    python: Path | None = None

    @property
    def name(self) -> str:
        return "local"


@dataclass(frozen=True)
class RemoteTarget:
    """A server that speaks `/v1/videos`: its address, e.g. "http://192.168.1.20:8000", and token ("" for
    none)."""

    url: str
    token: str = ""

    @property
    def name(self) -> str:
        return self.url.rstrip("/")

    @property
    def loopback(self) -> bool:
        """Whether the address is on this machine."""
        return is_loopback(self.url)

    def __repr__(self) -> str:
        return f"RemoteTarget({self.url!r})"  # never the token


Target = LocalTarget | RemoteTarget


def is_loopback(url: str) -> bool:
    """Whether a URL's host is this machine itself."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_exposed(url: str) -> bool:
    """Whether what goes there, the token too, can be read on the way: plain HTTP to another machine."""
    try:
        return urlsplit(url).scheme == "http" and bool(urlsplit(url).hostname) and not is_loopback(url)
    except ValueError:
        return False
