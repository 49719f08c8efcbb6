"""What ComfyUI says of a node's inputs: range, step and choices.

Source: ComfyUI 0.3.64, `server.node_info` and `comfy/comfy_types/node_typing.py`: an input is [type, {"min": ...}], its
type a list of the choices themselves, or "COMBO" with {"options": [...]}.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .workflow import Place, Workflow

MAX_CHOICES = 500
MAX_NUMBER = 1e300  # beyond it, and for infinity, a number is taken as not given


@dataclass(frozen=True)
class Input:
    """`choices` is empty for what is none of a few."""

    required: bool
    low: float | None = None
    high: float | None = None
    step: float = 0.0
    choices: tuple[str, ...] = ()
    tooltip: str = ""


@dataclass(frozen=True)
class Kind:
    """A class of nodes. `is_output`: what it makes is a result."""

    inputs: Mapping[str, Input]
    is_output: bool = False


Kinds = Mapping[str, Kind]  # by class; what is not known is not there
NONE = Input(False)


def kind_of(data: Any) -> Kind:
    """The class of which ComfyUI says `data`."""
    inputs, given = {}, data.get("input") if isinstance(data, dict) else None
    for group in ("required", "optional"):
        members = given.get(group) if isinstance(given, dict) else None
        for name, about in (members or {}).items() if isinstance(members, dict) else ():
            inputs[name] = _input(about, group == "required")
    return Kind(inputs, isinstance(data, dict) and data.get("output_node") is True)


def of(workflow: Workflow, kinds: Kinds, place: Place) -> Input:
    """What is known of an input. Of a node that only hands a value on, it is what its reader wants."""
    node = workflow.nodes[place.node]
    own = _declared(kinds, node.kind, place.name)
    if len(node.inputs) > 1 and node.kind != PARAMETER:
        return own
    wanted = [_declared(kinds, workflow.nodes[reader.node].kind, reader.name) for reader in workflow.readers(node.id)]
    known = [one for one in wanted if one is not NONE] or [own]
    return max(known, key=lambda one: (one.step, len(one.choices)))


PARAMETER = "ETN_Parameter"  # of the nodes for krita-ai-diffusion


def _declared(kinds: Kinds, kind: str, name: str) -> Input:
    return kinds[kind].inputs.get(name, NONE) if kind in kinds else NONE


def _input(about: Any, required: bool) -> Input:
    kind, more = (about[0], about[1] if len(about) > 1 else {}) if isinstance(about, list) and about else (None, {})
    more = more if isinstance(more, dict) else {}
    choices = kind if isinstance(kind, list) else more.get("options") if kind == "COMBO" else ()
    return Input(
        required,
        number(more.get("min")),
        number(more.get("max")),
        number(more.get("step")) or 0.0,
        tuple(one for one in choices if isinstance(one, str))[:MAX_CHOICES] if isinstance(choices, list) else (),
        str(more.get("tooltip") or "")[:300],
    )


def number(value: Any) -> float | None:
    """A finite number, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) <= MAX_NUMBER else None
