#!/usr/bin/env python3
"""Makes the pictures of these pages again: opens a real Blender with its window, does what the pages say, and keeps
what the screen shows. Needs the variable BLENDER, as the GUI tests do, and .dev/ (python3 dev.py test makes it).

    .dev/test/bin/python docs/make_pictures.py [NAME ...]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from devtools import build, environments  # noqa: E402
from devtools.window.blender import MODULE, BlenderWindow, install_zip  # noqa: E402

IMAGES = ROOT / "docs" / "images"
WIDTH = 1000  # pixels of a whole screen; panels are kept as they are
ROOM = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from devtools.demo.room import build_room
bpy.context.preferences.view.render_display_type = "NONE"
for thing in list(scene.objects):
    bpy.data.objects.remove(thing)
camera = build_room()
scene.camera = camera
scene.render.engine = "CYCLES"
scene.cycles.samples, scene.cycles.use_denoising = 32, True
scene.render.resolution_x, scene.render.resolution_y = 640, 360
for area in bpy.context.window_manager.windows[0].screen.areas:
    if area.type == "VIEW_3D":
        area.spaces.active.region_3d.view_perspective = "CAMERA"
        area.spaces.active.shading.type = "SOLID"
"""
DIRECTION = """
card = scene.take_one.blank
card.prompt, card.sound, card.seconds = "slowly push in, then pan left", "rain on a window", 3.0
"""
PLANS = f"__import__('{MODULE}.scene.session.views.plans', fromlist=['x'])"
READY = "sum(take.status == 'READY' for shot in scene.take_one.shots for take in shot.takes)"


class Studio:
    """One Blender for all pictures that need takes."""

    def __init__(self, window: BlenderWindow) -> None:
        self.window = window

    def keep(self, name: str, area: str = "", region: str = "UI") -> None:
        """Keep the screen, or one region of it, as docs/images/`name`.png."""
        for place in ((700, 600), (690, 590), (2, 2)):  # by way of an editor, which takes a tooltip of the sidebar away
            self.window.run(f"xdotool('mousemove', *{place})")
            time.sleep(1)
        picture = Image.open(self.window.snapshot(name)).convert("RGB")
        if area:
            left, top, width, height = self.window.place(area, region)
            picture = picture.crop((left, top, left + width, top + height))
            picture = picture.crop((0, 0, width, _used_height(picture)))
        else:
            size = self.window.run(
                "window = bpy.context.window_manager.windows[0]; result = window.width, window.height"
            )
            if name != "server":  # which shows a second window
                picture = picture.crop((0, 0, *size))  # the screen may be larger
            picture = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.Resampling.LANCZOS)
        path = IMAGES / f"{name}.png"
        picture.save(path, optimize=True)
        print(f"{path.relative_to(ROOT)}: {picture.width} x {picture.height}, {path.stat().st_size / 1e3:.0f} kB")

    def made(self) -> None:
        """Wait until all takes that were asked for are in the file."""
        self.window.until(f"not STATE.jobs and STATE.last_error is None and {READY}", 900)


def _used_height(panel: Image.Image) -> int:
    """Where a sidebar's last panel ends: below it the colour at its edges is no longer a panel's."""
    edges = (14, panel.width - 45)
    body = panel.getpixel((edges[0], 32))
    for y in range(panel.height - 1, 0, -1):
        if all(panel.getpixel((x, y)) == body for x in edges):
            return min(panel.height, y + 8)
    return panel.height


def first_take(studio: Studio) -> None:
    """The card, a take in the making, and landed."""
    window = studio.window
    window.run(DIRECTION)
    window.show_tab()
    window.until("STATE.backend.state == 'ready'", 60)
    window.run("bpy.ops.takeone.preview_still()")
    studio.keep("card", "VIEW_3D")
    window.run("bpy.ops.takeone.animate_frame('INVOKE_DEFAULT')")
    window.until(f"any(job.preview for job in STATE.jobs.values()) or {READY}", 300)
    studio.keep("making")
    studio.made()
    studio.keep("landed")


def error(studio: Studio) -> None:
    """An error and its button."""
    window = studio.window
    window.run("kept = scene.camera; scene.camera = None; bpy.context.view_layer.objects.active = None")
    window.run("try:\n    bpy.ops.takeone.animate_frame('INVOKE_DEFAULT')\nexcept RuntimeError:\n    pass")
    window.until("STATE.last_error")
    studio.keep("error", "VIEW_3D")
    window.run("scene.camera = kept; bpy.ops.takeone.dismiss_error()")


