"""An edit as data: what leaves Blender for other programs, and what comes back. Standard library only.

`edit` is what an edit is, `file` its one writer and one reader, `changes` what another program made of it, `notes` what
a client said of it, `timecode` and `burn_in` the text that is drawn over its pictures.
"""

from .changes import Changes, Cut
from .edit import Edit, Marker, OtherStrip, Place, Shot, SoundStrip, Take, Transition
from .notes import Note, Notes

__all__ = [
    "Changes",
    "Cut",
    "Edit",
    "Marker",
    "Note",
    "Notes",
    "OtherStrip",
    "Place",
    "Shot",
    "SoundStrip",
    "Take",
    "Transition",
]
