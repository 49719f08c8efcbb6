# mypy: disable-error-code="valid-type"
"""What an edit's scene remembers besides its shots: the burn-ins, and who follows what is changed."""

from collections.abc import Callable
from typing import Any

import bpy
from bpy.props import BoolProperty, StringProperty

from ...app.app import app

BED_TAKES = (
    (
        "LINES",
        "Lines Only",
        "The bed has the ambience: takes without dialogue are switched off, of others the lines stay",
    ),
    ("ALL", "All", "The takes are heard as they are, their own ambience too"),
)
WORDS = "{shot} {take} {frame:4} {timecode} {camera} {lens} {engine} {seed} {date} ..."


class Followers:
    """Who wants to know that a shot has another length, or an edit other burn-ins."""

    def __init__(self) -> None:
        self.of_length: list[Callable[[Any], None]] = []
        self.of_burn_in: list[Callable[[bpy.types.Scene], None]] = []


def length_changed(shot: Any, _context: bpy.types.Context) -> None:
    """The update of a shot's length."""
    for follow in app().part(Followers).of_length if shot.uid else ():
        follow(shot)


def _burn_in_changed(self: "TAKEONE_PG_burn_in", _context: bpy.types.Context) -> None:
    for follow in app().part(Followers).of_burn_in:
        follow(self.id_data)


class TAKEONE_PG_burn_in(bpy.types.PropertyGroup):
    """Text over the film, a template for each place in the picture."""

    shown: BoolProperty(
        name="Burn-Ins",
        description="Lay text strips over the film that say shot, take, frame, camera and more",
        update=_burn_in_changed,
    )
    top_left: StringProperty(
        name="Top Left", description=f"Template: {WORDS}", default="{title}", update=_burn_in_changed
    )
    top: StringProperty(name="Top", description=f"Template: {WORDS}", update=_burn_in_changed)
    top_right: StringProperty(
        name="Top Right", description=f"Template: {WORDS}", default="{date}", update=_burn_in_changed
    )
    bottom_left: StringProperty(
        name="Bottom Left", description=f"Template: {WORDS}", default="{shot}  {take}", update=_burn_in_changed
    )
    bottom: StringProperty(
        name="Bottom", description=f"Template: {WORDS}", default="{camera}  {lens}", update=_burn_in_changed
    )
    bottom_right: StringProperty(
        name="Bottom Right", description=f"Template: {WORDS}", default="{timecode}  {frame:4}", update=_burn_in_changed
    )


CLASSES = (TAKEONE_PG_burn_in,)
