"""With an account elsewhere: the real backend, and providers' fakes beside it."""

from __future__ import annotations

import base64
import json
import os
import shutil
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from rooms import room
from take_one.client.home import home
from take_one.client.protocol import Price
from take_one.client.target import LocalTarget
from take_one.scene.app.app import app
from take_one.scene.app.state import UNCERTAIN
from take_one.scene.model.shots import films, kept
from take_one.scene.model.shots.shot_list import add_shot
from take_one.scene.session import jobs, pump
from take_one.scene.session.press import quotes
from take_one.scene.session.server import connection, preferences
from take_one.scene.session.server.connection import session

ROOT = Path(__file__).resolve().parents[3]
PYTHON = os.environ.get("TAKE_ONE_PYTHON") or str(ROOT / ".dev" / "backend" / "bin" / "python")
KEY = "sk-a-key-that-nobody-may-ever-see-0123456789"
HORSE, GEN, REFERENCES = "fal-happyhorse-1.1", "runway-gen-4.5", "fal-happyhorse-1.1-references"

pytestmark = pytest.mark.skipif(not Path(PYTHON).exists(), reason="needs the backend's environment")


class Fakes:
    """The fakes' process."""

    def __init__(self, *names: str) -> None:
        self._process = subprocess.Popen(
            [PYTHON, "-m", "tests.backend.hosted.fakes.serve", *names],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.addresses = json.loads(self._process.stdout.readline())

    def script(self, **scripts: dict) -> dict[str, list]:
        """Sets scripts. The orders that each has taken."""
        self._process.stdin.write(json.dumps(scripts) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(10)


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fakes]:
    providers = Fakes("fal", "runway")
    accounts = {name: {"address": url, "kept": "environment"} for name, url in providers.addresses.items()}
    (home() / "accounts.json").write_text(json.dumps(accounts))
    for variable in ("FAL_KEY", "RUNWAYML_API_SECRET"):
        monkeypatch.setenv(variable, KEY)
    online = bpy.context.preferences.system.use_online_access
    bpy.context.preferences.system.use_online_access = True
    yield providers
    bpy.context.preferences.system.use_online_access = online
    providers.close()
    (home() / "accounts.json").unlink()


def until(true, seconds: float = 60) -> None:
    """Handles events until something is so."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, app().state.last_error
        event = session().next_event(0.2)
        if event is not None:
            pump.handle(event)


def picture(path: Path, size: tuple[int, int]) -> None:
    """A grey picture of this size."""
    image = bpy.data.images.new(path.stem, *size)
    image.filepath_raw, image.file_format = str(path), "PNG"
    image.save()
    bpy.data.images.remove(image)


def size_of(url: str) -> tuple[int, int]:
    """Of a picture in a data URL."""
    kind, _, data = url.partition(";base64,")
    assert kind == "data:image/png"
    return struct.unpack(">II", base64.b64decode(data)[16:24])


def own_jobs() -> list[str]:
    """The jobs of the film that is open; others' films may have some that wait for them."""
    return [key for key, job in app().state.jobs.items() if films.is_open(job.binding.file_id)]


def test_a_hosted_take_from_its_price_to_the_edit(tmp_path, fakes, monkeypatch):
    scene = room(320, 180)
    scene.frame_set(37)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    shot = add_shot(scene)
    shot.prompt, shot.seconds, shot.engine = "slowly push in", 3.0, HORSE
    connection.use(LocalTarget(root=ROOT, python=Path(PYTHON)))
    until(lambda: app().state.engine(HORSE) is not None)
    engine = app().state.engine(HORSE)
    assert (engine.available, engine.sends_to, engine.account) == (True, "fal", "fal")
    assert quotes.of_card(shot).cost.amount == pytest.approx(0.42)  # by what it declares

    quotes.wanted(quotes.of_card(shot))
    until(lambda: app().part(quotes.Quotes).prices)
    assert quotes.of_card(shot).cost == Price(
        0.42, as_of="2026-11-27", source="https://fal.ai/models/alibaba/happy-horse/v1.1/image-to-video"
    )
    budgets = SimpleNamespace(budget_day=0.0, budget_film=0.4, backend="LOCAL")
    monkeypatch.setattr(preferences, "preferences", lambda: budgets)
    with pytest.raises(RuntimeError, match=r"This makes \$0\.42, and the budget of this film is \$0\.40"):
        bpy.ops.takeone.animate_frame()
    camera = scene.camera
    camera.select_set(True)
    with pytest.raises(RuntimeError, match="budget of this film"):
        bpy.ops.takeone.animate_cameras()
    assert fakes.script() == {"fal": [], "runway": []}
    assert bpy.ops.takeone.animate_frame(pay=True) == {"FINISHED"}
    (take,) = shot.takes
    assert (take.status, take.engine) == ("READY", HORSE)
    assert kept.read(take).cost.amount == pytest.approx(0.42)
    (order,) = fakes.script()["fal"]
    assert order["body"]["duration"] == 3
    assert order["body"]["prompt"] == "slowly push in."

    with pytest.raises(RuntimeError, match=r"This makes \$0\.96, and the budget of this film is \$0\.40"):  # in 1080p
        bpy.ops.takeone.refine(engine=HORSE)
    assert len(fakes.script()["fal"]) == 1
    Path(bpy.path.abspath(take.clip)).unlink()
    with pytest.raises(RuntimeError, match="budget of this film"):
        bpy.ops.takeone.make_again()
    assert bpy.ops.takeone.make_again(pay=True) == {"FINISHED"}
    assert len(fakes.script()["fal"]) == 2
    spending = 2 * 0.42

    budgets.budget_film = 1.5
    until(
        lambda: (
            quotes.wanted(quotes.of_card(shot)) or app().part(quotes.Quotes).film == pytest.approx({"USD": spending})
        )
    )
    assert quotes.question([quotes.Wish(engine, 3.0)]) == ""
    assert "This makes $1.68" in quotes.question([quotes.Wish(engine, 3.0, count=2)])
    assert "This makes $1.68" in quotes.question([quotes.Wish(engine, 3.0)] * 2)
    euros = Price(0.01, "EUR")
    for said in (euros, Price(0.0, "EUR"), Price(0.0)):  # of a file
        assert "This makes $1.68" in quotes.question([quotes.Wish(engine, 3.0, count=2, price=said)])
    assert quotes.total_of((Price(0.5), euros, Price(0.25), euros)) == "$0.75 + 0.02 EUR"
    app().part(quotes.Quotes).pressed["p"] = Price(0.5)  # the backend does not say yet that it knows of it
    assert "This makes $1.76" in quotes.question([quotes.Wish(engine, 3.0)])
    until(lambda: quotes.wanted(quotes.of_card(shot)) or not app().part(quotes.Quotes).pressed)  # as the card draws
    assert quotes.question([quotes.Wish(engine, 3.0)]) == ""

    fakes.script(runway={"lose_answers": 1})
    shot.engine = GEN
    with pytest.raises(RuntimeError, match="not known"):
        bpy.ops.takeone.animate_frame(pay=True)
    (key,) = [key for key, job in app().state.jobs.items() if job.status == UNCERTAIN]
    assert app().state.last_error.fix == "send_again"
    assert len(fakes.script()["runway"]) == 1
    bpy.ops.takeone.look_again(job=key)
    until(lambda: app().state.jobs.get(key) is not None and app().state.jobs[key].status == UNCERTAIN)
    assert len(fakes.script()["runway"]) == 1  # it was looked for, and not sent
    bpy.ops.takeone.send_again(job=key)
    until(lambda: shot.takes[-1].status == "READY")
    assert len(fakes.script()["runway"]) == 2
    assert not own_jobs()

    budgets.budget_film = 0.0
    shot.engine, shot.prompt = REFERENCES, "character1 bows to character2"
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, size in (("anna", (500, 900)), ("fan", (640, 480)), ("spare", (600, 600))):
        picture(folder / f"{name}.png", size)
    names = [{"name": f"{name}.png"} for name in ("anna", "spare", "fan")]
    assert bpy.ops.takeone.reference_add(directory=str(folder), files=names) == {"FINISHED"}
    assert bpy.ops.takeone.reference_remove(index=1) == {"FINISHED"}
    assert [one.path for one in shot.references] == ["//mine/anna.png", "//mine/fan.png"]
    assert bpy.ops.takeone.animate_frame() == {"FINISHED"}
    take = shot.takes[-1]
    asked = kept.read(take).request
    assert [path.name for path in asked.references] == ["reference_1.png", "reference_2.png"]
    assert [path.parent for path in asked.references] == [asked.still.image.parent] * 2
    assert asked.references[0].read_bytes() == (folder / "anna.png").read_bytes()
    sent = fakes.script()["fal"][-1]["body"]
    assert (sent["prompt"], sent["aspect_ratio"]) == ("character1 bows to character2.", "16:9")
    assert [size_of(url) for url in sent["image_urls"]] == [
        (500, 900),
        (640, 480),
        (711, 400),
    ]  # the still last, as large as it must be
    shutil.rmtree(folder)
    Path(bpy.path.abspath(take.clip)).unlink()
    assert bpy.ops.takeone.make_again() == {"FINISHED"}  # of the copies with the take
    assert fakes.script()["fal"][-1]["body"]["image_urls"] == sent["image_urls"]

    bpy.context.preferences.system.use_online_access = False
    connection.begin(False)
    until(lambda: not app().state.engine(HORSE).available)
    assert (app().state.engine(HORSE).fix, app().state.engine("draft").available) == ("online_access", True)
    assert "online access is off" in app().state.engine(HORSE).reason

    bpy.ops.wm.save_mainfile(compress=False)
    for folder in (tmp_path, home()):
        for path in folder.rglob("*"):
            assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


def test_removing_an_uncertain_order_forgets_it(tmp_path, fakes):
    scene = room(320, 180)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    shot = add_shot(scene)
    shot.prompt, shot.seconds, shot.engine = "rain", 2.0, GEN
    connection.use(LocalTarget(root=ROOT, python=Path(PYTHON)))
    until(lambda: app().state.engine(GEN) is not None)
    fakes.script(runway={"lose_answers": 1})
    with pytest.raises(RuntimeError, match="not known"):
        bpy.ops.takeone.animate_frame()
    (key,) = own_jobs()
    jobs.cancel(key)
    assert not own_jobs()
    until(lambda: key not in session().unfinished())
    assert len(fakes.script()["runway"]) == 1
