"""`python -m backend workflows list | add | remove`: a user's own workflows for ComfyUI, each an engine.

`add` takes a file in ComfyUI's API format, or the name of one that comes with Take One.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import accounts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments; each sets `run`: parsed arguments in, exit code out."""
    commands = parser.add_subparsers(dest="workflows_command", required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="the workflows that were added, and those that come with Take One")
    listing.set_defaults(run=_list)
    adding = commands.add_parser("add", help="add a workflow, or replace the one of that name")
    adding.add_argument("file", help="a file that ComfyUI exported with Export (API), or the name of a delivered one")
    adding.add_argument("--name", default="", help="what it is called here (default: as the file)")
    adding.set_defaults(run=_add)
    removing = commands.add_parser("remove", help="forget a workflow")
    removing.add_argument("name")
    removing.set_defaults(run=_remove)
    for one in (listing, adding, removing):
        one.add_argument("--json", action="store_true", help="print JSON instead")


def _list(parsed: argparse.Namespace) -> int:
    from .engines.comfy import shelf
    from .engines.engine import EngineError

    rows = _rows()
    if parsed.json:
        print(json.dumps({"workflows": rows}))
        return 0
    for row in rows:
        try:
            said = "" if row["delivered"] else _about(shelf.workflow(row["name"]))
        except EngineError as error:
            said = error.message
        state = (
            f"add it: python -m backend workflows add {row['name']!r}"
            if row["delivered"]
            else shelf.PREFIX + row["name"]
        )
        print(f"{row['name']:32}{state}")
        print("".join(f"{'':32}{line}\n" for line in said.splitlines()), end="")
    return 0


def _rows() -> list[dict[str, Any]]:
    from .engines.comfy import shelf

    added = shelf.names()
    rows = [{"name": name, "delivered": False} for name in added]
    return rows + [{"name": name, "delivered": True} for name in shelf.delivered() if name not in added]


def _add(parsed: argparse.Namespace) -> int:
    return _tried(parsed, lambda: _added(parsed.file, parsed.name))


def _added(file: str, name: str) -> str:
    from .engines.comfy import shelf

    path = Path(file)
    if not path.exists() and file in shelf.delivered():
        path = shelf.DELIVERED / f"{file}.json"
    found, workflow = shelf.add(path, name)
    return f"{shelf.PREFIX}{found} is an engine now.\n{_about(workflow)}"


def _about(workflow: Any) -> str:
    """What a request fills in, what the card shows, and which titles came to nothing."""
    from .engines.comfy.graph.parts import parts

    found = parts(workflow)
    filled = [
        f"{role.replace('_', ' ')}: {', '.join(workflow.nodes[place.node].label for place in places)}"
        for role, places in found.places.items()
    ]
    lines = [f"Fills in {'; '.join(filled)}." if filled else "It uses nothing of a shot: see the titles in the docs."]
    if found.settings:
        lines.append(f"Settings on the card: {', '.join(setting.label for setting in found.settings)}.")
    if found.unused:
        lines.append(f"Not used, for want of a value of their own: {', '.join(found.unused)}.")
    return "\n".join(lines)


def _remove(parsed: argparse.Namespace) -> int:
    from .engines.comfy import shelf

    return _tried(parsed, lambda: "It is forgotten." if shelf.remove(parsed.name) else "There was no such workflow.")


def _tried(parsed: argparse.Namespace, work: Callable[[], str]) -> int:
    return accounts.tried(parsed, work, lambda: {"workflows": _rows(), "accounts": accounts.rows()})
