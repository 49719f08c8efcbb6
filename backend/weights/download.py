"""Brings published files here: asked for first, resumed where they broke off, checked against their sums.

Plain HTTP with ranges: the hub's own library starts a broken file of several gigabytes from nothing. What the hub says
is checked before it is believed: names, sizes, sums, and where it sends us.
"""

from __future__ import annotations

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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import IO, Any, Protocol

from .. import __version__
from .catalogue import Component
from .failures import FULL, NotThere, plain, refused, unwritable
from .store import ModelsError, models_folder

HUB = "https://huggingface.co"
SPARE = 2 << 30  # bytes that stay free on the disk
TRIES = 5
MOST_PAGES = 100  # of a listing
MOST_LISTING = 16 << 20  # bytes of one page
MOST_FILE = 1 << 42  # bytes of one file
LATEST = "main"
_BLOCK = 1 << 20
_TIMEOUT = 30.0
_NEXT = re.compile(r'<([^>]+)>\s*;\s*rel="next"')
_NAME = re.compile(  # of a file, on every system: Windows has devices by name, and drops a dot at the end
    r"(?!(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))[a-z0-9_](?:[a-z0-9._+-]{0,198}[a-z0-9_+-])?", re.IGNORECASE | re.ASCII
)
_SUMS = {"sha256": re.compile(r"[0-9a-f]{64}"), "git": re.compile(r"[0-9a-f]{40}")}
_COMMIT = re.compile(r"[0-9a-f]{40}")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Progress(Protocol):
    """Called as a download goes on: bytes that are here, bytes in all, and the file at hand."""

    def __call__(self, done: int, total: int, file: str) -> None: ...


@dataclass(frozen=True)
class Sum:
    """What a file's content must add up to. `kind` is "sha256", or "git" for the id that git gives to small files."""

    kind: str
    digest: str

    def of(self, path: Path) -> bool:
        """Whether the file has this sum."""
        if self.kind == "sha256":
            return sha256(path) == self.digest
        with path.open("rb") as stream:
            digest = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
            while block := stream.read(_BLOCK):
                digest.update(block)
        return digest.hexdigest() == self.digest