def walkthrough(studio: Studio) -> None:
    """Three cameras, animated in a row."""
    window = studio.window
    window.run(
        "import math\n"
        "for turn in (20, -25):\n"
        "    other = scene.camera.copy(); scene.collection.objects.link(other)\n"
        "    other.rotation_euler.z += math.radians(turn)\n"
        "for thing in scene.objects: thing.select_set(thing.type == 'CAMERA')\n"
        "scene.take_one.shots[0].camera = scene.camera\n"
        "bpy.ops.takeone.animate_cameras('INVOKE_DEFAULT')"
    )
    studio.made()
    window.run("bpy.ops.takeone.show_edit()")
    time.sleep(2)
    window.run(
        "window, area, region = region_of('SEQUENCE_EDITOR', 'WINDOW')\n"
        "for each in window.screen.areas:\n"
        "    if each.type == 'SEQUENCE_EDITOR' and each.spaces.active.view_type == 'SEQUENCER':\n"
        "        target = next(r for r in each.regions if r.type == 'WINDOW')\n"
        "        with bpy.context.temp_override(window=window, area=each, region=target):\n"
        "            bpy.ops.sequencer.view_all()\n"
        "    if each.type == 'FILE_BROWSER':\n"
        "        each.type = 'OUTLINER'  # rather than this machine's folders\n"
        "bpy.data.scenes['Edit'].frame_set(60)"
    )
    studio.keep("walkthrough")


def walk(studio: Studio) -> None:
    """A walk through two rooms, seen from above without the ceilings, and its plan on the card."""
    window = studio.window
    window.run(
        "from devtools.demo.room import add_study\n"
        "cameras = add_study()\n"
        "scene.frame_set(12)\n"
        "bpy.ops.takeone.walkthrough(cameras='\\n'.join(one.name for one in cameras), pace='LENGTH', seconds=8)\n"
        "scene.take_one.still_seconds, scene.take_one.still_kind = 0, ''"
    )
    window.show_tab()
    window.until("STATE.backend.state == 'ready'", 60)
    window.click("takeone.plan_stills")
    window.until(f"{PLANS}.known(scene.take_one.shots[-1])", 60)
    studio.keep("walk_plan", "VIEW_3D")
    window.run(
        "for thing in scene.objects: thing.hide_set('ceiling' in thing.name); thing.select_set(False)\n"
        "region_of('VIEW_3D', 'WINDOW')[1].spaces.active.show_region_ui = False\n"
        "window, area, region = region_of('VIEW_3D', 'WINDOW')\n"
        "with bpy.context.temp_override(window=window, area=area, region=region):\n"
        "    bpy.ops.view3d.view_axis(type='TOP')\n"
        "    bpy.ops.view3d.view_all()"
    )
    studio.keep("walk_path")


def edit(studio: Studio) -> None:
    """A retake, and two takes side by side. After `walkthrough`, in its workspace."""
    window = studio.window
    window.run("scene.take_one.active_shot = 0\nbpy.ops.takeone.retake('INVOKE_DEFAULT')")
    studio.made()
    for area in ("SEQUENCE_EDITOR",):
        window.show_tab(area)
        window.scroll(up=False, area=area)
    studio.keep("edit")
    window.run("shot = scene.take_one.shots[0]; shot.active_take = 0; bpy.ops.takeone.take_compare()")
    studio.keep("compare")
    window.run("bpy.ops.takeone.take_compare()")


