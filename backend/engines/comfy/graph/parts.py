"""Which input of a workflow gets what: by the titles of its nodes.

A node titled Prompt gets the words, one titled Still the picture, and so on (`ROLES`). A node whose title ends with
"(parameter)" is a setting on the card, as is every ETN_Parameter node of krita-ai-diffusion (whose custom graphs this
follows: `ai_diffusion/custom_workflow.py`). A workflow without a node for the seed gets it wherever a seed stands, one
with a single picture gets the still there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from client.protocol import Choice, Option
from client.protocol.rates import exact_rate

from .spec import NONE, PARAMETER, Input, number
from .workflow import Node, Place, Workflow

MAX_SETTINGS = 40
LIMIT = 2**31 - 1  # of whole numbers on the card
DEFAULT_RATE = Fraction(24)
STILL, LAST_FRAME, DEPTH, GUIDE, MASK = "still", "last_frame", "depth", "guide", "mask"
FILES = (STILL, LAST_FRAME, DEPTH, GUIDE, MASK)  # roles that a shot may have nothing for
MOVIES = ("file", "video")  # inputs that take a movie: of Load Video, of VideoHelperSuite's nodes
PROMPT, SOUND, SEED = "prompt", "sound", "seed"
LENGTH, SECONDS, FPS, WIDTH, HEIGHT = "length", "seconds", "fps", "width", "height"


@dataclass(frozen=True)
class Role:
    """What a request fills in: the `titles` of its nodes, the `inputs` that may take it, the best first, and their
    `type`: text, number."""

    titles: tuple[str, ...]
    inputs: tuple[str, ...]
    type: str = "number"


ROLES: Mapping[str, Role] = {
    STILL: Role(("still", "first frame", "start frame", "start image", "input image"), ("image",), "text"),
    LAST_FRAME: Role(("last frame", "end frame", "end image"), ("image",), "text"),
    DEPTH: Role(("depth", "depth map"), ("image", *MOVIES), "text"),
    GUIDE: Role(("guide", "warp"), MOVIES, "text"),
    MASK: Role(("mask", "hole mask"), MOVIES, "text"),
    PROMPT: Role(("prompt", "positive prompt", "positive"), ("text", "prompt", "value", "string"), "text"),
    SOUND: Role(("sound", "sound prompt"), ("text", "prompt", "value", "string"), "text"),
    SEED: Role(("seed", "noise seed"), ("seed", "noise_seed", "value")),
    LENGTH: Role(("length", "frames", "frame count"), ("length", "frames", "num_frames", "amount", "value")),
    SECONDS: Role(("seconds", "duration"), ("seconds", "duration", "value")),
    FPS: Role(("fps", "frame rate"), ("fps", "frame_rate", "value")),
    WIDTH: Role(("width", "size"), ("width", "value")),
    HEIGHT: Role(("height", "size"), ("height", "value")),
}
MARK = re.compile(r"^(.+?)\s*\(parameter\)$", re.IGNORECASE)
KRITA_ORDER = re.compile(r"^\d+\.\s+")
KRITA_TYPES = {
    "number (integer)": "int",
    "number": "float",
    "toggle": "bool",
    "text": "text",
    "prompt (positive)": "text",
    "prompt (negative)": "text",
    "choice": "text",
    "auto": "",
}
RESERVED = frozenset({"final_prompt", "scene", "shots", "quality", "refine_from"})  # which mean something else


@dataclass(frozen=True)
class Setting:
    """A setting on the card: `name` is its option's, `kind` an option's. A range of its own is an ETN_Parameter's."""

    name: str
    label: str
    place: Place
    kind: str
    default: Any
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Parts:
    """`places` are the inputs of each role, `rate` the frames a second of what it makes, where it says so itself.
    `sound`: what it makes has sound. `unused` are titles that mean something, on nodes that can't take it."""

    places: Mapping[str, tuple[Place, ...]]
    settings: tuple[Setting, ...]
    rate: Fraction | None
    sound: bool
    unused: tuple[str, ...] = ()

    def has(self, role: str) -> bool:
        return bool(self.places.get(role))

    def moving(self) -> dict[str, tuple[Place, ...]]:
        """The inputs that want a movie of the camera's way, by their roles."""
        found = {role: self.places.get(role, ()) for role in (GUIDE, MASK, DEPTH)}
        movies = {role: tuple(place for place in places if place.name in MOVIES) for role, places in found.items()}
        return {role: places for role, places in movies.items() if places}


def parts(workflow: Workflow) -> Parts:
    """What of `workflow` a request fills in."""
    places: dict[str, list[Place]] = {}
    settings, unused = tuple(_settings(workflow)), []
    set_there = {setting.place for setting in settings}
    for node in workflow.nodes.values():
        roles = [role for role, about in ROLES.items() if _title(node) in about.titles]
        found = {role: place for role in roles if (place := _place(node, ROLES[role])) is not None}
        if roles and not found:
            unused.append(node.label)
        for role, place in found.items():
            places.setdefault(role, []).append(place)
    pictures = [node for node in workflow.nodes.values() if node.kind == "LoadImage"]
    if len(pictures) == 1 and not any(role in places for role in FILES) and not MARK.match(pictures[0].title):
        places[STILL] = [Place(pictures[0].id, "image")]
    if SEED not in places:
        seeds = [Place(id, name) for id in workflow.nodes for name in ("seed", "noise_seed")]
        places[SEED] = [
            place
            for place in seeds
            if _type(workflow.nodes[place.node].inputs.get(place.name)) == "number" and place not in set_there
        ]
    return Parts(
        {role: tuple(found) for role, found in places.items() if found},
        settings,
        _rate(workflow),
        any(isinstance(node.inputs.get("audio"), list) for node in workflow.nodes.values()),
        tuple(unused),
    )


