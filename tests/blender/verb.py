"""Operators outside Blender: pressed by a user, with arguments that are given, and all that they do is written down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import bpy

OWN = (classmethod, property, staticmethod)


class Ops:
    """In place of bpy.ops, or of what else is only called: each call by its name, with its arguments, in `calls`."""

    def __init__(self, calls: list[tuple[Any, ...]] | None = None, name: str = "") -> None:
        self.calls: list[tuple[Any, ...]] = [] if calls is None else calls
        self._name = name

    def __getattr__(self, name: str) -> Ops:
        return Ops(self.calls, f"{self._name}.{name}".lstrip("."))

    def __call__(self, *arguments: Any, **keywords: Any) -> None:
        self.calls.append((self._name, *arguments, *([keywords] if keywords else [])))


def overriding(used: list[Any]) -> Any:
    """In place of a context's `temp_override`: it keeps the windows that it is given in `used`."""

    @contextmanager
    def temp_override(**said: Any) -> Iterator[None]:
        used.append(said["window"])
        yield

    return temp_override


def verb(kind: type, /, **given: Any) -> Any:
    """An operator of this class, as a user has pressed it: its methods, and its arguments, which have their defaults
    where they are not given. `reports` is what it reports."""
    members: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        if base.__module__.startswith("take_one"):
            members.update({name: one for name, one in vars(base).items() if _is_own(name, one)})
    found = type("Pressed", (), {**members, "bl_label": kind.bl_label, "made_of": kind})()
    known = _properties(kind)
    defaults = {name: _default(one) for name, one in known.items() if name != "rna_type" and name not in members}
    vars(found).update(defaults | given)
    found.reports = []
    found.report = lambda kind, text: found.reports.append((*kind, text))
    found.properties = SimpleNamespace(is_property_set=lambda name: name in given)
    found.options = SimpleNamespace(is_invoke=True)
    return found


def _is_own(name: str, one: Any) -> bool:
    return callable(one) or isinstance(one, OWN) or (isinstance(one, str) and not name.startswith(("_", "bl_")))


def _default(one: Any) -> Any:
    if getattr(one, "is_array", False):
        return tuple(one.default_array)
    return getattr(one, "default", None)


def arguments(kind: type) -> str:
    """What an operator may be given, as "name=default" with the range of numbers and the choices; ~ where the next
    press begins anew, - where users don't see it."""
    said = [_argument(name, one) for name, one in _properties(kind).items() if name != "rna_type"]
    return f"{kind.bl_idname.removeprefix('takeone.')}({', '.join(said)})"


def _properties(kind: type) -> Any:
    return getattr(bpy.ops.takeone, kind.bl_idname.removeprefix("takeone.")).get_rna_type().properties


def _argument(name: str, one: Any) -> str:
    default = round(one.default, 6) if one.type == "FLOAT" and not one.is_array else _default(one)
    text = f"{'~' * one.is_skip_save}{'-' * one.is_hidden}{name}={default!r}"
    if one.type in ("INT", "FLOAT"):
        text += f" {_number(one.hard_min)}..{_number(one.soft_max)}..{_number(one.hard_max)}"
    if one.type == "ENUM":
        text += " " + "|".join(f"{item.identifier}:{item.value}" for item in one.enum_items)
    return text


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.6g}"
