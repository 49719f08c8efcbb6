"""Two lives of one Blender; see test_restart.py. `restart_script.py first|second FILM PYTHON`."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from load_extension import load

extension = load()
import bpy  # noqa: E402
import numpy as np  # noqa: E402
from take_one.client.protocol import JobState  # noqa: E402
from take_one.client.target import LocalTarget  # noqa: E402
from take_one.scene.app.app import app  # noqa: E402
from take_one.scene.edit import strips  # noqa: E402
from take_one.scene.model.shots.shot_list import add_shot  # noqa: E402
from take_one.scene.session import jobs, pump  # noqa: E402
from take_one.scene.session.press.press import Call, make_order  # noqa: E402
from take_one.scene.session.server import connection  # noqa: E402

life, film, python = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
TARGET = LocalTarget(root=Path(__file__).resolve().parents[3], python=python)


def pump_until(done, seconds: float = 300.0) -> None:
    """What the timer does, without a window. On a busy machine a backend that compiles its kernels takes minutes."""
    ends = time.monotonic() + seconds
    while not done():
        if time.monotonic() > ends or app().state.last_error:
            sys.exit(f"not in time: {app().state}")
        pump.pump()
        time.sleep(0.02)


if life == "first":
    picture = bpy.data.images.new("still", 96, 64)
    noise = np.random.default_rng(1).random(96 * 64 * 4, np.float32)
    picture.pixels.foreach_set(noise)
    picture.filepath_raw, picture.file_format = str(film.with_name("still.png")), "PNG"
    picture.save()
    shot = add_shot(bpy.context.scene)
    shot.name, shot.prompt, shot.seconds = "Kitchen", "pan left", 0.5
    shot.still_source, shot.image_path = "IMAGE", str(film.with_name("still.png"))
    bpy.ops.wm.save_as_mainfile(filepath=str(film))
    connection.use(TARGET)
    (key,) = jobs.start(make_order(bpy.context, shot, Call((3,))))
    pump_until(lambda: app().state.jobs[key].status in {JobState.QUEUED, JobState.IN_PROGRESS})
    film.with_name("key.txt").write_text(key)
    os.kill(os.getpid(), signal.SIGKILL)

connection.use(TARGET)  # another file is open: the take must wait
key = film.with_name("key.txt").read_text()
pump_until(lambda: key in app().state.jobs and app().state.jobs[key].status == "waiting_file")
waited = "Edit" not in bpy.data.scenes
bpy.ops.wm.open_mainfile(filepath=str(film))
pump_until(lambda: key not in app().state.jobs)
shot = bpy.context.scene.take_one.shots[0]
pump_until(lambda: key not in connection.session().unfinished())
print(
    "RESULT",
    json.dumps(
        {
            "waited": waited,
            "takes": [(take.uid == key, take.number, take.status, take.seed, take.clip) for take in shot.takes],
            "clip": Path(bpy.path.abspath(shot.takes[0].clip)).stat().st_size > 1000,
            "lengths": [strips.length(strip) for _, strip in strips.strips_of_take(key)],
        }
    ),
)
extension.unregister()