def cut(studio: Studio) -> None:
    """Takes of one request, an ambience bed and burn-ins; and the panel that lets them out. After `edit`."""
    window = studio.window
    window.run(
        "strips = bpy.data.scenes['Edit'].sequence_editor.strips\n"
        "for strip in strips: strip.select = False\n"
        "scene.take_one.active_shot = 1\n"
        "line = scene.take_one.shots[1].lines.add(); line.speaker, line.line = 'Anna', 'We are late. Come on.'\n"
        "bpy.ops.takeone.animate_together('INVOKE_DEFAULT', count=2)"
    )
    window.settle()
    window.press("Return")
    window.until("STATE.jobs")
    studio.made()
    window.run("bpy.data.scenes['Edit'].take_one.burn_in.shown = True\nbpy.ops.takeone.bed()")
    window.until("any('take_one_bed' in strip for strip in bpy.data.scenes['Edit'].sequence_editor.strips)", 60)
    window.run("region_of('SEQUENCE_EDITOR', 'UI')[2].active_panel_category = 'Shots'")
    studio.keep("cut")
    window.show_tab("SEQUENCE_EDITOR")
    window.run("bpy.ops.takeone.export_edit(kind='PDF', filepath=bpy.app.tempdir + 'board.pdf')")
    window.scroll(up=False, area="SEQUENCE_EDITOR")
    studio.keep("export", "SEQUENCE_EDITOR")


def queue(studio: Studio) -> None:
    """Takes that wait for their turn, long enough for a picture."""
    window = studio.window
    window.run("bpy.context.window_manager.windows[0].workspace = bpy.data.workspaces['Layout']")
    time.sleep(2)
    window.run(DIRECTION)
    window.run("shot = (scene.take_one.shots or [card])[0]; shot.seconds, shot.still_source = 20, 'VIEWPORT'")
    window.show_tab()
    window.until("STATE.backend.state == 'ready'", 60)
    for _ in range(3):
        window.run("bpy.ops.takeone.animate_frame('INVOKE_DEFAULT')")
    window.until("sum(job.status == 'queued' for job in STATE.jobs.values()) == 2", 60)
    studio.keep("queue", "VIEW_3D")
    window.run("bpy.ops.takeone.cancel_all()")
    window.until("not STATE.jobs", 60)


def server(studio: Studio) -> None:
    """The preferences, with a server."""
    window = studio.window
    home = window.folder / "server"
    variables = {**os.environ, "TAKE_ONE_HOME": str(home), "TAKE_ONE_TOKEN": "studio"}
    command = [str(environments.python_of("backend")), "-m", "backend", "serve", "--port", "8188"]
    with subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL) as process:
        try:
            window.run("bpy.ops.takeone.connect_server(url='http://127.0.0.1:8188', token='studio')")
            window.until("STATE.backend.state == 'ready' and 'local' not in STATE.backend.message", 60)
            window.run(f"bpy.ops.preferences.addon_show(module={MODULE!r})")
            time.sleep(2)
            window.run("subprocess.run('xdotool search --name Preferences windowmove 300 100', shell=True)")
            studio.keep("server")
        finally:
            process.terminate()


def install(profile: Path, home: Path) -> None:
    """The panel where nothing is installed yet."""
    variables = {"BLENDER_USER_RESOURCES": str(profile), "TAKE_ONE_HOME": str(home), "TAKE_ONE_PYTHON": ""}
    with BlenderWindow(home / "install", variables, ("--online-mode",)) as window:
        window.run(ROOM)
        window.show_tab()
        window.until("STATE.backend.state == 'missing'", 30)
        Studio(window).keep("install", "VIEW_3D")


SCENES: tuple[Callable[[Studio], None], ...] = (first_take, error, walkthrough, edit, cut, queue, walk, server)


def main(names: list[str]) -> None:
    """Make the pictures of the scenes named, or all."""
    IMAGES.mkdir(exist_ok=True)
    zip_path = build.build(ROOT / "dist")
    python = os.environ.get("TAKE_ONE_PYTHON") or str(environments.python_of("backend"))
    with tempfile.TemporaryDirectory() as folder:
        profile, home = Path(folder) / "profile", Path(folder) / "home"
        profile.mkdir()
        install_zip(zip_path, profile)
        if not names or "install" in names:
            install(profile, home / "none")
        scenes = [scene for scene in SCENES if not names or scene.__name__ in names]
        if not scenes:
            return
        variables = {"BLENDER_USER_RESOURCES": str(profile), "TAKE_ONE_HOME": str(home), "TAKE_ONE_PYTHON": python}
        with BlenderWindow(Path(folder) / "blender", variables) as window:
            window.run(ROOM)
            window.run(f"bpy.ops.wm.save_as_mainfile(filepath={str(Path(folder) / 'film.blend')!r})")
            for scene in scenes:
                scene(Studio(window))


if __name__ == "__main__":
    main(sys.argv[1:])
