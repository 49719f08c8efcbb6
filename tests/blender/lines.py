"""A layout that is written down line by line: all that a panel or dialog draws, in what it lies, and how it looks."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bpy
from paper import PARTS, Window

BOOKS = Path(__file__).parent / "data" / "lines"  # what is to be drawn, a book for each test file


class Given:
    """What an operator's button is given: only properties that the operator has."""

    def __init__(self, known: Any, written: list[str]) -> None:
        vars(self).update(_known=known, _written=written, _at=len(written) - 1)

    def __setattr__(self, name: str, value: Any) -> None:
        assert self._known is None or name in self._known, name
        self._written[self._at] += f" .{name}={value}"


class Lines:
    """In place of bpy.types.UILayout. `folded` are the parts that are closed."""

    def __init__(self, written: list[str] | None = None, depth: int = 0, folded: tuple[str, ...] = ()) -> None:
        written = ["layout"] if written is None else written
        vars(self).update(written=written, _at=len(written) - 1, _depth=depth, _folded=folded)

    def __setattr__(self, name: str, value: Any) -> None:
        assert name in bpy.types.UILayout.bl_rna.properties, name
        self.written[self._at] += f" .{name}={value}"

    def __getattr__(self, name: str) -> Any:
        assert name in bpy.types.UILayout.bl_rna.functions, name
        return lambda *arguments, **keywords: self._call(name, arguments, keywords)

    def _write(self, line: str) -> None:
        self.written.append(" " * self._depth + line)

    def _call(self, call: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        assert set(keywords) <= set(bpy.types.UILayout.bl_rna.functions[call].parameters.keys()), (call, keywords)
        known, said = None, [_name(one) for one in arguments]
        if call.startswith("operator"):
            known = getattr(bpy.ops.takeone, said[0].removeprefix("takeone."), None) if "takeone" in said[0] else None
            known = known.get_rna_type().properties.keys() if known else None
        if call == "prop":
            data, name = arguments
            assert getattr(data, "bl_rna", None) is None or name in data.bl_rna.properties, name
        if call in ("menu", "template_list"):
            assert hasattr(bpy.types, said[0]), said
        words = [call, *said, *(f"{name}={_shown(value)}" for name, value in keywords.items())]
        self._write(" ".join(words).replace("takeone.", ""))
        if call == "panel_prop":
            inner = None if arguments[1] in self._folded else self._inside()
            return self._inside(), inner
        return self._inside() if call in PARTS else Given(known, self.written)

    def _inside(self) -> Lines:
        return Lines(self.written, self._depth + 1, self._folded)


def _name(value: Any) -> str:
    return value or "''" if isinstance(value, str) else type(value).__name__


def _shown(value: Any) -> str:
    return repr(value) if isinstance(value, str) and (" " in value or not value) else f"{value}"


def lines(kind: Any, folded: tuple[str, ...] = (), **members: Any) -> list[str]:
    """What a panel, menu or dialog of this class draws, or a function that is given a layout first."""
    layout = Lines(folded=folded)
    if not isinstance(kind, type):
        kind(layout, **members)
        return layout.written
    holder = type("Holder", (), {name: value for name, value in vars(kind).items() if callable(value)})()
    context = members.pop("context", Window())
    vars(holder).update(layout=layout, **members)
    kind.draw(holder, context)
    return layout.written


def book(name: str) -> dict[str, list[str]]:
    """The chapters of a book, by what is told of each behind its "== "."""
    chapters: dict[str, list[str]] = {}
    for line in (BOOKS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            chapters[line[3:]] = written = []
        elif line:
            written.append(line)
    return chapters


def check(name: str, chapter: str, drawn: list[str]) -> None:
    """That this is drawn, line by line."""
    assert drawn == book(name)[chapter]


class Asked(SimpleNamespace):
    """A window manager that keeps what it is asked to show: calls with their arguments, less the operator and event."""

    def __init__(self) -> None:
        super().__init__(calls=[])

    def __getattr__(self, name: str) -> Any:
        assert name in bpy.types.WindowManager.bl_rna.functions, name

        def show(*arguments: Any, **keywords: Any) -> set[str]:
            self.calls.append((name, arguments, keywords))
            return {"RUNNING_MODAL"}

        return show


def asking(**more: Any) -> Any:
    """A context whose window manager is `Asked`."""
    context = Window()
    vars(context).update(window_manager=Asked(), **more)
    return context


class Blender:
    """In place of bpy in a module: its app says what is given here of itself, the rest is the real one's."""

    def __init__(self, **app: Any) -> None:
        self.app = SimpleNamespace(**app)

    def __getattr__(self, name: str) -> Any:
        return getattr(bpy, name)
