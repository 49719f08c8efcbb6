"""The demo, inside Blender as a Python module: what an artist would do with the extension, by its own
operators.

Run by `dev.py demo`. Not for Blender's own window.
"""

import argparse
import importlib.util
import json
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import bpy

ROOT = Path(__file__).resolve().parents[2]
SIZE = (960, 540)
SECONDS = 4.0
PROMPT = "Slowly pan left, then push in slightly."
SOUND = "rain on a window, quiet room"
WALK_FRAME, WALK_SECONDS, WALK_SIZE = 12, 8.0, 50  # of the walk: frame, seconds, percent
# further shots: name, lens in mm, steps to the right in metres, turn to the left in radians, prompt, seconds
SHOTS = (
    ("Sofa", 50.0, -1.2, 0.35, "push in slowly", 1.5),
    ("Window", 40.0, 0.9, -0.3, "truck right", 1.5),
)
MADE = (
    *("still.png", "demo.blend", "demo.blend1", "cut.mp4", "contact_sheet.png", "walk_sheet.png"),
    *("board.pdf", "page.html"),
)
LINE = ("ANNA", "English", "You said that you would be home before the rain.")

HERE = Path(__file__).resolve().parent  # has a `requests` of its own
sys.path[:] = [str(ROOT), *(path for path in sys.path if Path(path).resolve() != HERE)]
from devtools.demo.room import add_study, build_room  # noqa: E402


class Stages:
    """The stages as they go by, and how long each took."""

    def __init__(self) -> None:
        self.seconds: list[tuple[str, float]] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        print(f"{name} ...", flush=True)
        began = time.monotonic()
        yield
        self.seconds.append((name, time.monotonic() - began))
        print(f"  {self.seconds[-1][1]:.1f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--walk", action="store_true")
    arguments = parser.parse_args()
    out: Path = arguments.out
    _clear(out)
    stages = Stages()

    with stages.stage("furnish the room"):
        bpy.ops.wm.read_factory_settings(use_empty=True)
        extension = load_extension()
        extension.register()
        build_room()
        _settings(bpy.context.scene)
        bpy.ops.wm.save_as_mainfile(filepath=str(out / "demo.blend"))
    with stages.stage("start the backend"):
        _start_backend()
    with stages.stage("animate: still, take, strips"):
        take = _animate()
    with stages.stage("two more shots, one request"):
        _more_shots()
    with stages.stage("the ambience, one through all"):
        bpy.context.scene.take_one.ambience = SOUND
        bpy.ops.takeone.bed()
        _report_edit()
    with stages.stage("the cut's movie"):
        bpy.ops.takeone.export_cut(filepath=str(out / "cut.mp4"))
    with stages.stage("board"):
        bpy.ops.takeone.export_edit(kind="PDF", filepath=str(out / "board.pdf"))
    with stages.stage("client page"):
        bpy.ops.takeone.export_page(filepath=str(out / "page.html"), burn_in=False)
    walk = ""
    if arguments.walk:
        with stages.stage("walk: path, stills, take"):
            walk = _walk()

    bpy.ops.wm.save_mainfile()
    files = {name: Path(bpy.path.abspath(getattr(take, name))) for name in ("still", "clip", "sidecar")}
    extension.unregister()
    shutil.copyfile(files["still"], out / "still.png")
    told = {"clip": str(files["clip"]), "sidecar": str(files["sidecar"]), "walk": walk}
    arguments.report.write_text(json.dumps({"stages": stages.seconds, **told}))


