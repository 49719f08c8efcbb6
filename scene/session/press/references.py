"""The reference pictures of a shot: which of them are sent, and kept with the take."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from bpy.app.translations import pgettext_rpt as rpt_

from ....client.protocol import EngineInfo
from ....client.protocol.request import MAX_REFERENCES, reference_names
from ...app.errors import SceneError
from ...model.shots import trust
from ...model.shots.paths import absolute
from ...stills.capture import AS_THEY_ARE
from ...stills.files import disk_error
from .order import Order


def unseen(shot: Any) -> list[Path]:
    """Those that the file names, and that the user has neither chosen nor allowed."""
    return [path for path in _paths(shot) if not trust.is_allowed(path)]


def of_card(shot: Any, engine: EngineInfo) -> tuple[Path, ...]:
    """The pictures that a press sends; none to an engine that takes none.

    Raises:
        SceneError: unseen_pictures: the file named them, and nobody has said that they may be sent; no_image;
            bad_request: there are too many.
    """
    if not engine.references:
        return ()
    paths = _paths(shot)
    if len(paths) > engine.references:
        message = rpt_("{engine} takes {most} reference pictures, and the shot has {count}. Remove some.")
        text = message.format(engine=engine.label, most=engine.references, count=len(paths))
        raise SceneError("bad_request", text, param="references")
    if unseen(shot):
        message = "The file names reference pictures to send. Look at them on the card, and allow it there."
        raise SceneError("unseen_pictures", message)
    for path in paths:
        if path.suffix.lower() not in AS_THEY_ARE:
            message = rpt_("There is no PNG, JPEG or WebP file '{path}'. Choose another reference picture.")
            raise SceneError("no_image", message.format(path=path))
        trust.check_picture(path)
    return tuple(paths)


def kept(order: Order) -> Order:
    """The order with copies of its reference pictures beside its still. Raises SceneError disk."""
    copies = []
    for name, path in zip(reference_names(len(order.references)), order.references, strict=True):
        copy = order.folder / (name + path.suffix.lower())
        try:
            shutil.copyfile(path, copy)
        except OSError as error:
            raise disk_error(order.folder, error) from error
        copies.append(copy)
    return replace(order, references=tuple(copies))


def _paths(shot: Any) -> list[Path]:
    """Where they are, with links followed: that is what the user is shown. A stranger's file may have any number."""
    return [trust.real(absolute(one.path)) for one in shot.references[: MAX_REFERENCES + 1]]
