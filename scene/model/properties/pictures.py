"""Pictures that may leave this machine: those that the user has chosen or was shown since the file was opened."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy

from ...app.app import app


class Pictures:
    """Pictures from disk that the user has chosen, or said of that they may be sent (`allowed`). `copying`: what a
    card is given now is another card's, which is nobody's choice."""

    def __init__(self) -> None:
        self.allowed: set[Path] = set()
        self.copying = False


def chosen(shot: Any, _context: object) -> None:
    """The user, or a script, has set the picture of a card. Nothing is asked of the disk."""
    part = app().part(Pictures)
    if shot.image_path and not part.copying:
        part.allowed.add(Path(os.path.normpath(bpy.path.abspath(shot.image_path))))


@contextmanager
def copying() -> Iterator[None]:
    """While one card is filled in from another."""
    part = app().part(Pictures)
    part.copying, before = True, part.copying
    try:
        yield
    finally:
        part.copying = before
