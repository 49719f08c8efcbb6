"""The engine of a workflow: filled in, queued in ComfyUI once, followed, and its clip fetched.

Its state has a `phase`, as that of a hosted engine:

- "sending": it is about to be queued, or was. Whoever finds it here looks for it in ComfyUI's queue and history, under
  the `id` that it was sent with. Both are whole, so where it is in neither, ComfyUI does not have it, and it is sent.
- "sent": ComfyUI has it, as `prompt`.
- "unsent": ComfyUI does not have it: it may be sent.
"""

from __future__ import annotations

import dataclasses
import tempfile
import uuid
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

from client.protocol import EngineInfo, Price, TakeRequest

from ...guide.limits import limits
from ..engine import Cancelled, Clip, Commit, EngineError, Progress
from ..hosted.request.words import prompt_of
from ..hosted.wire.http import Unanswered, Unreached, Wire
from . import shelf
from .follow import followed, sought, take_back
from .graph.fill import Graph, fill, frames_of, rate_of, values
from .graph.parts import DEPTH, FPS, LAST_FRAME, MOVIES, PROMPT, SOUND, STILL, Parts, option, parts
from .graph.spec import Kinds, of
from .graph.workflow import Workflow
from .pictures import pictures
from .server import address as addresses
from .server import calls
from .server.address import LABEL
from .server.known import known
from .server.problems import missing
from .work import SENDING, SENT, UNSENT, Work, facts_of

TRIES = 2  # of an order of which ComfyUI turns out to know nothing


class ComfyEngine:
    """The engine of the workflow `name`."""

    def __init__(self, name: str) -> None:
        self._name = name

    def capabilities(self) -> EngineInfo:
        about = EngineInfo(shelf.PREFIX + self._name, f"{self._name} ({LABEL})", lane="network", needs_still=False)
        try:
            workflow = shelf.workflow(self._name)
            at = addresses.address()
            about = _described(about, workflow, {}, at)
            addresses.check_online(at)
        except EngineError as error:
            return dataclasses.replace(about, available=False, reason=error.message, fix=error.fix)
        answers, why, kinds, whole = known(at, workflow.kinds)
        about = _described(about, workflow, kinds, at)
        problem = addresses.unreached(at, why) if answers is False else None
        if problem is None and whole:
            problem = missing(LABEL, workflow, kinds)
        if problem is None:
            return about
        return dataclasses.replace(about, available=False, reason=problem.message, fix=problem.fix)

    def final_prompt(self, request: TakeRequest) -> str:
        return _prompt(parts(shelf.workflow(self._name)), request)

    def generate(self, request: TakeRequest, progress: Progress, cancelled: Callable[[], bool], commit: Commit) -> Clip:
        return self._named(self._send(Work(request, progress, cancelled, commit, {"address": addresses.address()})))

    def resume(
        self,
        state: dict[str, Any],
        request: TakeRequest,
        progress: Progress,
        cancelled: Callable[[], bool],
        commit: Commit,
    ) -> Clip:
        if state["phase"] == UNSENT:
            return self.generate(request, progress, cancelled, commit)
        work = Work(request, progress, cancelled, commit, dict(state))
        with work.wire() as wire:
            if state["phase"] == SENT:
                return self._named(followed(wire, work))
            prompt = sought(wire, work)
            if prompt is not None:
                _keep_sent(wire, work, prompt)
                return self._named(followed(wire, work))
        return self._named(self._send(work))

    def _send(self, work: Work) -> Clip:
        """Queues it and waits. Nothing is sent before it is known that ComfyUI has all its nodes."""
        workflow = shelf.workflow(self._name)
        with work.wire() as wire:
            work.progress(0.01, f"Sending to {LABEL}")
            try:
                graph, rate = _graph(wire, workflow, work)
            except Unreached as error:
                raise addresses.unreached(work.address, str(error)) from None
            for _ in range(TRIES):
                work.keep(phase=SENDING, id=str(uuid.uuid4()), **facts_of(graph, rate))
                prompt = _queued(wire, work, graph)
                if prompt is not None:
                    _keep_sent(wire, work, prompt)
                    return followed(wire, work)
            work.keep(phase=UNSENT)
            raise addresses.unreached(work.address, "it did not answer when the take was sent")

    def _named(self, clip: Clip) -> Clip:
        clip.facts["workflow"] = self._name
        return clip


