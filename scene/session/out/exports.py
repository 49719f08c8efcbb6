"""Exports of the edit: processes of their own, and what came of them."""

from __future__ import annotations

import json
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ....client.commands.export import Exporter, ExportState, Step
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
from ...edit.out.collect import collect, collect_steps, find_edit
from .. import handlers
from ..server import preferences

CUT, FILES, PAGE, CHANGES = "cut", "files", "page", "changes"
OLD = 2 * 24 * 3600.0  # seconds
GoOn = Callable[[str, Edit, Path], None]  # the edit's name, its data, the export's own folder
PLACES = ("top_left", "top", "top_right", "bottom_left", "bottom", "bottom_right")


@dataclass
class Exports:
    """`what` is the kind of the last one, `edit` what it was made from, `said` what people should know of it, `changes`
    what a timeline would change, until that is applied or put away. `reading` are the steps in which the edit is read
    first, `edit_uid` says which, `go_on` is what is done with its data: it holds nothing of Blender's, which an undo
    takes away."""

    exporter: Exporter = field(default_factory=Exporter)
    what: str = ""
    edit: Edit | None = None
    edit_name: str = ""
    written: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    changes: Changes | None = None
    reading: Generator[None, None, Edit] | None = None
    edit_uid: int = 0
    go_on: GoOn = lambda *_: None

    @property
    def busy(self) -> bool:
        """Whether one is read, written or rendered."""
        return self.reading is not None or self.exporter.busy

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
        raise _unfit(error) from error


def _unfit(error: Unfit) -> SceneError:
    return SceneError("edit_unfit", rpt_("The edit can't be exported: {error}.").format(error=error))


def write_files(context: bpy.types.Context, out: Path, options: tuple[str, ...] = ()) -> None:
    """Begin to write a file of the kind that its suffix says. Raises SceneError."""
    edit, backend = edit_of(context), _backend()

    def go_on(name: str, data: Edit, room: Path) -> None:
        words = (*backend, str(room / "edit.json"), str(out), *_fonts(out), *options, "--json")
        _start(FILES, name, data, [Step(words, rpt_("Writing {file}").format(file=out.name), *_where())], room)

    _begin(edit, go_on)


def read_changes(context: bpy.types.Context, path: Path) -> None:
    """Begin to find out what a timeline would change. Raises SceneError."""
    edit, backend = edit_of(context), _backend()
    exports().changes = None

    def go_on(name: str, data: Edit, room: Path) -> None:
        words = (*backend, str(room / "edit.json"), "--changes", str(path), "--json")
        _start(CHANGES, name, data, [Step(words, rpt_("Reading {file}").format(file=path.name), *_where())], room)

    _begin(edit, go_on)


def write_cut(context: bpy.types.Context, out: Path, burn_in: bool, page: Path | None = None) -> None:
    """Begin to render the cut to `out`, an .mp4, in a Blender of its own; with `page` that is the client page, and the
    cut goes into it. Raises SceneError."""
    edit = edit_of(context)
    needs_backend = burn_in or page is not None
    backend = _backend() if needs_backend or backend_python(home()).exists() else ()
    trusted = context.preferences.filepaths.use_scripts_auto_execute
    scripts = bool(trusted and not getattr(bpy.app, "autoexec_fail", False))
    cut = Cut(out, burn_in, page, backend, scripts)
    _begin(edit, lambda name, data, room: _render(name, data, room, cut))


@dataclass(frozen=True)
class Cut:
    """How the cut is rendered: where to, whether with burn-ins, for which page; the words that begin the backend's
    command, () where there is none; whether scripts of the .blend may run."""

    out: Path
    burn_in: bool
    page: Path | None
    backend: tuple[str, ...]
    scripts: bool


def _render(name: str, data: Edit, room: Path, cut: Cut) -> None:
    if data.frames < 1:
        raise SceneError("no_edit", "Nothing is shown from the edit's first frame on: no strip that is switched on.")
    movie, final, backend = room / "cut.mp4", room / "burnt.mp4", cut.backend
    try:
        _save_copy(room / "edit.blend")
        job = {
            "blend": str(room / "edit.blend"),
            "scene": name,
            "start": data.start,
            "end": data.end,
            "movie": str(movie),
            "twice": cut.burn_in,
            "scripts": cut.scripts,
        }
        write_whole(room / "job.json", json.dumps(job))
        write_whole(room / "burn.json", json.dumps(to_json(burn_ins(bpy.data.scenes[name]))))
    except (OSError, RuntimeError, Unfit) as error:
        message = rpt_("The cut can't be exported: {error}. Look whether the disk is full.").format(error=error)
        raise SceneError("disk", message, "free_space") from error
    steps = [_render_step(room, data, movie)]
    edit_json = str(room / "edit.json")
    if cut.burn_in:
        words = (edit_json, str(final), "--cut", str(movie), "--burn", str(room / "burn.json"), *_fonts(final))
        steps.append(Step((*backend, *words, "--json"), rpt_("Burning in"), *_where()))
        movie = final
    if backend:
        steps.append(Step((*backend, edit_json, "--check", str(movie), "--json"), rpt_("Reading it back"), *_where()))
    if cut.page is not None:
        words = (edit_json, str(cut.page), "--cut", str(movie), "--json")
        steps.append(Step((*backend, *words), rpt_("Writing the page"), *_where()))
    else:
        steps[-1] = steps[-1]._replace(after=lambda: _put_in_place(movie, cut.out, data.frames))
    _start(CUT if cut.page is None else PAGE, name, data, steps, room)


