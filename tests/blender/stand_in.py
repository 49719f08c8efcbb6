"""A session without threads, that keeps what it is given; and events as a real one sends them."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import bpy
from take_one.client import events
from take_one.client.protocol import Binding, EngineInfo, Job, JobState, Price, Result, TakeRequest, WordsPath
from take_one.scene.app.app import app
from take_one.scene.edit import strips
from take_one.scene.model.shots import takes
from take_one.scene.model.shots.shot_list import ensure_ids
from take_one.scene.session.server.connection import Connection

DRAFT = EngineInfo("draft", "Draft", max_seconds=60, max_pixels=4096 * 2304)
HORSE = EngineInfo("horse", "Horse", max_seconds=8, max_pixels=1920 * 1088, prompt_form=True)
PLAIN = EngineInfo("plain", "Plain", max_seconds=4, depth=True, sound=False)
RICH = EngineInfo(
    "rich", "Rich", sound=True, dialogue=True, camera_path=True, views=4, words_path=True, handles=True,
    languages=("English",), references=2,
)  # fmt: skip


class StandIn:
    """In place of client.session.Session."""

    def __init__(self):
        self.keys: list[str] = []
        self.requests: list[TakeRequest] = []
        self.paths: list[Path] = []
        self.cancelled: list[str] = []
        self.coming: list[events.Event] = []
        self.landed_keys: list[str] = []
        self.composed: list[tuple] = []
        self.asked: list[tuple] = []
        self.ahead: list[tuple] = []
        self.path: WordsPath | None = None  # that words mean; None: nobody answers
        self.quoted: list[dict] = []
        self.prices: dict[str, Price] = {}  # live ones, by the quality that is asked for
        self.replays = 0
        self.closed = False

    def submit(self, key, request, path):
        assert request.binding is not None
        self.keys.append(key)
        self.requests.append(request)
        self.paths.append(path)

    def compose_prompt(self, *asked):
        self.composed.append(asked)

    def words_path(self, *asked):
        self.asked.append(asked)

    def path_ahead(self, *asked):
        self.ahead.append(asked)
        answer = Future()
        if self.path is not None:
            answer.set_result(self.path)
        return answer

    def quote(self, key, fields, _film, _since):
        self.quoted.append(fields)
        price = self.prices.get(fields["extra_params"]["options"].get("quality", ""))
        self.coming.append(events.Quote(key, price, {}, {}))

    def cancel(self, key):
        self.cancelled.append(key)

    def cancel_all(self):
        self.cancelled.append("all")

    def landed(self, key):
        self.landed_keys.append(key)

    def next_event(self, timeout):
        return self.coming.pop(0) if self.coming else None

    def poll(self):
        return []

    def replay(self):
        self.replays += 1

    def unfinished(self):
        return []

    def close(self):
        self.closed = True


def attach() -> StandIn:
    """Make a stand-in the session, with a backend that is ready."""
    fake = StandIn()
    app().part(Connection).session = fake
    app().state.backend.state = "ready"
    app().state.engines = (DRAFT, HORSE)
    return fake


def binding_of(shot, key="k1", number=1, **more) -> Binding:
    """The binding of a take of this shot."""
    file_id, scene_uid = ensure_ids(shot.id_data)
    whole = Binding(file_id, scene_uid, shot.uid, key, shot.name, number, placement="PLAYHEAD", frame=30)
    return replace(whole, **more)


def ready(shot, key="k1", number=1, source=None, fps=None, **binding) -> events.TakeReady:
    """The event of a finished take, its clip in the shot's folder."""
    folder = takes.shot_folder(shot)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (takes.take_name(shot.name, number) + ".mp4")
    path.write_bytes(Path(source).read_bytes())
    path.with_suffix(".json").write_text("{}")
    job = Job(
        f"job-{key}",
        JobState.COMPLETED,
        model="draft",
        prompt="push in",
        seconds=1.0,
        fps=fps,
        seed=5,
        result=Result(frames=24, sound_seconds=1.0, notes=("The words chose a push in.",)),
    )
    return events.TakeReady(key, path, path.with_suffix(".json"), job, binding_of(shot, key, number, **binding))


def finish(session: StandIn, index: int, source) -> events.TakeReady:
    """The event of a request that the stand-in was given, its clip where it was to go."""
    path, request = session.paths[index], session.requests[index]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(Path(source).read_bytes())
    path.with_suffix(".json").write_text("{}")
    job = Job("job", JobState.COMPLETED, model=request.engine, seed=request.seed, result=Result(notes=("Done.",)))
    return events.TakeReady(session.keys[index], path, path.with_suffix(".json"), job, request.binding)


def seen(scene_name="Edit"):
    """Name, first frame, frame after the last one and channel of every strip of an edit."""
    scene = bpy.data.scenes.get(scene_name)
    return sorted((s.name, strips.start(s), strips.end(s), s.channel) for s in scene.sequence_editor.strips)
