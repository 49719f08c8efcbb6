"""Brings published files here: asked for first, resumed where they broke off, checked against their sums."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Protocol

from .catalogue import Component
from .store import ModelsError, models_folder

SPARE = 2 << 30  # bytes that stay free on the disk
_BLOCK = 8 << 20


class Told(Protocol):
    """Told as a download goes on: bytes that are here, bytes in all, and what is being done."""

    def __call__(self, done: int, total: int, what: str) -> None: ...


@dataclass(frozen=True)
class Remote:
    """One published file. `sha256` is "" where the publisher gives none (small text files)."""

    component: Component
    path: str
    size: int
    sha256: str

    @property
    def here(self) -> Path:
        inside = self.path.removeprefix(self.component.folder).lstrip("/")
        return models_folder() / self.component.name / inside


def online_allowed() -> bool:
    """Whether this process was told that it may use the network."""
    return os.environ.get("TAKE_ONE_ONLINE", "") == "1"


def download(
    components: Sequence[Component],
    progress: Told,
    hub: str | None = None,
    online: bool | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> int:
    """Downloads what is not yet here of `components`; returns the bytes that they have in all.

    `hub` is another host that speaks the hub's protocol. A download that broke off goes on where it stopped.

    Raises:
        ModelsError: no network allowed, not enough disk, a refused or damaged file: what is whole stays.
    """
    if not (online_allowed() if online is None else online):
        raise ModelsError(
            "Online access is off. Allow it, or copy the files here and link their folder.", "online_access"
        )
    files = [file for component in components for file in published(component, hub)]
    total = sum(file.size for file in files)
    _check_disk(files)
    done = 0
    for file in files:
        if cancelled():
            raise ModelsError("The download was stopped. It will go on where it stopped.", "retry")
        before, size = done, file.size
        _fetch(
            file,
            lambda here, before=before, size=size, path=file.path: (  # type: ignore[misc]
                progress(before + min(here, size), total, path)
            ),
            hub,
            cancelled,
        )
        done += file.size
        progress(done, total, file.path)
    return total


def published(component: Component, hub: str | None = None) -> list[Remote]:
    """The files of a component as its publisher lists them.

    Raises:
        ModelsError: the hub can't be reached, wants a licence accepted, or does not have them.
    """
    from huggingface_hub.hf_api import RepoFile

    with _readable_errors(component):
        listing = list(_api(hub).list_repo_tree(component.repository, component.folder or None))
    files = [entry for entry in listing if isinstance(entry, RepoFile)]
    wanted = [
        entry
        for entry in files
        if any(fnmatch(entry.path.rpartition("/")[2], pattern) for pattern in component.patterns)
    ]
    if not wanted:
        raise ModelsError(f"{component.repository} has no files for {component.name}.")
    return [
        Remote(component, entry.path, entry.size, entry.lfs.sha256 if entry.lfs else "") for entry in wanted
    ]


def _fetch(file: Remote, tell: Callable[[int], None], hub: str | None, cancelled: Callable[[], bool]) -> None:
    if file.here.is_file() and file.here.stat().st_size == file.size and _mark(file).is_file():
        return
    from huggingface_hub import hf_hub_download

    # The hub's library writes aside, resumes and renames. It keeps the publisher's folders: ours are flat.
    incoming = models_folder() / ".incoming" / file.component.name
    with _readable_errors(file.component):
        arrived = Path(
            hf_hub_download(
                file.component.repository,
                file.path,
                local_dir=incoming,
                endpoint=hub,
                token=_token(),
                tqdm_class=_meter(tell, cancelled),
            )
        )
    if file.sha256 and sha256(arrived) != file.sha256:
        arrived.unlink()
        raise ModelsError(
            f"{file.path} arrived damaged (its SHA-256 is not the published one). Download it again.", "retry"
        )
    file.here.parent.mkdir(parents=True, exist_ok=True)
    arrived.replace(file.here)
    _mark(file).write_text(file.sha256)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _mark(file: Remote) -> Path:
    """A file whose presence says that the file beside it was checked."""
    return file.here.with_name(f".{file.here.name}.sha256")


def _check_disk(files: Sequence[Remote]) -> None:
    models_folder().mkdir(parents=True, exist_ok=True)
    needed = sum(file.size for file in files if not file.here.is_file())
    incoming = models_folder() / ".incoming"
    needed -= sum(path.stat().st_size for path in incoming.rglob("*.incomplete")) if incoming.is_dir() else 0
    free = shutil.disk_usage(models_folder()).free
    if needed > 0 and needed + SPARE > free:
        raise ModelsError(
            f"The models need {needed / 1e9:.1f} GB and {models_folder()} has {free / 1e9:.1f} GB free. "
            f"Free some space, or link a folder on another disk.",
            "free_space",
        )


def _api(hub: str | None) -> Any:
    try:
        from huggingface_hub import HfApi
    except ImportError:
        raise ModelsError(
            "Downloading needs the GPU profile of the backend. Install it first.", "install"
        ) from None
    return HfApi(endpoint=hub, token=_token())


def _token() -> str | None:
    """The user's own token for the hub, where the environment holds one: gated models need it."""
    return os.environ.get("HF_TOKEN") or None


class _readable_errors:
    """Turns the hub library's errors into ones that say what to do."""

    def __init__(self, component: Component) -> None:
        self.component = component

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None or isinstance(error, ModelsError):
            return
        import httpx
        from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError

        repository = self.component.repository
        if isinstance(error, GatedRepoError | RepositoryNotFoundError):
            terms = self.component.licence or "its terms"
            raise ModelsError(
                f"{repository} asks you to accept {terms} first. Do so on its page, then set HF_TOKEN to "
                f"an access token of your account."
            ) from error
        if isinstance(error, HfHubHTTPError | httpx.HTTPError | OSError):
            if isinstance(error, OSError) and error.errno == 28:
                raise ModelsError(f"The disk of {models_folder()} is full.", "free_space") from error
            raise ModelsError(f"{repository} can't be downloaded now: {error}", "retry") from error


def _meter(tell: Callable[[int], None], cancelled: Callable[[], bool]) -> type:
    """A tqdm that tells instead of drawing."""
    from tqdm import tqdm

    class Meter(tqdm):  # type: ignore[misc,type-arg]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs.pop("name", None)
            super().__init__(*args, **{**kwargs, "disable": False, "file": _NOWHERE})
            tell(int(self.n))

        def update(self, n: float | None = 1) -> bool | None:
            if cancelled():
                raise ModelsError("The download was stopped. It will go on where it stopped.", "retry")
            drawn = super().update(n)
            tell(int(self.n))
            return drawn

    return Meter


class _Nowhere:
    def write(self, _: str) -> None: ...

    def flush(self) -> None: ...


_NOWHERE = _Nowhere()
