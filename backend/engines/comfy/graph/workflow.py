"""A workflow in ComfyUI's API format: nodes by their ids, each with a class, inputs and a title.

Source: ComfyUI 0.3.64, `execution.validate_prompt` and `comfy_execution/graph_utils.is_link`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from client.protocol.codec import nests_deeper

from ...engine import EngineError

MAX_FILE = 1 << 20  # bytes
MAX_NODES = 1000
MAX_NAME = 200  # characters of an id, a class, a title


@dataclass(frozen=True)
class Place:
    """An input of a node."""

    node: str
    name: str


@dataclass(frozen=True)
class Node:
    """`kind` is its class. An input is a value, or a link to another node's output (see `link`)."""

    id: str
    kind: str
    title: str
    inputs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What people know it by."""
        return f'"{self.title}" (#{self.id})' if self.title else f"{self.kind} (#{self.id})"


@dataclass(frozen=True)
class Workflow:
    """`nodes` are in the order of the file."""

    nodes: Mapping[str, Node]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The classes of its nodes, each once."""
        return tuple(dict.fromkeys(node.kind for node in self.nodes.values()))

    def value(self, place: Place) -> Any:
        """What stands at an input."""
        return self.nodes[place.node].inputs[place.name]

    def readers(self, node: str) -> Iterator[Place]:
        """The inputs that are linked to a node."""
        for other in self.nodes.values():
            for name, value in other.inputs.items():
                if link(value) == node:
                    yield Place(other.id, name)


def link(value: Any) -> str | None:
    """The id of the node that an input comes from, None where it has a value of its own."""
    linked = isinstance(value, list) and len(value) == 2 and isinstance(value[0], str)
    return value[0] if linked and isinstance(value[1], int | float) else None


def read(data: bytes) -> Workflow:
    """The workflow in a file.

    Raises:
        EngineError: `workflow_unfit`: what is wrong with it, and how it is exported.
    """
    if len(data) > MAX_FILE:
        raise unfit(f"it is larger than {MAX_FILE >> 20} MiB")
    try:
        graph = json.loads(data)
        json.dumps(graph, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise unfit("it is no JSON") from None
    if nests_deeper(graph):
        raise unfit("it is nested too deeply")
    if not isinstance(graph, dict):
        raise unfit("it is no JSON object")
    if isinstance(graph.get("nodes"), list):
        raise unfit("it was saved for the canvas: export it with Export (API) in ComfyUI's menu")
    if set(graph) == {"prompt"} and isinstance(graph["prompt"], dict):  # as it was sent to ComfyUI
        graph = graph["prompt"]
    if not 0 < len(graph) <= MAX_NODES:
        raise unfit(f"it has {len(graph)} nodes, and 1 to {MAX_NODES} can be used")
    return Workflow({id: _node(id, data) for id, data in graph.items()})


def unfit(why: str) -> EngineError:
    """A workflow that can't be used."""
    return EngineError("workflow_unfit", f"This workflow can't be used: {why}.")


def _node(id: str, data: Any) -> Node:
    kind, inputs = (data.get("class_type"), data.get("inputs")) if isinstance(data, dict) else (None, None)
    if not isinstance(kind, str) or not kind or not isinstance(inputs, dict) or max(len(id), len(kind)) > MAX_NAME:
        raise unfit(f"its part {id[:40]!r} is no node. Export it with Export (API) in ComfyUI's menu")
    about = data.get("_meta")
    title = about.get("title") if isinstance(about, dict) else None
    return Node(id, kind, " ".join(title.split())[:MAX_NAME] if isinstance(title, str) else "", inputs)