def _queued(wire: Wire, work: Work, graph: Graph) -> str | None:
    """Sends it once. Gives its id in ComfyUI, None where that turns out not to have it."""
    try:
        return calls.submit(wire, graph, str(work.state["id"]))
    except Unanswered:
        return sought(wire, work)
    except Unreached as error:
        work.keep(phase=UNSENT)
        raise addresses.unreached(work.address, str(error)) from None
    except EngineError:
        work.keep(phase=UNSENT)
        raise


def _keep_sent(wire: Wire, work: Work, prompt: str) -> None:
    """Writes down that ComfyUI has it; takes it back where nobody wants it any more."""
    try:
        work.keep(phase=SENT, prompt=prompt)
    except Cancelled:
        take_back(wire, prompt)
        raise


def _graph(wire: Wire, workflow: Workflow, work: Work) -> tuple[Graph, Fraction]:
    """What is sent, its pictures and movies uploaded, and the rate of what it makes.

    Raises:
        Unreached.
        EngineError: `engine_unavailable`: nodes are missing; `invalid_request`: a picture is; those of a guide.
        Cancelled.
    """
    request = work.request
    kinds = calls.kinds(wire, workflow.kinds)
    if (lacking := missing(wire.label, workflow, kinds)) is not None:
        raise lacking
    found = parts(workflow)
    filled: dict[Any, Any] = values(workflow, found, kinds, request, _prompt(found, request))
    here, moving = pictures(request), found.moving()
    stills = {role: [place for place in places if place.name not in MOVIES] for role, places in found.places.items()}
    wanted = {place: f"{role}.png" for role in here for place in stills.get(role, ())}
    if request.still is not None and request.still.depth is not None:
        wanted |= {place: f"{role}.mp4" for role, places in moving.items() for place in places}
    fill(workflow, found, kinds, filled | wanted)  # it can do without those that there are not
    for role, png in here.items():
        if places := stills.get(role):
            filled |= dict.fromkeys(places, calls.upload(wire, role, png))
    if moving:
        filled |= _guided(wire, workflow, work, found, filled)
    return fill(workflow, found, kinds, filled), rate_of(found, filled)


def _guided(wire: Wire, workflow: Workflow, work: Work, found: Parts, filled: dict[Any, Any]) -> dict[Any, Any]:
    """The movies of the camera's way, uploaded: what their inputs get."""
    from .streams import streams

    moving, names = found.moving(), dict[Any, Any]()
    rate, seconds = rate_of(found, filled), work.request.seconds
    count = frames_of(workflow, found, filled, seconds)

    def drawn(share: float) -> None:
        work.progress(0.01 + 0.01 * share, "Drawing the guide")

    with tempfile.TemporaryDirectory(prefix="take-one-guide-") as folder:
        made = streams(work.request, rate, count, moving, Path(folder), drawn, work.cancelled)
        for role, path in made.items():
            names |= dict.fromkeys(moving[role], calls.upload(wire, role, path.read_bytes(), "video/mp4"))
    return names


def _prompt(found: Parts, request: TakeRequest) -> str:
    """The words that go to the node Prompt: what is heard goes with them, unless it has a node of its own."""
    return prompt_of(request, sound=found.sound and not found.has(SOUND))


def _described(about: EngineInfo, workflow: Workflow, kinds: Kinds, at: str) -> EngineInfo:
    """The engine of a workflow, as if it could run."""
    found = parts(workflow)
    here, guided = addresses.is_here(at), bool(found.moving())
    used = ", ".join(role.replace("_", " ") for role in found.places) or "nothing of the shot"
    return dataclasses.replace(
        about,
        description=f"Your own workflow in {LABEL}. It uses: {used}.",
        fps=None if found.has(FPS) else found.rate,
        sound=found.sound,
        dialogue=found.sound and found.has(PROMPT),
        depth=found.has(DEPTH) or guided,
        camera_path=guided,
        last_frame=found.has(LAST_FRAME),
        views=limits().views if guided else 2 if found.has(LAST_FRAME) else 1,
        needs_still=found.has(STILL),
        prompt_form=found.has(PROMPT),
        options=tuple(option(setting, of(workflow, kinds, setting.place)) for setting in found.settings),
        sends_to="" if here else addresses.place(at),
        account="" if here else addresses.PROVIDER,
        rate=None if here else Price(0.0, source="your own server", per="second"),
    )