@dataclass(frozen=True)
class Remote:
    """One published file. `path` is in its repository, `revision` the commit that it is of."""

    component: Component
    path: str
    size: int
    sum: Sum
    revision: str

    @property
    def here(self) -> Path:
        """Where it will be."""
        return models_folder() / self.component.name / self.path.rpartition("/")[2]

    @property
    def part(self) -> Path:
        """Where it grows. Named by its sum, so that another version never continues it."""
        name = f"{self.component.name}-{self.here.name}-{self.sum.digest[:16]}.part"
        return models_folder() / ".incoming" / name

    @property
    def is_here(self) -> bool:
        """By its size; a small file, whose sum is quickly made, by that too."""
        if not self.here.is_file() or self.here.stat().st_size != self.size:
            return False
        return self.sum.kind == "sha256" or self.sum.of(self.here)


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

    `hub` is another host that speaks the hub's protocol. A download that broke off goes on where it stopped, with the
    files of the same commit.

    Raises:
        ModelsError: no network allowed, not enough disk, a refused or damaged file: what is whole stays.
    """
    if not online:
        message = "Online access is off. Allow it, or copy the files here and link their folder."
        raise ModelsError(message, "online_access")
    hub = (hub or HUB).rstrip("/")
    if not _is_safe(hub):
        raise ModelsError(f"{hub} is no https:// address of a hub.")
    try:
        return _bring(components, progress, hub, cancelled)
    except OSError as error:
        raise unwritable(error) from error


def _bring(components: Sequence[Component], progress: Progress, hub: str, cancelled: Callable[[], bool]) -> int:
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
    for component in components:
        _pin(component).unlink(missing_ok=True)
    return total


def published(component: Component, hub: str) -> list[Remote]:
    """The files of a component as its publisher lists them, all of one commit.

    Raises:
        ModelsError: the hub can't be reached, wants terms accepted, does not have them, or says what can't be true.
    """
    revision = _revision(component, hub)
    url = f"{hub}/api/models/{component.repository}/tree/{revision}/{component.folder}".rstrip("/")
    entries: list[Any] = []
    for _ in range(MOST_PAGES):
        try:
            with _open(url, component, hub) as answer:
                page = _json(answer, component)
                following = _NEXT.search(answer.headers.get("Link") or "")
        except NotThere:
            _pin(component).unlink(missing_ok=True)  # the next try begins with the newest
            raise
        if not isinstance(page, list):
            raise _untrue(component, "its listing is none")
        entries += page
        if following is None:
            break
        try:
            url = urllib.parse.urljoin(url, following[1])
            there, elsewhere = urllib.parse.urlsplit(url).netloc, _origin(url) != _origin(hub)
        except ValueError:
            raise _untrue(component, "its listing goes on at no address") from None
        if elsewhere:
            raise _untrue(component, f"its listing goes on at {plain(there)}")
    else:
        raise _untrue(component, "its listing has no end")
    files = [entry for entry in entries if isinstance(entry, Mapping) and entry.get("type") == "file"]
    wanted = [entry for entry in files if _is_wanted(component, str(entry.get("path", "")))]
    found = [_remote(component, entry, revision) for entry in wanted]
    if len({file.here.name.casefold() for file in found}) < len(found):
        raise _untrue(component, "two of its files have one name")
    return found or _nothing(component)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _revision(component: Component, hub: str) -> str:
    """The commit to download: the one that was begun with, else the newest; its branch on a hub that names none."""
    pin = _pin(component)
    begun = pin.read_text(encoding="utf-8", errors="replace") if pin.is_file() else ""
    if _COMMIT.fullmatch(begun):
        return begun
    try:
        with _open(f"{hub}/api/models/{component.repository}/revision/{LATEST}", component, hub) as answer:
            said = _json(answer, component)
    except NotThere:
        return LATEST
    commit = said.get("sha") if isinstance(said, Mapping) else None
    if not isinstance(commit, str) or not _COMMIT.fullmatch(commit):
        raise _untrue(component, "it names no commit")
    pin.parent.mkdir(parents=True, exist_ok=True)
    pin.write_text(commit, encoding="utf-8")
    return commit


def _pin(component: Component) -> Path:
    """Where the commit of a download that has begun is kept until all of it is here."""
    return models_folder() / ".incoming" / f"{component.name}.commit"


def _is_wanted(component: Component, path: str) -> bool:
    return any(fnmatch(path.replace("\\", "/").rpartition("/")[2], pattern) for pattern in component.patterns)


def _remote(component: Component, entry: Mapping[str, Any], revision: str) -> Remote:
    """A file of the listing. Raises ModelsError where it can't be one of this component's."""
    path, size, large = str(entry["path"]), entry.get("size"), entry.get("lfs")
    folder, _, name = path.rpartition("/")
    if folder != component.folder or not _NAME.fullmatch(name):
        raise _untrue(component, f"the file {path[:200]!r} lies outside its folder")
    if isinstance(size, bool) or not isinstance(size, int) or not 0 <= size <= MOST_FILE:
        raise _untrue(component, f"the file {path!r} has no size")
    kind = "sha256" if large else "git"
    digest = (large.get("oid") if isinstance(large, Mapping) else None) if large else entry.get("oid")
    if not isinstance(digest, str) or not _SUMS[kind].fullmatch(digest):
        raise _untrue(component, f"the file {path!r} has no checksum")
    return Remote(component, path, size, Sum(kind, digest), revision)


def _fetch(file: Remote, hub: str, report: Callable[[int], None]) -> None:
    file.part.parent.mkdir(parents=True, exist_ok=True)
    if file.part.is_symlink():  # what it leads to is not ours to fill
        file.part.unlink()
    url = f"{hub}/{file.component.repository}/resolve/{file.revision}/{urllib.parse.quote(file.path)}"
    tries = furthest = 0
    while (before := _size(file.part)) < file.size or not file.part.is_file():
        try:
            _append(file, url, hub, before, report)
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, OSError) and (error.errno in FULL or error.filename):
                raise  # the disk's, which another try does not cure
            tries = 0 if _size(file.part) > max(furthest, before) else tries + 1
            furthest = max(furthest, before, _size(file.part))
            if tries >= TRIES:
                raise ModelsError(f"The download of {file.path} broke off: {plain(error)}", "retry") from error
            time.sleep(2.0**tries)
    if file.part.stat().st_size != file.size or not file.sum.of(file.part):
        file.part.unlink()
        message = f"{file.path} arrived damaged: it is not what was published. Download it again."
        raise ModelsError(message, "retry")
    file.here.parent.mkdir(parents=True, exist_ok=True)
    file.part.replace(file.here)


def _append(file: Remote, url: str, hub: str, start: int, report: Callable[[int], None]) -> None:
    """Adds to the part what is missing of it, or starts again where the host knows no ranges. A byte too many is the
    last that is read."""
    with _open(url, file.component, hub, start) as answer:
        resumed = answer.status == 206
        with file.part.open("ab" if resumed else "wb") as part:
            done = start if resumed else 0
            while block := answer.read(min(_BLOCK, file.size + 1 - done)):
                part.write(block)
                done += len(block)
                report(min(done, file.size))
    if done < file.size:
        raise ConnectionError(f"the line dropped after {done:,} of {file.size:,} bytes")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """A redirect leads to an address as safe as a hub's, and never from https to anything else."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        if not _is_safe(newurl) or (req.full_url.startswith("https:") and not newurl.startswith("https:")):
            raise urllib.error.HTTPError(req.full_url, code, f"it leads to {newurl}, which is not safe", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _open(url: str, component: Component, hub: str, start: int | None = None) -> Any:
    """The answer; of a file from byte `start` on. Raises what went wrong on the way as it is for a file, which is tried
    again, and ModelsError for a listing.
    """
    request = urllib.request.Request(url, headers={"User-Agent": f"take-one/{__version__}"})
    if start:
        request.add_header("Range", f"bytes={start}-")
    token = os.environ.get("HF_TOKEN", "").strip()  # the user's own, for this hub: kept from the hosts that it leads to
    if token and not re.fullmatch(r"[!-~]+", token):
        raise ModelsError("HF_TOKEN is no access token: it holds a blank or a letter that none has. Set it again.")
    if token and _origin(url) == _origin(hub):
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    try:
        return urllib.request.build_opener(_Redirects).open(request, timeout=_TIMEOUT)
    except urllib.error.HTTPError as error:
        if start and error.code == 416:  # no such range: from the beginning
            return _open(url, component, hub, 0)
        raise refused(error, component) from error
    except (ValueError, http.client.InvalidURL) as error:
        raise _untrue(component, f"it leads to what is no address ({error})") from error
    except (OSError, http.client.HTTPException) as error:
        if start is not None:
            raise
        host = urllib.parse.urlsplit(url).netloc
        raise ModelsError(f"{host} can't be reached: {plain(error)}.", "retry") from error


def _is_safe(url: str) -> bool:
    """Whether what comes from there can't be read or changed on the way: https, or this machine's own."""
    try:
        parts = urllib.parse.urlsplit(url)
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )


def _origin(url: str) -> tuple[str, str]:
    parts = urllib.parse.urlsplit(url)
    return parts.scheme, parts.netloc


def _json(answer: Any, component: Component) -> Any:
    try:
        text = answer.read(MOST_LISTING + 1)
    except (OSError, http.client.HTTPException) as error:
        raise ModelsError(f"The listing of {component.repository} broke off: {plain(error)}.", "retry") from error
    if len(text) > MOST_LISTING:
        raise _untrue(component, "its listing is too long")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise _untrue(component, "its listing can't be read") from None


def _untrue(component: Component, what: str) -> ModelsError:
    return ModelsError(f"This hub can't be trusted with {component.repository}: {what}. Use another one.")


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
