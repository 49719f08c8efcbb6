"""An edit as a file: the one writer and the one reader."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePath, PurePosixPath
from typing import Any, TypeVar

from ..codec import from_json, nests_deeper, to_json
from ..problem import Unfit
from .edit import Edit, OtherStrip, Shot, SoundStrip, Take

KIND = "take_one_edit"
VERSION = 1
MAX_BYTES = 64 << 20
Value = TypeVar("Value", Take, Shot, SoundStrip, OtherStrip)


def to_bytes(edit: Edit, folder: Path) -> bytes:
    """The edit as JSON for a file in `folder` (absolute). What lies in there is named from there, with slashes, so that
    the folder can move."""
    data = {KIND: VERSION, **to_json(_with_files(edit, lambda file: _stored(file, folder)))}
    # Names of files may be no UTF-8: what of them can't be written as such is written as JSON's \\uXXXX.
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode(errors="backslashreplace")


def from_bytes(data: bytes, folder: Path) -> Edit:
    """The edit that `to_bytes` wrote for `folder`, its files as absolute paths.

    Raises:
        Unfit: it is none, or one of a version that is not known here.
    """
    found = read_json(data, KIND, VERSION, MAX_BYTES)
    return _with_files(from_json(Edit, found), lambda file: Path(os.path.normpath(folder / file)))


def read_json(data: bytes, kind: str, version: int, most: int) -> dict[str, Any]:
    """The object in a file that says it is `kind`, of at most `version`. Raises Unfit."""
    if len(data) > most:
        raise Unfit("", f"is larger than {most >> 10} KB")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise Unfit("", "is no JSON") from None
    if not isinstance(found, dict) or kind not in found or nests_deeper(found):
        raise Unfit("", f"is no file of the kind {kind}")
    known = found[kind]
    if isinstance(known, bool) or not isinstance(known, int) or not 1 <= known <= version:
        raise Unfit(kind, f"is version {known!r}, and only up to {version} is known here. Install a newer Take One")
    return found


def _stored(file: Path, folder: Path) -> PurePath:
    return PurePosixPath(file.relative_to(folder).as_posix()) if file.is_relative_to(folder) else file


def _with_files(edit: Edit, change: Callable[[Path], PurePath]) -> Edit:
    def one(value: Value) -> Value:
        named = {name: getattr(value, name, None) for name in ("file", "picture")}
        changed: dict[str, Any] = {name: change(file) for name, file in named.items() if file is not None}
        return replace(value, **changed)

    shots = tuple(replace(one(shot), takes=tuple(one(take) for take in shot.takes)) for shot in edit.shots)
    return replace(
        edit,
        shots=shots,
        sounds=tuple(one(sound) for sound in edit.sounds),
        others=tuple(one(other) for other in edit.others),
    )
