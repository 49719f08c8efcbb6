"""Exports of the edit: processes of their own, and what came of them."""

from __future__ import annotations

import json
import secrets
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ....client.commands.export import Exporter, Step
from ....client.files import copy_whole, make_folder, mode_beside, write_whole
from ....client.home import home
from ....client.installing.install import backend_python
from ....client.jobs.clip import NotAClip, count_frames
from ....client.protocol import Unfit
from ....client.protocol.codec import from_json, to_json
from ....client.protocol.edit import Changes, Edit
from ....client.protocol.edit import file as edit_file
from ....client.protocol.edit.burn_in import BurnIn
from ...app import timer
from ...app.app import app
from ...app.errors import SceneError
from ...edit.edit_scene import find_edit_scene
from ...edit.out import render_cut
from ...edit.out.collect import collect
from .. import handlers
from ..server import preferences

CUT, FILES, PAGE, CHANGES = "cut", "files", "page", "changes"
OLD = 2 * 24 * 3600.0  # seconds
PLACES = ("top_left", "top", "top_right", "bottom_left", "bottom", "bottom_right")


@dataclass
class Exports:
    """`what` is the kind of the last one, `edit` what it was made from, `said` what people should know of it, `changes`
    what a timeline would change, until that is applied or put away."""

    exporter: Exporter = field(default_factory=Exporter)
    what: str = ""
    edit: Edit | None = None
    edit_name: str = ""
    written: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    changes: Changes | None = None

    def close(self) -> None:
        """End what runs."""
        self.exporter.close()


def exports() -> Exports:
    """The one that runs, or ran last."""
    return app().part(Exports)


def edit_of(context: bpy.types.Context) -> bpy.types.Scene:
    """The scene whose edit is exported. Raises SceneError no_edit."""
    edit = find_edit_scene(context, context.scene)
    if edit is None or edit.sequence_editor is None or not len(edit.sequence_editor.strips):
        raise SceneError("no_edit", "The edit is empty. Make a take first.")
    return edit


def as_data(edit: bpy.types.Scene) -> Edit:
    """The edit as it is now. Raises SceneError where the .blend holds what no edit can."""
    try:
        return collect(edit)
    except Unfit as error:
        message = rpt_("The edit can't be exported: {error}.").format(error=error)
        raise SceneError("edit_unfit", message) from error


def write_files(context: bpy.types.Context, out: Path, options: tuple[str, ...] = ()) -> None:
    """Begin to write a file of the kind that its suffix says. Raises SceneError."""
    edit, backend = edit_of(context), _backend()
    room, data = _begin(edit)
    words = (*backend, str(room / "edit.json"), str(out), *_fonts(out), *options, "--json")
    _start(FILES, edit, data, [Step(words, rpt_("Writing {file}").format(file=out.name), *_where())], room)


def read_changes(context: bpy.types.Context, path: Path) -> None:
    """Begin to find out what a timeline would change. Raises SceneError."""
    edit, backend = edit_of(context), _backend()
    room, data = _begin(edit)
    words = (*backend, str(room / "edit.json"), "--changes", str(path), "--json")
    exports().changes = None
    _start(CHANGES, edit, data, [Step(words, rpt_("Reading {file}").format(file=path.name), *_where())], room)


def write_cut(context: bpy.types.Context, out: Path, burn_in: bool, page: Path | None = None) -> None:
    """Begin to render the cut to `out`, an .mp4, in a Blender of its own; with `page` that is the client page, and the
    cut goes into it. Raises SceneError."""
    edit = edit_of(context)
    needs_backend = burn_in or page is not None
    backend = _backend() if needs_backend or backend_python(home()).exists() else ()
    room, data = _begin(edit)
    if data.frames < 1:
        shutil.rmtree(room, ignore_errors=True)
        raise SceneError("no_edit", "Nothing is shown from the edit's first frame on: no strip that is switched on.")
    movie, final = room / "cut.mp4", room / "burnt.mp4"
    try:
        _save_copy(room / "edit.blend")
        job = {
            "blend": str(room / "edit.blend"),
            "scene": edit.name,
            "start": data.start,
            "end": data.end,
            "size": list(data.size),
            "movie": str(movie),
            "twice": burn_in,
            "scripts": bool(
                context.preferences.filepaths.use_scripts_auto_execute and not getattr(bpy.app, "autoexec_fail", False)
            ),
        }
        write_whole(room / "job.json", json.dumps(job))
        write_whole(room / "burn.json", json.dumps(to_json(burn_ins(edit))))
    except (OSError, RuntimeError, Unfit) as error:
        shutil.rmtree(room, ignore_errors=True)
        message = rpt_("The cut can't be exported: {error}. Look whether the disk is full.").format(error=error)
        raise SceneError("disk", message, "free_space") from error
    steps = [_render_step(room, data, movie)]
    edit_json = str(room / "edit.json")
    if burn_in:
        words = (edit_json, str(final), "--cut", str(movie), "--burn", str(room / "burn.json"), *_fonts(final))
        steps.append(Step((*backend, *words, "--json"), rpt_("Burning in"), *_where()))
        movie = final
    if backend:
        steps.append(Step((*backend, edit_json, "--check", str(movie), "--json"), rpt_("Reading it back"), *_where()))
    if page is not None:
        words = (edit_json, str(page), "--cut", str(movie), "--json")
        steps.append(Step((*backend, *words), rpt_("Writing the page"), *_where()))
    else:
        steps[-1] = steps[-1]._replace(after=lambda: _put_in_place(movie, out, data.frames))
    _start(CUT if page is None else PAGE, edit, data, steps, room)


