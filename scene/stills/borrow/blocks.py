"""Data-blocks remembered over time: by name and library in a file, by the session's number while Blender runs. A
pointer does not outlive an undo step, and a linked block may have the name of a local one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

COLLECTIONS = {"CAMERA": "cameras", "NODETREE": "node_groups", "OBJECT": "objects", "WORLD": "worlds"}


def address(block: bpy.types.ID) -> dict[str, str]:
    """What tells a block from all others of the file, as JSON. Only for the kinds in COLLECTIONS."""
    where = {"kind": COLLECTIONS[block.id_type], "name": block.name, "library": _library(block)}
    return where | {"packed": _packed(block)} if _packed(block) else where


def find(where: dict[str, str]) -> bpy.types.ID | None:
    """The block of an `address`; None where it is gone. Libraries may have moved together with their file: then one
    of the same file name counts."""
    if where["kind"] not in COLLECTIONS.values():
        return None
    named = [block for block in getattr(bpy.data, where["kind"]) if block.name == where["name"]]
    if not where["library"]:
        return next((block for block in named if block.library is None), None)
    packed = where.get("packed", "")
    named.sort(key=lambda block: (_packed(block) != packed, bool(_packed(block)) != bool(packed)))
    same = [block for block in named if _library(block) == where["library"]]
    alike = [block for block in named if Path(_library(block)).name == Path(where["library"]).name]
    return next(iter([*same, *alike]), None)


def _packed(block: bpy.types.ID) -> str:
    """Which of the libraries packed into the file it is of, since Blender 5: there may be several of one file, beside
    that file itself. "" for none."""
    packed = block.library is not None and getattr(block, "is_linked_packed", False)
    return str(block.library.name) if packed else ""


def _library(block: bpy.types.ID) -> str:
    return str(Path(bpy.path.abspath(block.library.filepath)).resolve()) if block.library else ""


def of_session(blocks: Any, number: int) -> Any:
    """The block of `bpy.data.*` with this `session_uid`; None where it is gone."""
    return next((block for block in blocks if block.session_uid == number), None)
