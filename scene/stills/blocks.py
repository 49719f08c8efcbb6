"""Data-blocks remembered over time: by name and library in a file, by the session's number while Blender runs. A
pointer does not outlive an undo step, and a linked block may have the name of a local one."""

from __future__ import annotations

from typing import Any

import bpy

COLLECTIONS = {"CAMERA": "cameras", "NODETREE": "node_groups", "OBJECT": "objects", "WORLD": "worlds"}


def address(block: bpy.types.ID) -> dict[str, str]:
    """What tells a block from all others of the file, as JSON. Only for the kinds in COLLECTIONS."""
    library = block.library.filepath if block.library else ""
    return {"kind": COLLECTIONS[block.id_type], "name": block.name, "library": library}


def find(where: dict[str, str]) -> bpy.types.ID | None:
    """The block of an `address`; None where it is gone."""
    if where["kind"] not in COLLECTIONS.values():
        return None
    blocks = getattr(bpy.data, where["kind"])
    block: bpy.types.ID | None = blocks.get((where["name"], where["library"] or None))
    return block


def of_session(blocks: Any, number: int) -> Any:
    """The block of `bpy.data.*` with this `session_uid`; None where it is gone."""
    return next((block for block in blocks if block.session_uid == number), None)
