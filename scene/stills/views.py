"""The views of a take: pictures from further along the camera's path, beside the still in the take's folder.

`views.json` there says what each is a picture of. So a later take of the shot, or one after a crash, uses those that
still fit: same surfaces, same looks of them, same settings of the render, same camera (see `look_mark`).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ...client.protocol import Camera, View
from ...client.protocol.codec import from_json, to_json
from ..model.shots import trust
from . import files
from .files import Still

INDEX = "views.json"
MAX_INDEX = 1 << 20  # bytes: of more than that it is none of ours
APART = "part_view"  # the folder that a further view is rendered into
SAME = 1e-4  # of a camera's numbers
BESIDE = 1e-4  # when the still's wider picture is, in the shot: with the still, and before any further view


@dataclass(frozen=True)
class Kept:
    """A view on disk. `image` and `depth` are names of files beside the index; `mark` says of what state of the scene
    it is, `notes` are remarks on it."""

    image: str
    depth: str
    camera: Camera
    mark: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Index:
    """What is in a folder."""

    views: tuple[Kept, ...] = ()


def number_name(number: int) -> str:
    """The name of a further view's files without an ending: view_01."""
    return f"view_{number:02d}"


def take_in(still: Still, folder: Path, number: int) -> Still:
    """Bring the files of a further view from where it was rendered into the take's folder, under its number."""
    name = number_name(number)
    image = folder / f"{name}{still.image.suffix}"
    depth = folder / f"{name}_depth.exr" if still.depth else None
    if still.depth is not None and depth is not None:
        still.depth.replace(depth)
    still.image.replace(image)
    shutil.rmtree(folder / APART, ignore_errors=True)
    return replace(still, image=image, depth=depth)


def note(folder: Path, still: Still, mark: str) -> None:
    """Write down of what the still is a picture, once its files are there."""
    if still.camera is None or not mark:
        return
    depth = still.depth.name if still.depth else ""
    made = [Kept(still.image.name, depth, still.camera, mark, still.notes)]
    if still.around is not None and still.around.camera is not None and still.around.depth is not None:
        made.append(Kept(still.around.image.name, still.around.depth.name, still.around.camera, mark))
    names = [one.image for one in made]
    others = tuple(one for one in read(folder).views if one.image not in names)
    aside = folder / ("part_" + INDEX)
    aside.write_text(json.dumps(to_json(Index((*others, *made)))))
    aside.replace(folder / INDEX)


def read(folder: Path) -> Index:
    """What a folder's index says, nothing where there is none: the file may be anyone's."""
    path = folder / INDEX
    try:
        if path.stat().st_size > MAX_INDEX:
            return Index()
        return from_json(Index, json.loads(path.read_text()))
    except (OSError, ValueError, RecursionError):
        return Index()


def find(stills: Path, camera: Camera, mark: str, around: Camera | None = None) -> Still | None:
    """A view of this camera that fits, of any take whose folder is in `stills`, the newest first. With `around` it is a
    still that has its wider picture, too."""
    for folder, kept in _all(stills):
        if kept.mark != mark or not same_camera(kept.camera, camera):
            continue
        still = _found(folder, kept, camera)
        if still is not None and around is not None:
            wider = _around(folder, around, mark) if kept.image == files.PICTURE else None
            still = replace(still, around=wider) if wider is not None else None
        if still is not None:
            return still
    return None


def _around(folder: Path, camera: Camera, mark: str) -> Still | None:
    """The wider picture of the still in a folder, where it is this camera's."""
    kept = next((one for one in read(folder).views if one.image == files.AROUND and one.depth), None)
    if kept is None or kept.mark != mark or not same_camera(kept.camera, camera):
        return None
    return _found(folder, kept, camera)


def _found(folder: Path, kept: Kept, camera: Camera) -> Still | None:
    """What was kept, if its files are there."""
    image, depth = folder / Path(kept.image).name, folder / Path(kept.depth).name
    wanted = [image, depth] if kept.depth else [image]
    if len(trust.present(wanted)) < len(wanted):
        return None
    return Still(image, camera.width, camera.height, "RENDER", depth if kept.depth else None, camera, kept.notes)


def bring(still: Still, folder: Path, number: int) -> Still:
    """The files of a found view, also in this take's folder: `number` 0 is its still."""
    folder.mkdir(parents=True, exist_ok=True)
    name = number_name(number) if number else Path(files.PICTURE).stem
    image = folder / f"{name}{still.image.suffix}"
    depth = folder / (f"{name}_depth.exr" if number else files.DEPTH) if still.depth else None
    _link(still.image, image)
    if still.depth is not None and depth is not None:
        _link(still.depth, depth)
    if not number:
        (folder / files.CAMERA).write_text(json.dumps(to_json(still.camera)))
    around = still.around
    if around is not None and around.depth is not None:
        _link(around.image, folder / files.AROUND)
        _link(around.depth, folder / files.AROUND_DEPTH)
        around = replace(around, image=folder / files.AROUND, depth=folder / files.AROUND_DEPTH)
    return replace(still, image=image, depth=depth, around=around)


def view_of(still: Still, t: float = 0.0) -> View:
    """What travels of it."""
    return View(still.image, still.depth, still.camera, t)


def same_camera(one: Camera, two: Camera) -> bool:
    """Whether two cameras see the same."""
    if (one.projection, one.width, one.height) != (two.projection, two.width, two.height):
        return False
    pairs = [(getattr(one, name), getattr(two, name)) for name in ("fx", "fy", "cx", "cy", "scale")]
    pairs += [pair for rows in zip(one.matrix_world, two.matrix_world, strict=True) for pair in zip(*rows, strict=True)]
    return all(abs(a - b) <= SAME * max(1.0, abs(a)) for a, b in pairs)


def _all(stills: Path) -> Iterator[tuple[Path, Kept]]:
    try:
        folders = sorted((one for one in stills.iterdir() if one.is_dir()), key=lambda one: one.name, reverse=True)
    except OSError:
        return
    for folder in folders:
        for kept in read(folder).views:
            yield folder, kept


def _link(source: Path, target: Path) -> None:
    """The same file under a second name; a copy where the disk knows no such thing."""
    if source == target:
        return
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
