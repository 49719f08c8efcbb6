"""Where the models of this machine are: TAKE_ONE_HOME/models/NAME, or where the pointer NAME.json points."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from ..home import home, write_whole
from .catalogue import Catalogue
from .check import inspect, scan
from .report import Report


class ModelsError(Exception):
    """A failure a user can read. `fix` names what would help, in the service's words."""

    def __init__(self, message: str, fix: str = "models") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix


@dataclass(frozen=True)
class Place:
    """Where a component is. `linked`: its folder is the user's own, elsewhere."""

    name: str
    folder: Path
    linked: bool


def models_folder() -> Path:
    return home() / "models"


def fingerprint(folder: Path) -> str:
    """A name for a model's files that changes when they do: names, sizes, times, and small files' text."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")):
        status = path.stat()
        digest.update(f"{path.name}\0{status.st_size}\0".encode())
        if path.suffix == ".json" and status.st_size < 1 << 20:
            digest.update(path.read_bytes())
        else:
            digest.update(f"{status.st_mtime_ns}\0".encode())
    return digest.hexdigest()


class Store:
    """Where the components of `catalogue` are on this machine."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def locate(self, name: str) -> Place | None:
        """Where the component is, None where it is not on this machine. Whether it is whole is `report`'s to say.

        Raises:
            ModelsError: there is no component of that name, or its pointer can't be read.
        """
        self._check_name(name)
        pointer = models_folder() / f"{name}.json"
        if pointer.is_file():
            try:
                return Place(name, Path(json.loads(pointer.read_text(encoding="utf-8"))["path"]), linked=True)
            except (ValueError, KeyError, TypeError, OSError) as problem:
                raise ModelsError(f"{pointer} can't be read ({problem}). Link {name} again.") from problem
        folder = models_folder() / name
        return Place(name, folder, linked=False) if folder.is_dir() else None

    def report(self, name: str) -> Report | None:
        """What is at the component's place, None where there is nothing.

        Raises:
            ModelsError: see `locate`.
        """
        place = self.locate(name)
        if place is None:
            return None
        if not place.folder.is_dir():
            return Report(place.folder, (), "no folder", (f"{place.folder} is gone. Link {name} again.",))
        return inspect(place.folder, self.catalogue)

    def folder(self, name: str) -> Path:
        """The folder of a component that is here and whole.

        Raises:
            ModelsError: it is missing, or something is wrong with it.
        """
        found = self.report(name)
        title = f"{self.catalogue.components[name].title} ({name})"
        if found is None:
            raise ModelsError(f"{title} is not on this machine. Download it, or link the folder that holds it.")
        if not found.serves(name):
            wrong = " ".join(found.problems) or f"It looks like {found.looks_like}."
            raise ModelsError(f"{title} in {found.folder} can't be used. {wrong}")
        return found.folder

    def link(self, name: str, path: Path) -> dict[str, Report]:
        """Remembers where published files are, without copying them. Returns what was linked.

        `name` is a component, or "all" to take every component that `path` and its subfolders hold.

        Raises:
            ModelsError: nothing fitting is there; nothing is changed then.
        """
        path = path.expanduser().resolve()
        if not path.is_dir():
            raise ModelsError(f"There is no folder {path}.")
        found = self._all_in(path) if name == "all" else {name: self._one(name, path)}
        models_folder().mkdir(parents=True, exist_ok=True)
        for part, report in found.items():
            text = json.dumps({"path": str(report.folder)}, indent=1)
            write_whole(models_folder() / f"{part}.json", text.encode())
        return found

    def _all_in(self, path: Path) -> dict[str, Report]:
        found = {part: report for part, report in scan(path, self.catalogue).items() if report.serves(part)}
        if not found:
            words = inspect(path, self.catalogue).looks_like
            raise ModelsError(f"{path} holds none of the engine's folders. It looks like {words}.")
        return found

    def _one(self, name: str, path: Path) -> Report:
        self._check_name(name)
        report = inspect(path, self.catalogue)
        if not report.serves(name):
            wrong = " ".join(report.problems) if report.fits else ""
            raise ModelsError(f"{path} can't be used as {name}: it looks like {report.looks_like}. {wrong}".rstrip())
        if report.name not in ("", name):
            raise ModelsError(f"{path} looks like {report.name} by its name, not {name}.")
        return report

    def _check_name(self, name: str) -> None:
        known = self.catalogue.components
        if name not in known:
            raise ModelsError(f"There is no model called {name!r}. The models are: {', '.join(known)}.")