def load_extension(name: str = "take_one") -> ModuleType:
    """The repository's root as the package `name`, the way Blender loads an extension."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "__init__.py", submodule_search_locations=[str(ROOT)])
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _clear(out: Path) -> None:
    """Remove what an earlier run made, and nothing else."""
    out.mkdir(parents=True, exist_ok=True)
    for name in MADE:
        (out / name).unlink(missing_ok=True)
    shutil.rmtree(out / "takes", ignore_errors=True)


def _settings(scene: bpy.types.Scene) -> None:
    """Cycles with few samples: a still that a machine with two cores renders in seconds."""
    scene.name = "Living Room"
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.samples = 6
    scene.cycles.use_denoising = True
    scene.cycles.denoising_quality = "FAST"
    scene.cycles.max_bounces = 3
    scene.cycles.use_light_tree = False  # three lights are soon gone through, and it takes an eighth of the time
    scene.cycles.caustics_reflective = scene.cycles.caustics_refractive = False
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    scene.render.fps = 24


def _start_backend() -> None:
    """Wait until it answers, so that the table tells its start from its work."""
    from take_one.scene.app.app import app
    from take_one.scene.session import pump  # type: ignore[import-not-found]

    bpy.ops.takeone.backend_start()
    until = time.monotonic() + 120
    while app().state.backend.state != "ready":
        pump.pump()
        if app().state.backend.state in ("failed", "missing", "outdated") or time.monotonic() > until:
            sys.exit(f"The backend did not start: {app().state.backend.message}")
        time.sleep(0.02)


def _animate() -> bpy.types.PropertyGroup:
    """Fill in the card, press the button, wait. Returns the take."""
    speaker, language, words = LINE
    bpy.ops.takeone.line_add(speaker=speaker, language=language, line=words)
    done = threading.Event()
    teller = threading.Thread(target=_report_progress, args=(done,))
    teller.start()
    try:
        result = bpy.ops.takeone.animate_frame(prompt=PROMPT, sound=SOUND, seconds=SECONDS, seed=7)
    finally:
        done.set()
        teller.join()
    if result != {"FINISHED"}:
        sys.exit("Animate This Frame did not finish.")
    shot = bpy.context.scene.take_one.shots[0]
    for note in filter(None, shot.takes[-1].notes.splitlines()):
        print(f"  note: {note}")
    return shot.takes[-1]


def _walk() -> str:
    """A second room, a camera path through both, its stills and its take. Returns the clip's path."""
    scene = bpy.context.scene
    cameras = add_study()
    scene.frame_set(WALK_FRAME)
    scene.render.resolution_percentage = WALK_SIZE
    bpy.ops.takeone.walkthrough(
        cameras="\n".join(camera.name for camera in cameras), pace="LENGTH", seconds=WALK_SECONDS
    )
    done = threading.Event()
    teller = threading.Thread(target=_report_progress, args=(done,))
    teller.start()
    try:
        result = bpy.ops.takeone.animate_frame(prompt="walk through both rooms", sound="quiet room", seed=7)
    finally:
        done.set()
        teller.join()
    scene.render.resolution_percentage = 100
    if result != {"FINISHED"}:
        sys.exit("The walk did not finish.")
    shot = scene.take_one.shots[scene.take_one.active_shot]
    for note in filter(None, shot.takes[-1].notes.splitlines()):
        print(f"  note: {note}")
    return bpy.path.abspath(shot.takes[-1].clip)


def _report_progress(done: threading.Event) -> None:
    """Print every new stage of the job, and every fifth of it. A thread: the operator waits for the take."""
    from take_one.scene.app.app import app

    told = None
    while not done.wait(0.2):
        for job in list(app().state.jobs.values()):
            if job.stage and (job.stage, job.progress // 20) != told:
                told = (job.stage, job.progress // 20)
                print(f"  {job.progress:>3} %  {job.stage}", flush=True)


def _more_shots() -> None:
    """Two cameras beside the first, and their shots as one request: one clip, cut into a take of each."""
    scene = bpy.context.scene
    first = scene.camera
    for name, lens, right, left, prompt, seconds in SHOTS:
        camera = first.copy()
        camera.data = first.data.copy()
        camera.name, camera.data.lens = name, lens
        camera.location.x += right
        camera.rotation_euler.z += left
        scene.collection.objects.link(camera)
        bpy.ops.takeone.shot_add()
        shot = scene.take_one.shots[-1]
        shot.name, shot.camera = name, camera
        shot.prompt, shot.sound, shot.seconds = prompt, SOUND, seconds
    scene.take_one.active_shot = 1
    if bpy.ops.takeone.animate_together(count=len(SHOTS)) != {"FINISHED"}:
        sys.exit("Animate as One Request did not finish.")


def _report_edit() -> None:
    edit = next(scene for scene in bpy.data.scenes if scene.sequence_editor and len(scene.sequence_editor.strips))
    for strip in edit.sequence_editor.strips:
        kind, frames = strip.type.lower(), strip.frame_final_duration
        print(f"  strip: {strip.name} ({kind}), channel {strip.channel}, {frames} frames")


if __name__ == "__main__":
    main()
