"""Brings published files here: asked for first, resumed where they broke off, checked against their sums.

Plain HTTP with ranges: the hub's own library starts a broken file of several gigabytes from nothing.
"""

from __future__ import annotations

import errno
import hashlib
import http.client
import json
import os
import re
import shutil
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Protocol

from .. import __version__
from .catalogue import Component
from .store import ModelsError, models_folder

HUB = "https://huggingface.co"
SPARE = 2 << 30  # bytes that stay free on the disk
TRIES = 5
_BLOCK = 1 << 20
_TIMEOUT = 30.0
_NEXT = re.compile(r'<([^>]+)>\s*;\s*rel="next"')


class Progress(Protocol):
    """Called as a download goes on: bytes that are here, bytes in all, and the file at hand."""

    def __call__(self, done: int, total: int, file: str) -> None: ...


@dataclass(frozen=True)
class Remote:
    """One published file. `sha256` is "" where the publisher gives none (small text files)."""

    component: Component
    path: str
    size: int
    sha256: str

    @property
    def here(self) -> Path:
        """Where it will be."""
        inside = self.path.removeprefix(self.component.folder).lstrip("/")
        return models_folder() / self.component.name / inside

    @property
    def part(self) -> Path:
        """Where it grows. Named by its sum, so that another version never continues it."""
        name = f"{self.component.name}-{self.here.name}-{self.sha256[:16]}.part"
        return models_folder() / ".incoming" / name

    @property
    def is_here(self) -> bool:
        return self.here.is_file() and self.here.stat().st_size == self.size


def online_allowed() -> bool:
    """Whether this process may use the network."""
    return os.environ.get("TAKE_ONE_ONLINE", "") == "1"


def download(
    components: Sequence[Component],
    progress: Progress,
    hub: str | None = None,
    online: bool = False,
    cancelled: Callable[[], bool] = lambda: False,
) -> int:
    """Downloads what is not yet here of `components`; returns the bytes that they have in all.

    `hub` is another host that speaks the hub's protocol. A download that broke off goes on where it stopped.

    Raises:
        ModelsError: no network allowed, not enough disk, a refused or damaged file: what is whole stays.
    """
    if not online:
        message = "Online access is off. Allow it, or copy the files here and link their folder."
        raise ModelsError(message, "online_access")
    hub = (hub or HUB).rstrip("/")
    if urllib.parse.urlsplit(hub).scheme not in ("http", "https"):
        raise ModelsError(f"{hub} is no web address of a hub.")
    files = [file for component in components for file in published(component, hub)]
    _check_disk(files)
    total = sum(file.size for file in files)
    done = 0
    for file in files:

        def report(here: int, before: int = done, name: str = file.path) -> None:
            progress(before + here, total, name)
            if cancelled():
                raise ModelsError("The download was stopped. It will go on where it stopped.", "retry")

        if not file.is_here:
            _fetch(file, hub, report)
        done += file.size
        progress(done, total, file.path)
    return total


def published(component: Component, hub: str) -> list[Remote]:
    """The files of a component as its publisher lists them.

    Raises:
        ModelsError: the hub can't be reached, wants terms accepted, or does not have them.
    """
    url: str | None = f"{hub}/api/models/{component.repository}/tree/main/{component.folder}".rstrip("/")
    entries: list[dict[str, Any]] = []
    while url:
        with _open(url, component) as answer:
            entries += json.load(answer)
            following = _NEXT.search(answer.headers.get("Link") or "")
        url = urllib.parse.urljoin(url, following[1]) if following else None
    return [
        Remote(component, entry["path"], entry["size"], (entry.get("lfs") or {}).get("oid", ""))
        for entry in entries
        if entry.get("type") == "file"
        and any(fnmatch(entry["path"].rpartition("/")[2], pattern) for pattern in component.patterns)
    ] or _nothing(component)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _fetch(file: Remote, hub: str, report: Callable[[int], None]) -> None:
    file.part.parent.mkdir(parents=True, exist_ok=True)
    url = f"{hub}/{file.component.repository}/resolve/main/{urllib.parse.quote(file.path)}"
    tries = 0
    while (before := _size(file.part)) < file.size:
        try:
            _append(file, url, before, report)
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                raise ModelsError(f"The disk of {models_folder()} is full.", "free_space") from error
            tries = 0 if _size(file.part) > before else tries + 1
            if tries >= TRIES:
                raise ModelsError(f"The download of {file.path} broke off: {error}", "retry") from error
            time.sleep(2.0**tries)
    if file.part.stat().st_size != file.size or (file.sha256 and sha256(file.part) != file.sha256):
        file.part.unlink()
        message = f"{file.path} arrived damaged: it is not what was published. Download it again."
        raise ModelsError(message, "retry")
    file.here.parent.mkdir(parents=True, exist_ok=True)
    file.part.replace(file.here)


def _append(file: Remote, url: str, start: int, report: Callable[[int], None]) -> None:
    """Adds to the part what is missing of it, or starts again where the host knows no ranges."""
    with _open(url, file.component, start) as answer:
        resumed = answer.status == 206
        with file.part.open("ab" if resumed else "wb") as part:
            done = start if resumed else 0
            while block := answer.read(_BLOCK):
                part.write(block)
                done += len(block)
                report(done)
    if done < file.size:
        raise ConnectionError(f"the line dropped after {done:,} of {file.size:,} bytes")


def _open(url: str, component: Component, start: int = 0) -> Any:
    request = urllib.request.Request(url, headers={"User-Agent": f"take-one/{__version__}"})
    if start:
        request.add_header("Range", f"bytes={start}-")
    if token := os.environ.get("HF_TOKEN"):  # the user's own; kept from the hosts that a redirect leads to
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    try:
        return urllib.request.urlopen(request, timeout=_TIMEOUT)
    except urllib.error.HTTPError as error:
        raise _refused(error, component) from error
    except urllib.error.URLError as error:
        if start:
            raise  # tried again
        host = urllib.parse.urlsplit(url).netloc
        raise ModelsError(f"{host} can't be reached: {error.reason}.", "retry") from error


def _refused(error: urllib.error.HTTPError, component: Component) -> ModelsError:
    if error.code in (401, 403):
        terms = component.licence or "its terms"
        return ModelsError(
            f"{component.repository} asks you to accept {terms} first. Do so on its page, then set "
            "HF_TOKEN to an access token of your account."
        )
    if error.code == 404:
        return ModelsError(f"There is no {component.repository} with {component.name} on this hub.")
    status = f"{error.code} {error.reason}"
    return ModelsError(f"{component.repository} can't be downloaded now ({status}).", "retry")


def _nothing(component: Component) -> list[Remote]:
    raise ModelsError(f"{component.repository} has no files for {component.name}.")


def _check_disk(files: Sequence[Remote]) -> None:
    models_folder().mkdir(parents=True, exist_ok=True)
    needed = sum(file.size - _size(file.part) for file in files if not file.is_here)
    free = shutil.disk_usage(models_folder()).free
    if needed > 0 and needed + SPARE > free:
        raise ModelsError(
            f"The models need {needed / 1e9:.1f} GB more and {models_folder()} has {free / 1e9:.1f} GB "
            "free. Free some space, or link a folder on another disk.",
            "free_space",
        )


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
