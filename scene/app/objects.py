"""Objects remembered for later, when a pointer to them may be none any more."""

from __future__ import annotations

from dataclasses import dataclass

import bpy


@dataclass(frozen=True)
class ObjectId:
    """An object by its id of this session, which a rename and an undo leave alone; and by name and library, which
    reading a library anew leaves alone. The name by itself is not enough: a linked object may have the same."""

    session: int
    name: str
    library: str

    @classmethod
    def of(cls, item: bpy.types.Object) -> ObjectId:
        """The id of an object."""
        return cls(item.session_uid, item.name, item.library.filepath if item.library else "")

    def find(self) -> bpy.types.Object | None:
        """The object, or None if it was deleted."""
        same = next((item for item in bpy.data.objects if item.session_uid == self.session), None)
        return same or bpy.data.objects.get((self.name, self.library or None))
