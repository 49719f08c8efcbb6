"""A layout that draws on paper: it notes what a panel puts into it, and refuses what a real one would."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, NamedTuple

import bpy

PARTS = ("row", "column", "box", "split", "column_flow", "grid_flow")


class Drawn(NamedTuple):
    """One thing in a layout. `what` is the operator, menu or property, `text` what is written on it."""

    call: str
    what: str
    text: str


class Paper:
    """In place of bpy.types.UILayout."""

    def __init__(self, drawn: list[Drawn] | None = None) -> None:
        self.drawn: list[Drawn] = [] if drawn is None else drawn

    def __getattr__(self, name: str) -> Any:
        if name == "panel_prop":
            return lambda _data, _name: (Paper(self.drawn), Paper(self.drawn))
        if name in PARTS:
            return lambda **_keywords: Paper(self.drawn)
        if name not in bpy.types.UILayout.bl_rna.functions:
            raise AttributeError(name)
        return lambda *arguments, **keywords: self._note(name, *arguments, **keywords)

    def _note(self, call: str, *arguments: Any, text: str = "", **keywords: Any) -> Any:
        known = bpy.types.UILayout.bl_rna.functions[call].parameters
        assert set(keywords) <= set(known.keys()), (call, keywords)
        assert "\0" not in text.encode().decode(), (call, text)
        what = next((one for one in arguments if isinstance(one, str)), "")
        if call == "prop":
            data, what = arguments
            rna = getattr(data, "bl_rna", None)  # a holder has none
            assert rna is None or what in rna.properties, f"{data} has no property {what}"
            text = text or (rna.properties[what].name if rna else "")
        self.drawn.append(Drawn(call, what, text))
        return SimpleNamespace()

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.drawn if one.text]


class Window:
    """Blender's context as a window has it, where there is none."""

    preferences = SimpleNamespace(system=SimpleNamespace(ui_scale=1.0))
    region = SimpleNamespace(width=10_000)  # a text is one line

    def __getattr__(self, name: str) -> Any:
        return getattr(bpy.context, name)


def draw(kind: type, **members: Any) -> Paper:
    """What a panel, menu or preferences of this class draw."""
    paper = Paper()
    holder = type("Holder", (), {name: value for name, value in vars(kind).items() if callable(value)})()
    for name, value in {"layout": paper, **members}.items():
        setattr(holder, name, value)
    kind.draw(holder, Window())
    return paper


class Ink(Paper):
    """Paper that also tells what is greyed, and what operators are given: see `said`."""

    def __init__(self, notes: list[tuple[str, Any]] | None = None, grey: str = "") -> None:
        super().__init__()
        self.notes: list[tuple[str, Any]] = [] if notes is None else notes
        self._grey = grey

    def __getattr__(self, name: str) -> Any:
        if name == "panel_prop":
            return lambda _data, _name: (Ink(self.notes), Ink(self.notes))
        if name in PARTS:
            return lambda **_keywords: Ink(self.notes, self._state())
        return super().__getattr__(name)

    def _state(self) -> str:
        own = vars(self)
        marks = (("#", not own.get("enabled", True)), ("-", not own.get("active", True)), ("!", own.get("alert")))
        return "".join(mark for mark, set_here in marks if set_here or mark in self._grey)

    def _note(self, call: str, *arguments: Any, **keywords: Any) -> Any:
        given = super()._note(call, *arguments, **keywords)
        what, text = self.drawn[-1][1:]
        names = {
            "label": text,
            "prop": f"[{what}]",
            "separator": "---",
            "progress": f"{keywords.get('factor', 0):.2f} {text}",
        }
        self.notes.append((self._state() + names.get(call, f"<{what.removeprefix('takeone.')}> {text}".strip()), given))
        return given

    @property
    def said(self) -> list[str]:
        """What is written, <operators and menus>, and [properties]; # before what can't be pressed, - before what
        is greyed, ! before what is red."""
        return [
            " ".join([text, *(f"{name}={value}" for name, value in vars(given).items())]) for text, given in self.notes
        ]


def ink(kind: Any, **members: Any) -> list[str]:
    """What a panel or menu of this class says, or a function that draws."""
    paper = Ink()
    if not isinstance(kind, type):
        kind(paper, **members)
        return paper.said
    holder = type("Holder", (), {name: value for name, value in vars(kind).items() if callable(value)})()
    for name, value in {"layout": paper, **members}.items():
        setattr(holder, name, value)
    kind.draw(holder, Window())
    return paper.said


def refused(cls, context=None):
    """What a poll says against it; None where it says nothing."""
    said = []
    stand = type("Stand", (), {"poll_message_set": said.append})
    works = cls(stand, context or bpy.context)
    return None if works else said[0]
