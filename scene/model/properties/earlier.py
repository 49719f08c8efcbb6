"""What files of earlier versions and strangers say in another way, brought to ours when they are opened."""

import bpy
from bpy.app.handlers import persistent
from bpy.props import IntProperty

from ...app import timer
from . import mended, options
from .properties import TAKEONE_PG_shot

# Version 0.1 had one quality on the card, for whichever engine had any; the second meant the engine's own choice.
QUALITIES = ("fast", None, "best")
UNSET = 1
HANDLERS = ("load_post", "blend_import_post")  # a file is opened; scenes are linked or appended from one


@persistent
def update(*_: object) -> None:
    """Bring all shots to today's way. Linked ones too, for as long as their file is open: they are not saved here."""
    TAKEONE_PG_shot.quality = IntProperty(default=UNSET)  # the only way to what a former property holds
    try:
        for scene in bpy.data.scenes:
            mended.mend(scene)
            for shot in (scene.take_one.blank, *scene.take_one.shots):
                if shot.is_property_set("quality"):
                    _keep_quality(shot)
    finally:
        del TAKEONE_PG_shot.quality


def _keep_quality(shot: TAKEONE_PG_shot) -> None:
    found = QUALITIES[shot.quality] if 0 <= shot.quality < len(QUALITIES) else None
    if found:
        options.set_value(shot, options.ANY, "quality", found)
    shot.property_unset("quality")


def register() -> None:
    """Do it for every file from now on, and for the one that is open where the extension is enabled later."""
    for name in HANDLERS:
        getattr(bpy.app.handlers, name).append(update)
    timer.every(update)


def unregister() -> None:
    """Do it no more."""
    for name in HANDLERS:
        getattr(bpy.app.handlers, name).remove(update)