def burn_ins(edit: bpy.types.Scene) -> BurnIn:
    """The templates of the edit, by place; the usual ones where it has none. Raises Unfit."""
    chosen = edit.take_one.burn_in
    found = {place: str(getattr(chosen, place)) for place in PLACES}
    return BurnIn(**found) if any(found.values()) else BurnIn()


def poll() -> bool:
    """Read how it goes. Whether a panel has news to draw."""
    part = exports()
    if not part.exporter.poll():
        return False
    if not part.exporter.busy:
        _ended(part)
    return True


def task() -> float:
    """For the timer: seconds to the next look."""
    if exports().reading is not None:
        _read_on()
        return 0.0
    if poll():
        app().state.changed()
    return 0.1 if exports().busy else 0.5


def _begin(edit: bpy.types.Scene, go_on: GoOn) -> None:
    """Read the edit, in the background at once, else in steps of the timer; then go on with its data, in a folder for
    this export alone. Raises SceneError."""
    part = exports()
    if part.busy:
        raise SceneError("busy", "An export is running. Wait for it, or stop it.")
    part.go_on, part.edit_uid = go_on, edit.session_uid
    if bpy.app.background:
        _go_on(as_data(edit))
        return
    part.reading = collect_steps(edit)
    part.exporter.state = ExportState("busy", rpt_("Reading the edit"))
    app().state.changed()


def _read_on() -> None:
    """The next step of reading the edit; after the last one the export goes on. Whatever is raised ends it."""
    part = exports()
    assert part.reading is not None
    try:
        data = _next(part.reading)
        if data is None:
            return
        part.reading = None
        _go_on(data)
    except SceneError as error:
        _fail(error)
    except Unfit as error:
        _fail(_unfit(error))
    except Exception as error:
        _end_reading(ExportState("failed", message=str(error)))
        raise
    app().state.changed()


def _next(reading: Generator[None, None, Edit]) -> Edit | None:
    """One step further: the edit after the last one, else None."""
    try:
        next(reading)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    return None


def _end_reading(state: ExportState) -> None:
    part = exports()
    part.reading, part.exporter.state = None, state


def _fail(error: SceneError) -> None:
    _end_reading(ExportState("failed", message=error.message))
    app().state.fail(error)


def stop() -> None:
    """End what runs; nothing of it stays."""
    part = exports()
    if part.reading is not None:
        _end_reading(ExportState("cancelled"))
        return
    part.exporter.cancel()


def _go_on(data: Edit) -> None:
    """Raises SceneError. Whatever is raised, nothing is left of it."""
    name = find_edit(exports().edit_uid).name
    room = home() / "exports" / secrets.token_hex(6)
    try:
        _clear_old(room.parent)
        make_folder(room)
        exports().go_on(name, data, room)
    except OSError as error:
        shutil.rmtree(room, ignore_errors=True)
        message = rpt_("The export can't be written: {error}.").format(error=error.strerror or error)
        raise SceneError("disk", message, "free_space") from error
    except Exception:
        shutil.rmtree(room, ignore_errors=True)
        raise


def _clear_old(folder: Path) -> None:
    """What exports left behind whose Blender was killed, days ago."""
    for room in folder.iterdir() if folder.is_dir() else ():
        if time.time() - room.stat().st_mtime > OLD:
            shutil.rmtree(room, ignore_errors=True)


def _start(what: str, edit_name: str, data: Edit, steps: list[Step], room: Path) -> None:
    part = exports()
    part.what, part.edit, part.edit_name, part.said, part.written = what, data, edit_name, (), ()
    part.exporter.start(steps, room, lambda: _write_data(data, room))
    app().state.changed()
    if bpy.app.background:
        part.exporter.wait()
        _ended(part)
        if part.exporter.state.state == "failed":
            raise SceneError("export_failed", part.exporter.state.message, "retry")


def _write_data(data: Edit, room: Path) -> None:
    """In the exporter's thread: it lasts a while. Raises OSError."""
    write_whole(room / "edit.json", edit_file.to_bytes(data, room))


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