def option(setting: Setting, about: Input = NONE) -> Option:
    """A setting as the card shows it, with what ComfyUI says of it."""
    common = (setting.name, setting.kind, setting.default, setting.label)
    if setting.kind == "text" and about.choices:
        values = about.choices if setting.default in about.choices else (setting.default, *about.choices)
        choices = tuple(Choice(value, value) for value in values)
        return Option(setting.name, "enum", setting.default, setting.label, choices=choices, tooltip=about.tooltip)
    if setting.kind not in ("int", "float"):
        return Option(*common, tooltip=about.tooltip)
    low = setting.low if setting.low is not None else about.low
    high = setting.high if setting.high is not None else about.high
    if setting.kind == "int":
        low, high = max(-LIMIT, low if low is not None else -LIMIT), min(LIMIT, high if high is not None else LIMIT)
    if (low is not None and setting.default < low) or (high is not None and setting.default > high):
        low, high = (-LIMIT, LIMIT) if setting.kind == "int" else (None, None)
    return Option(*common, low=low, high=high, tooltip=about.tooltip)


def krita_label(node: Node) -> str:
    """The name of an ETN_Parameter without its group and its place in the order: "1. Look/2. Steps" is Steps."""
    given = node.inputs.get("name")
    name = given if isinstance(given, str) and given.strip() else "Parameter"
    return KRITA_ORDER.sub("", name.rpartition("/")[2].strip())[:80]


def _title(node: Node) -> str:
    if node.kind != PARAMETER:
        return node.title.casefold()
    if node.inputs.get("type") == "prompt (positive)":
        return PROMPT
    return krita_label(node).casefold()


def _place(node: Node, role: Role) -> Place | None:
    """The input of a node that takes what a role fills in: one of the usual names, else its only value of that type."""
    names = ("default",) if node.kind == PARAMETER else role.inputs
    for name in names:
        if _type(node.inputs.get(name)) == role.type:
            return Place(node.id, name)
    if role.inputs == MOVIES:  # a picture of the user's own that is called Mask stays theirs
        return None
    fitting = [name for name, value in node.inputs.items() if _type(value) == role.type]
    return Place(node.id, fitting[0]) if len(fitting) == 1 and role.inputs[0] not in node.inputs else None


def _settings(workflow: Workflow) -> Iterator[Setting]:
    used: set[str] = set()
    for label, place, kind, low, high in _marked(workflow):
        if len(used) == MAX_SETTINGS:
            return
        name = _name(label, used)
        used.add(name)
        value = workflow.value(place)
        yield Setting(name, label, place, kind, float(value) if kind == "float" else value, low, high)


def _marked(workflow: Workflow) -> Iterator[tuple[str, Place, str, float | None, float | None]]:
    """Label, input, kind and range of every setting."""
    for node in workflow.nodes.values():
        if node.kind == PARAMETER:
            filled = any(_title(node) in role.titles and _place(node, role) for role in ROLES.values())
            kind = KRITA_TYPES.get(str(node.inputs.get("type")), "") or _kind(node.inputs.get("default"))
            if kind and not filled and _fits(node.inputs.get("default"), kind):
                low, high = (number(node.inputs.get(name)) for name in ("min", "max"))
                ranged = kind in ("int", "float")
                yield (
                    krita_label(node),
                    Place(node.id, "default"),
                    kind,
                    low if ranged else None,
                    high if ranged else None,
                )
        elif match := MARK.match(node.title):
            values = [name for name, value in node.inputs.items() if _kind(value)]
            named = [name for name in values if name.replace("_", " ") == match[1].casefold()]
            for name in named or values:
                label = match[1] if named or len(values) == 1 else f"{match[1]}: {name.replace('_', ' ')}"
                yield label[:80], Place(node.id, name), _kind(node.inputs[name]), None, None


def _rate(workflow: Workflow) -> Fraction | None:
    """The rate at which its frames become a movie."""
    for node in workflow.nodes.values():
        for name in ("fps", "frame_rate"):
            value = number(node.inputs.get(name))
            if value is not None and isinstance(node.inputs.get("images"), list) and 1 <= value <= 240:
                return exact_rate(value)
    return None


def _name(label: str, used: set[str]) -> str:
    """An identifier of its own for a setting."""
    plain = re.sub(r"\W+", "_", label.lower()).strip("_")[:50] or "setting"
    plain = plain if plain.isidentifier() else f"n{plain}"
    found, number = plain, 2
    while found in used or found in RESERVED or not found.isidentifier():
        found, number = f"{plain if plain.isidentifier() else 'setting'}_{number}", number + 1
    return found


def _kind(value: Any) -> str:
    """An option's kind for a value, "" for what is none."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int" if abs(value) <= LIMIT else ""
    if isinstance(value, float):
        return "float" if number(value) is not None else ""
    return "text" if isinstance(value, str) else ""


def _fits(value: Any, kind: str) -> bool:
    return _kind(value) == kind or (kind == "float" and _kind(value) == "int")


def _type(value: Any) -> str:
    if isinstance(value, str):
        return "text"
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else ""
