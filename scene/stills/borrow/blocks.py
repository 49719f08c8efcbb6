"""Data-blocks remembered over time: by name and library in a file, by the session's number while Blender runs. A
pointer does not outlive an undo step, and a linked block may have the name of a local one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

COLLECTIONS = {"CAMERA": "cameras", "NODETREE": "node_groups", "OBJECT": "objects", "WORLD": "worlds"}


def address(block: bpy.types.ID) -> dict[str, str]:
    """What tells a block from all others of the file, as JSON. Only for the kinds in COLLECTIONS."""
    return {"kind": COLLECTIONS[block.id_type], "name": block.name, "library": _library(block)}


def find(where: dict[str, str]) -> bpy.types.ID | None:
    """The block of an `address`; None where it is gone. Libraries may have moved together with their file: then one
    of the same file name counts."""
    if where["kind"] not in COLLECTIONS.values():
        return None
    named = [block for block in getattr(bpy.data, where["kind"]) if block.name == where["name"]]
    if not where["library"]:
        return next((block for block in named if block.library is None), None)
    same = [block for block in named if _library(block) == where["library"]]
    alike = [block for block in named if Path(_library(block)).name == Path(where["library"]).name]
    return next(iter([*same, *alike]), None)


def _library(block: bpy.types.ID) -> str:
    return str(Path(bpy.path.abspath(block.library.filepath)).resolve()) if block.library else ""


def of_session(blocks: Any, number: int) -> Any:
    """The block of `bpy.data.*` with this `session_uid`; None where it is gone."""
    return next((block for block in blocks if block.session_uid == number), None)
