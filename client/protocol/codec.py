"""From the types of what travels to JSON and back, by their annotations. Nothing is coerced but numbers and text.

A reader of another's answers (`lenient`) leaves out what does not fit where there is a default, since a server of
another kind, or of next year, says more and says it otherwise; and it bounds what it takes. A reader of our own files
takes everything or nothing.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import re
import sys
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from fractions import Fraction
from functools import cache
from pathlib import Path, PurePath
from typing import Any, TypeVar

from .problem import Unfit
from .rates import exact_rate

Type = TypeVar("Type")
MAX_DEPTH = 64  # nested levels of JSON that is handed on as it is
MAX_NUMBER = sys.float_info.max  # so neither NaN nor infinity, nor a whole number that no float holds
FRACTION = re.compile(r"-?[0-9]{1,19}(\.[0-9]{1,19}|/[0-9]{1,19})?")  # an exponent could ask for gigabytes
MAX_LENIENT_TEXT = 10_000  # characters, and entries of a list, that are taken of another's answer
MAX_LENIENT_LIST = 1000
MAX_LENIENT_INT = 2**53


def to_json(value: Any) -> Any:
    """Plain JSON: dataclasses become objects, fractions and paths text, tuples lists."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Fraction | PurePath):
        return str(value)
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return list(value) if _are_floats(value) else [to_json(item) for item in value]
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


def nests_deeper(data: Any, most: int = MAX_DEPTH) -> bool:
    """Whether JSON has more than `most` levels of lists and objects."""
    level = [data]
    for _ in range(most):
        if not (level := [item for value in level for item in _inside(value)]):
            return False
    return any(isinstance(value, dict | list) for value in level)


def _inside(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


@cache
def _fields(kind: Any) -> tuple[tuple[str, Any, bool], ...]:
    hints = typing.get_type_hints(kind)
    absent = dataclasses.MISSING
    return tuple(
        (field.name, hints[field.name], field.default is absent and field.default_factory is absent)
        for field in dataclasses.fields(kind)
    )


def _read(hint: Any, data: Any, place: str, lenient: bool) -> Any:
    origin, arguments = _parts(hint)
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
    return _plain(hint, _bounded(hint, data) if lenient else data, place)


@cache
def _parts(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    return typing.get_origin(hint), typing.get_args(hint)


def _bounded(kind: Any, data: Any) -> Any:
    """What a lenient reader makes of text and numbers: numbers may be text, text is cut and can be stored."""
    if isinstance(data, str):
        if kind in (int, float) and len(data) <= 40:
            try:
                data = float(data) if kind is float else int(data)
            except ValueError:
                return data
        else:
            return data[:MAX_LENIENT_TEXT].encode("utf-8", "replace").decode().replace("\0", "")
    if kind is int and isinstance(data, int | float) and not abs(data) <= MAX_LENIENT_INT:
        return None
    return data


def _tuple(arguments: tuple[Any, ...], data: Any, place: str, lenient: bool) -> tuple[Any, ...]:
    if not isinstance(data, list | tuple):
        raise Unfit(place, "must be a list")
    if arguments[-1] is Ellipsis:
        hints = [arguments[0]] * len(data)
    elif len(data) == len(arguments):
        hints = list(arguments)
    else:
        raise Unfit(place, f"must have {len(arguments)} entries")
    if not lenient and set(arguments) <= {float, ...} and _are_floats(data) and all(map(math.isfinite, data)):
        return tuple(data)
    if lenient and arguments[-1] is Ellipsis:
        return tuple(_fitting(arguments[0], data[:MAX_LENIENT_LIST], place))
    return tuple(
        _read(hint, item, f"{place}.{index}", lenient)
        for index, (hint, item) in enumerate(zip(hints, data, strict=True))
    )


def _are_floats(data: list[Any] | tuple[Any, ...]) -> bool:
    """Whether these are numbers as they travel. Of a path with what is unseen there are tens of thousands: one by one
    they take ten times as long."""
    return set(map(type, data)) <= {float}


def _fitting(hint: Any, data: Any, place: str) -> Iterator[Any]:
    """The entries of a list that can be read, leniently."""
    for index, item in enumerate(data):
        with contextlib.suppress(Unfit):
            yield _read(hint, item, f"{place}.{index}", True)


def _plain(kind: Any, data: Any, place: str) -> Any:
    number = isinstance(data, int | float) and not isinstance(data, bool) and abs(data) <= MAX_NUMBER
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
    if kind is Fraction and number:
        return exact_rate(data)
    if kind is Fraction and isinstance(data, str):
        if not FRACTION.fullmatch(data) or not (data.partition("/")[2] or "1").strip("0"):
            raise Unfit(place, "must be a fraction, such as 24 or 24000/1001")
        return Fraction(data)
    if isinstance(kind, type) and issubclass(kind, Enum) and isinstance(data, str):
        try:
            return kind(data)
        except ValueError:
            known = ", ".join(str(one.value) for one in kind)
            raise Unfit(place, f"must be one of {known}") from None
    names = {bool: "true or false", int: "a whole number", float: "a number", str: "text", Path: "a path"}
    raise Unfit(place, f"must be {names.get(kind, 'something else')}")
