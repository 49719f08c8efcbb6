"""The workflows that were added: files in Take One's folder. Each is an engine of its own."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from ...home import home, make_private, write_whole
from ..engine import EngineError
from .graph.workflow import MAX_FILE, Workflow, read, unfit

FOLDER = "workflows"
PREFIX = "comfy:"
MOST = 100  # workflows
NAME = re.compile(r"[^\W_][\w .+-]{0,59}")
DELIVERED = Path(__file__).parent / "workflows"


def names() -> tuple[str, ...]:
    """Those that were added."""
    return _stems(home() / FOLDER)


def delivered() -> tuple[str, ...]:
    """Those that come with Take One, and can be added by their names."""
    return _stems(DELIVERED)


def engines() -> tuple[str, ...]:
    """The names of the engines."""
    return tuple(PREFIX + name for name in names())


def workflow(name: str) -> Workflow:
    """One that was added.

    Raises:
        EngineError: `unknown_workflow`: it is not there (any more); `workflow_unfit`.
    """
    path = home() / FOLDER / f"{name}.json"
    try:
        if not NAME.fullmatch(name):
            raise FileNotFoundError
        about = path.stat()
        return _read(path, about.st_mtime_ns, about.st_size)
    except OSError:
        raise EngineError("unknown_workflow", f"There is no workflow {name!r} here (any more). Add it again.") from None


def add(source: Path, name: str = "") -> tuple[str, Workflow]:
    """Adds the workflow in a file, in place of one of the same name. Gives its name: the file's, as far as it may be.

    Raises:
        EngineError: `workflow_unfit`.
        OSError: a file can't be read or written.
    """
    wanted = " ".join(re.sub(r"[^\w .+-]+", " ", name or source.stem).split()).lstrip("._+- ")[:60].rstrip()
    if not NAME.fullmatch(wanted):
        raise unfit(f"{name or source.stem!r} is no name for it. Give it one of letters and digits")
    with source.open("rb") as file:
        data = file.read(MAX_FILE + 1)
    found = read(data)
    if wanted not in names() and len(names()) >= MOST:
        raise unfit(f"there are {MOST} workflows already. Remove one")
    make_private(home())
    (home() / FOLDER).mkdir(exist_ok=True)
    write_whole(home() / FOLDER / f"{wanted}.json", data, mode=0o600)
    return wanted, found


def remove(name: str) -> bool:
    """Removes a workflow. Whether there was one."""
    if name not in names():
        return False
    (home() / FOLDER / f"{name}.json").unlink(missing_ok=True)
    return True


def _stems(folder: Path) -> tuple[str, ...]:
    try:
        found = sorted(path.stem for path in folder.glob("*.json") if path.is_file() and NAME.fullmatch(path.stem))
    except OSError:
        return ()
    return tuple(found[:MOST])


@lru_cache(maxsize=MOST)
def _read(path: Path, changed: int, size: int) -> Workflow:
    """A file as it was when it was last changed."""
    with path.open("rb") as file:
        return read(file.read(MAX_FILE + 1))
