"""Ambience beds: made by the backend in a process of its own, then laid."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ....client.commands.export import Exporter, ExportState, Step
from ....client.files import make_folder, write_whole
from ....client.home import home
from ....client.installing.install import backend_python
from ....client.protocol.edit.sidecar import read_sidecar
from ...app import timer
from ...app.app import app
from ...app.errors import SceneError
from ...edit import landing
from ...edit.cut import bed
from ...edit.cut.bed import Run
from ...edit.edit_scene import find_edit_scene
from ...model.shots import shot_list, takes, trust
from ..server import preferences

FOLDER = "beds"
MOST_POINTS = 10_000  # of a bed's volume
LOWEST = -60.0  # dB
MOST_SECONDS = 1e6  # no edit is as long


@dataclass
class Beds:
    """What is being made: `runs` with their files, for the edit of this id; `due` once they are there."""

    exporter: Exporter = field(default_factory=Exporter)
    runs: tuple[tuple[Run, Path], ...] = ()
    edit_uid: str = ""
    due: bool = False

    def close(self) -> None:
        """End what runs."""
        self.exporter.close()


def making() -> Beds:
    """What is being made, or was made last."""
    return app().part(Beds)


def begin(context: bpy.types.Context, scene: bpy.types.Scene) -> None:
    """Make the beds that the scene's edit wants, and lay them; in background at once. Those that were made before are
    used again.

    Raises:
        SceneError: no_edit, no_sound, not_saved, not_installed, busy, disk; in background whatever goes wrong.
    """
    part = making()
    if part.exporter.busy:
        raise SceneError("busy", "An ambience bed is being made. Wait for it, or stop it.")
    edit = find_edit_scene(context, scene)
    if edit is None or edit.sequence_editor is None:
        raise SceneError("no_edit", "The edit is empty. Make a take first.")
    runs = bed.runs(edit)
    if not runs:
        raise SceneError("no_sound", "No shot says what is heard. Fill in the scene's ambience, or the shots' sound.")
    if not bpy.data.filepath:
        raise SceneError("not_saved", "Save the file first: the bed lies beside it.", "save_file")
    file_id, edit_uid = takes.keep_ids(edit)
    folder = takes.takes_folder(file_id) / FOLDER
    if takes.is_elsewhere(folder):
        raise trust.foreign(folder)
    wanted = tuple((run, folder / f"bed_{run.mark}.flac") for run in runs)
    missing = [(run, path) for run, path in wanted if _ducking(path) is None]
    part.exporter.state = ExportState()
    if missing:
        _make(part, missing, folder)
    part.runs, part.edit_uid, part.due = wanted, edit_uid, True
    app().state.changed()
    if bpy.app.background:
        part.exporter.wait()
        _settle(part)
        if part.exporter.state.state == "failed":
            raise SceneError("bed_failed", part.exporter.state.message, "retry")


def _make(part: Beds, missing: Sequence[tuple[Run, Path]], folder: Path) -> None:
    python = backend_python(home())
    if not python.exists():
        raise SceneError("not_installed", "The backend is not installed: it makes the ambience.", "install")
    room = home() / "exports" / secrets.token_hex(6)
    steps = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        make_folder(room)
        for number, (run, path) in enumerate(missing):
            spoken = room / f"lines{number}.json"
            write_whole(spoken, json.dumps(_said(run)))
            words = ["-m", "backend", "bed", f"--sound={run.words}", "--seconds", f"{run.seconds:.6f}"]
            words += ["--seed", str(run.seed), "--lines", str(spoken), "--out", str(path)]
            stage = rpt_("Making the ambience {number} of {count}").format(number=number + 1, count=len(missing))
            steps.append(Step((str(python), *words), stage, preferences.ROOT, {"TAKE_ONE_HOME": str(home())}))
    except OSError as error:
        shutil.rmtree(room, ignore_errors=True)
        message = rpt_("The bed can't be written: {error}.").format(error=error.strerror or error)
        raise SceneError("disk", message, "free_space") from error
    part.exporter.start(steps, room)


def _said(run: Run) -> list[dict[str, Any]]:
    """The lines, as the backend's command takes them."""
    return [
        {
            "start": one.start,
            "seconds": one.seconds,
            "lines": [{"speaker": who, "language": language, "line": line} for who, language, line in one.lines],
        }
        for one in run.talk
    ]


def _ducking(path: Path) -> list[tuple[float, float]] | None:
    """How far a bed goes down (seconds from 0 on that don't fall; -60 to 0 dB); None where it is not there whole. What
    lies beside it came with the film, so it may hold anything."""
    told = read_sidecar(path.with_suffix(".json")).get("ducking")
    if not isinstance(told, list) or not told or path.is_symlink() or not path.is_file():
        return None
    points = [_point(one) for one in told[:MOST_POINTS]]
    found = [one for one in points if one is not None]
    in_order = all(one[0] <= other[0] for one, other in pairwise(found))
    return found if len(found) == len(points) and in_order else None


def _point(told: Any) -> tuple[float, float] | None:
    match told:
        case [int() | float() as at, int() | float() as gain] if 0 <= at <= MOST_SECONDS and LOWEST <= gain <= 0:
            return float(at), float(gain)
    return None


def _settle(part: Beds) -> None:
    """What was made is laid, as one undo step."""
    part.due = False
    state = part.exporter.state
    if state.state == "failed":
        app().state.fail(SceneError("bed_failed", state.message, "retry"))
        return
    edit = shot_list.find_scene(part.edit_uid)
    if edit is None or state.state == "cancelled":
        return
    made = [(run, path, _ducking(path) or [(0.0, 0.0)]) for run, path in part.runs]
    try:
        bed.lay(edit, made, edit.take_one.bed_takes)
    except SceneError as error:
        app().state.fail(error)
        return
    landing.push_undo(bpy.context, "Take One: Ambience Bed")


def task() -> float:
    """For the timer: seconds to the next look."""
    part = making()
    if part.exporter.poll():
        app().state.changed()
    if part.due and not part.exporter.busy and landing.can_land(bpy.context):
        _settle(part)
        app().state.changed()
    return 0.1 if part.due else 0.5


def register() -> None:
    """Follow what runs."""
    timer.every(task)
