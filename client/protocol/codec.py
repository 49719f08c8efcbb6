"""From the types of what travels to JSON and back, by their annotations. Nothing is coerced but numbers and text.

A reader of another's answers (`lenient`) leaves out what does not fit where there is a default, since a server of
another kind, or of next year, says more and says it otherwise. A reader of our own files takes everything or nothing.
"""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from .problem import Unfit

Type = TypeVar("Type")
MAX_DEPTH = 64  # nested levels of JSON that is handed on as it is


def to_json(value: Any) -> Any:
    """Plain JSON: dataclasses become objects, fractions and paths text, tuples lists."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Fraction | Path):
        return str(value)
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    return value


def from_json(kind: type[Type], data: Any, *, lenient: bool = False) -> Type:
    """The value of `kind`, a dataclass, that `data` describes. Fields that `kind` does not have are left out.

    Raises:
        Unfit: `data` does not describe one.
    """
    return typing.cast(Type, _object(kind, data, "", lenient))


def _object(kind: Any, data: Any, place: str, lenient: bool) -> Any:
    if not isinstance(data, Mapping):
        raise Unfit(place, "must be an object")
    values = {}
    for name, hint, required in _fields(kind):
        where = f"{place}.{name}" if place else name
        if name not in data:
            if required:
                raise Unfit(where, "is missing")
            continue
        try:
            values[name] = _read(hint, data[name], where, lenient)
        except Unfit:
            if required or not lenient:
                raise
    try:
        return kind(**values)
    except Unfit as error:
        raise Unfit(".".join(filter(None, (place, error.place))), error.what) from None


@cache
def _fields(kind: Any) -> tuple[tuple[str, Any, bool], ...]:
    hints = typing.get_type_hints(kind)
    absent = dataclasses.MISSING
    return tuple(
        (field.name, hints[field.name], field.default is absent and field.default_factory is absent)
        for field in dataclasses.fields(kind)
    )


def _read(hint: Any, data: Any, place: str, lenient: bool) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return data
    if origin in (types.UnionType, typing.Union):
        if data is None and type(None) in arguments:
            return None
        return _read(next(one for one in arguments if one is not type(None)), data, place, lenient)
    if origin is tuple:
        return _tuple(arguments, data, place, lenient)
    if origin in (dict, Mapping):
        if not isinstance(data, dict):
            raise Unfit(place, "must be an object")
        return data
    if dataclasses.is_dataclass(hint):
        return _object(hint, data, place, lenient)
    return _plain(hint, data, place)


def _tuple(arguments: tuple[Any, ...], data: Any, place: str, lenient: bool) -> tuple[Any, ...]:
    if not isinstance(data, list | tuple):
        raise Unfit(place, "must be a list")
    if arguments[-1] is Ellipsis:
        hints = [arguments[0]] * len(data)
    elif len(data) == len(arguments):
        hints = list(arguments)
    else:
        raise Unfit(place, f"must have {len(arguments)} entries")
    return tuple(
        _read(hint, item, f"{place}.{index}", lenient)
        for index, (hint, item) in enumerate(zip(hints, data, strict=True))
    )


def _plain(kind: Any, data: Any, place: str) -> Any:
    number = isinstance(data, int | float) and not isinstance(data, bool) and _is_finite(data)
    if kind is bool and isinstance(data, bool):
        return data
    if kind is int and number and int(data) == data:
        return int(data)
    if kind is float and number:
        return float(data)
    if kind is str and isinstance(data, str):
        return data
    if kind is Path and isinstance(data, str) and "\0" not in data:
        return Path(data)
    if kind is Fraction and ((isinstance(data, str) and len(data) <= 40) or number):
        try:
            return Fraction(data) if isinstance(data, str) else Fraction(data).limit_denominator(100_000)
        except (ValueError, ZeroDivisionError):
            raise Unfit(place, "must be a fraction, such as 24 or 24000/1001") from None
    if isinstance(kind, type) and issubclass(kind, Enum) and isinstance(data, str):
        try:
            return kind(data)
        except ValueError:
            known = ", ".join(str(one.value) for one in kind)
            raise Unfit(place, f"must be one of {known}") from None
    names = {bool: "true or false", int: "a whole number", float: "a number", str: "text", Path: "a path"}
    raise Unfit(place, f"must be {names.get(kind, 'something else')}")


def _is_finite(number: float) -> bool:
    """Also of whole numbers beyond what a float holds, which count as infinite."""
    try:
        return math.isfinite(number)
    except OverflowError:
        return False