def burn_ins(edit: bpy.types.Scene) -> BurnIn:
    """The templates of the edit, by place; the usual ones where it has none. Raises Unfit."""
    chosen = edit.take_one.burn_in
    found = {place: str(getattr(chosen, place)) for place in PLACES}
    return BurnIn(**found) if any(found.values()) else BurnIn()


def poll() -> bool:
    """Take in how it goes. Whether a panel has news to draw."""
    part = exports()
    if not part.exporter.poll():
        return False
    if not part.exporter.busy:
        _ended(part)
    return True


def task() -> float:
    """For the timer: seconds to the next look."""
    if poll():
        app().state.changed()
    return 0.1 if exports().exporter.busy else 0.5


def _begin(edit: bpy.types.Scene) -> tuple[Path, Edit]:
    """A folder for this export alone, with the edit's data in it."""
    if exports().exporter.busy:
        raise SceneError("busy", "An export is running. Wait for it, or stop it.")
    data = as_data(edit)
    room = home() / "exports" / secrets.token_hex(6)
    try:
        _clear_old(room.parent)
        make_folder(room)
        write_whole(room / "edit.json", edit_file.to_bytes(data, room))
    except OSError as error:
        message = rpt_("The export can't be written: {error}.").format(error=error.strerror or error)
        raise SceneError("disk", message, "free_space") from error
    return room, data


def _clear_old(folder: Path) -> None:
    """What exports left behind whose Blender was killed, days ago."""
    for room in folder.iterdir() if folder.is_dir() else ():
        if time.time() - room.stat().st_mtime > OLD:
            shutil.rmtree(room, ignore_errors=True)


def _start(what: str, edit: bpy.types.Scene, data: Edit, steps: list[Step], room: Path) -> None:
    part = exports()
    part.what, part.edit, part.edit_name, part.said, part.written = what, data, edit.name, (), ()
    part.exporter.start(steps, room)
    app().state.changed()
    if bpy.app.background:
        part.exporter.wait()
        _ended(part)
        if part.exporter.state.state == "failed":
            raise SceneError("export_failed", part.exporter.state.message, "retry")


def _ended(part: Exports) -> None:
    state, answer = part.exporter.state, part.exporter.state.answer
    if state.state == "failed":
        app().state.fail(SceneError("export_failed", state.message, "retry"))
    part.said = tuple(str(remark) for remark in answer.get("remarks", ()))
    part.written = tuple(str(path) for path in answer.get("written", ()))
    if state.state == "done" and part.what == CHANGES:
        part.changes = from_json(Changes, answer.get("changes", {}))
        part.said = (*part.said, *part.changes.remarks)


def _backend() -> tuple[str, ...]:
    python = backend_python(home())
    if not python.exists():
        raise SceneError("not_installed", "The backend is not installed: it writes this file.", "install")
    return str(python), "-m", "backend", "export"


def _where() -> tuple[Path, dict[str, str]]:
    """Folder and environment of the backend's commands."""
    return preferences.ROOT, {"TAKE_ONE_HOME": str(home())}


def _fonts(out: Path) -> tuple[str, ...]:
    """Blender's own, which have every script."""
    folder = bpy.utils.system_resource("DATAFILES", path="fonts")
    return ("--fonts", folder) if folder and out.suffix.lower() in (".pdf", ".png", ".mp4") else ()


def _save_copy(path: Path) -> None:
    """The file as it is now, with paths that hold from there."""
    with handlers.aside():
        bpy.ops.wm.save_as_mainfile(filepath=str(path), copy=True, compress=False, check_existing=False)


def _render_step(room: Path, data: Edit, movie: Path) -> Step:
    script = str(Path(render_cut.__file__))
    job = str(room / "job.json")
    if bpy.app.binary_path:
        flags = ("--background", "--factory-startup", "--offline-mode", "--python-exit-code", "1", "--python", script)
        words: tuple[str, ...] = (bpy.app.binary_path, *flags, "--", job)
    else:  # Blender as a Python module
        words = (sys.executable, script, job)

    def check() -> None:
        _check_frames(movie, data.frames)

    return Step(words, rpt_("Rendering the cut"), room, {}, data.start, data.frames, check)


def _check_frames(movie: Path, frames: int) -> None:
    try:
        with movie.open("rb") as file:
            found = count_frames(file)
    except (OSError, NotAClip) as error:
        raise ValueError(f"Blender has rendered no movie: {error}.") from error
    if found != frames:
        raise ValueError(f"The rendered cut has {found} frames instead of {frames}. Export it again.")


def _put_in_place(movie: Path, out: Path, frames: int) -> None:
    """The finished movie to where it was wanted: whole, or not at all."""
    _check_frames(movie, frames)
    copy_whole(movie, out, mode_beside(out.parent))


def register() -> None:
    """Follow what runs."""
    timer.every(task)
