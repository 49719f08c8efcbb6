"""A workflow filled in for one request: what is sent to ComfyUI."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from client.protocol import TakeRequest
from client.protocol.rates import exact_rate

from ...engine import EngineError
from .parts import DEFAULT_RATE, FILES, FPS, HEIGHT, LENGTH, PROMPT, SECONDS, SEED, SOUND, WIDTH, Parts
from .spec import PARAMETER, Input, Kinds, of
from .workflow import Node, Place, Workflow, link

NAMES = {
    "still": "a still",
    "last_frame": "a last frame",
    "depth": "the depth of the still",
    "guide": "a guide, which is made of a still with depth",
    "mask": "a mask, which is made of a still with depth",
}
Graph = dict[str, dict[str, Any]]  # as ComfyUI takes it


def values(workflow: Workflow, parts: Parts, kinds: Kinds, request: TakeRequest, prompt: str) -> dict[Place, Any]:
    """What each input gets of a request, its pictures apart: within the range and the steps that ComfyUI declares.

    The length is in frames of the workflow's own rate, the least that it takes which hold the whole take.
    """
    found: dict[Place, Any] = {}

    def put(role: str, value: float, up: bool = False) -> None:
        for place in parts.places.get(role, ()):
            whole = isinstance(workflow.value(place), int)
            found[place] = fitted(value, of(workflow, kinds, place), whole, up)

    put(FPS, float(request.fps))
    put(LENGTH, math.ceil(request.seconds * rate_of(parts, found) - 1e-6), up=True)
    put(SECONDS, request.seconds)
    put(WIDTH, request.width)
    put(HEIGHT, request.height)
    put(SEED, request.seed)
    found |= dict.fromkeys(parts.places.get(PROMPT, ()), prompt)
    found |= dict.fromkeys(parts.places.get(SOUND, ()), request.direction.sound)
    for setting in parts.settings:
        if setting.name in request.options:
            found[setting.place] = request.options[setting.name]
    return found


def frames_of(workflow: Workflow, parts: Parts, filled: Mapping[Place, Any], seconds: float) -> int:
    """How many frames a workflow with these values makes of so many seconds."""
    for place in parts.places.get(LENGTH, ()):
        return max(1, int(filled.get(place, workflow.value(place))))
    return max(1, math.ceil(seconds * rate_of(parts, filled) - 1e-6))


def rate_of(parts: Parts, values: Mapping[Place, Any]) -> Fraction:
    """The frames a second of what a workflow makes with these values."""
    for place in parts.places.get(FPS, ()):
        return exact_rate(values[place])
    return parts.rate or DEFAULT_RATE


def fitted(value: float, about: Input, whole: bool, up: bool = False) -> float:
    """`value` on a step of the input, the next one `up` or the nearest, within its range."""
    low = about.low or 0.0
    if whole and about.step > 1:
        steps = (value - low) / about.step
        value = low + about.step * (math.ceil(steps - 1e-9) if up else round(steps))
    if about.low is not None:
        value = max(value, about.low)
    if about.high is not None:
        value = min(value, about.high)
    return round(value) if whole else float(value)


def fill(workflow: Workflow, parts: Parts, kinds: Kinds, values: Mapping[Place, Any]) -> Graph:
    """The workflow with `values` in it. What depends on a picture that is not among them is left out, as far as nodes
    can do without; ETN_Parameter nodes give way to their values, so that ComfyUI needs none.

    Raises:
        EngineError: `invalid_request`: it can't do without.
    """
    nodes = _without(workflow, kinds, {place.node: role for role, place in _missing(parts, values)})
    graph: Graph = {}
    for id in nodes:
        node = workflow.nodes[id]
        if node.kind != PARAMETER:
            inputs = {name: _input(workflow, values, Place(id, name)) for name in nodes[id]}
            graph[id] = {"class_type": node.kind, "inputs": inputs, "_meta": {"title": node.title or node.kind}}
    return graph


def _missing(parts: Parts, values: Mapping[Place, Any]) -> list[tuple[str, Place]]:
    return [(role, place) for role in FILES for place in parts.places.get(role, ()) if place not in values]


def _without(workflow: Workflow, kinds: Kinds, gone: Mapping[str, str]) -> dict[str, list[str]]:
    """The nodes that are left without those of `gone` (ids, and what each lacks) and all that needs them, and their
    inputs."""
    lacking = dict(gone)
    waiting = list(gone)
    dropped: set[Place] = set()
    while waiting:
        id = waiting.pop()
        node = workflow.nodes[id]
        if node.kind in kinds and kinds[node.kind].is_output:
            raise _needed(node, lacking[id])
        for reader in workflow.readers(id):
            other = workflow.nodes[reader.node]
            about = kinds[other.kind].inputs.get(reader.name) if other.kind in kinds else None
            if about is not None and not about.required:
                dropped.add(reader)
            elif reader.node not in lacking:
                lacking[reader.node] = lacking[id]
                waiting.append(reader.node)
    left = [node for node in workflow.nodes.values() if node.id not in lacking]
    return {node.id: [name for name in node.inputs if Place(node.id, name) not in dropped] for node in left}


def _needed(node: Node, role: str) -> EngineError:
    lacks = NAMES.get(role, role)
    return EngineError("invalid_request", f"This workflow needs {lacks}: without, nothing comes to {node.label}.")


def _input(workflow: Workflow, values: Mapping[Place, Any], place: Place) -> Any:
    """What an input is sent as."""
    value = values.get(place, workflow.value(place))
    seen = set()
    while (source := link(value)) in workflow.nodes and workflow.nodes[str(source)].kind == PARAMETER:
        if source in seen:
            break
        seen.add(source)
        own = Place(str(source), "default")
        value = values.get(own, workflow.nodes[own.node].inputs.get("default"))
    return value
