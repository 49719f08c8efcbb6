"""Directions kept as Blender presets: saved, applied and removed from the card's header."""

import json
import re
from pathlib import Path

import bpy
from bl_operators.presets import AddPresetBase

from ...client.files import write_whole
from ...scene.model.shots.shown import shot_of

ROOT = Path(__file__).resolve().parents[2]  # the extension's folder, which holds `presets`
FOLDER = "take_one/direction"
# What a preset holds. The seed, the camera and the picture belong to the shot, not to the way of directing it.
KEPT = (
    "words",
    "sound",
    "seconds",
    "engine",
    "engine_options",
    "size_percent",
    "motion",
    "still_source",
    "scene_facts",
    "lines",
)
QUALITY = re.compile(r"^card\.quality = '(FAST|STANDARD|BEST)'$", re.MULTILINE)


class TAKEONE_OT_preset_add(AddPresetBase, bpy.types.Operator):
    """Keep the card's direction and settings as a preset, or remove the preset that is chosen"""

    bl_idname = "takeone.preset_add"
    bl_label = "Add Direction Preset"
    bl_options = {"REGISTER"}

    preset_menu = "TAKEONE_PT_presets"
    preset_subdir = FOLDER
    # A preset is a script: this is how it finds the card, whatever the extension's package is called.
    preset_defines = ["card = bpy.types.TAKEONE_OT_preset_add.card()"]
    preset_values = [f"card.{name}" for name in KEPT]

    @staticmethod
    def card() -> object:
        """The card that the panels show."""
        return shot_of(bpy.context)


def update(folder: Path) -> None:
    """Bring presets of version 0.1, which had one quality for all engines, to today's way."""
    for path in folder.glob("*.py"):
        try:
            old = path.read_text(encoding="utf-8")
            new = QUALITY.sub(_engine_options, old)
            if new != old:
                write_whole(path, new, 0o644)
        except (OSError, ValueError):
            continue  # it is as it was, and Blender says what is wrong with it when it is chosen


def _engine_options(line: re.Match[str]) -> str:
    chosen = {} if line[1] == "STANDARD" else {"quality": line[1].lower()}
    return f"card.engine_options = {json.dumps(chosen)!r}"


def register() -> None:
    """Offer the presets that come with Take One, and make the folder for the user's, without which Blender's list would
    say that paths are missing."""
    bpy.utils.register_preset_path(str(ROOT))
    if not bpy.app.background:
        update(Path(bpy.utils.user_resource("SCRIPTS", path=f"presets/{FOLDER}", create=True)))


def unregister() -> None:
    """Remove our presets from the list."""
    bpy.utils.unregister_preset_path(str(ROOT))


CLASSES = (TAKEONE_OT_preset_add,)
