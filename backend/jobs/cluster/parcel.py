"""Files in parcels of bounded size, so that neither side holds a whole clip in memory. Small files share one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

MOST = 8 << 20  # bytes


class Span(NamedTuple):
    """Some bytes of a file, by their place."""

    name: str
    offset: int
    length: int


class Part(NamedTuple):
    """Some bytes of a file."""

    name: str
    offset: int
    data: bytes


def planned(sizes: Iterable[tuple[str, int]], most: int = MOST) -> Iterator[list[Span]]:
    """Files, by name and bytes, as spans whose sums are at most `most`. An empty file is a span too."""
    spans: list[Span] = []
    room = most
    for name, size in sizes:
        offset = 0
        while True:
            length = min(room, size - offset)
            spans.append(Span(name, offset, length))
            offset, room = offset + length, room - length
            if room == 0:
                yield spans
                spans, room = [], most
            if offset == size:
                break
    if spans:
        yield spans


def read(folder: Path, spans: Iterable[Span]) -> list[Part]:
    """The bytes of `spans`.

    Raises:
        OSError: a file can't be read.
    """
    parts = []
    for name, offset, length in spans:
        with (folder / plain(name)).open("rb") as file:
            file.seek(offset)
            parts.append(Part(name, offset, file.read(length)))
    return parts


def write(folder: Path, parts: Iterable[Part]) -> None:
    """Writes parts into `folder`; once more is the same as once.

    Raises:
        OSError: a file can't be written.
    """
    for name, offset, data in parts:
        flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(folder / plain(name), flags, 0o600), "wb") as file:
            file.seek(offset)
            file.write(data)


def plain(name: str) -> str:
    """`name`, if it is that of a file and no path.

    Raises:
        ValueError: it is none.
    """
    if name in ("", ".", "..") or Path(name).name != name:
        raise ValueError(f"{name!r} is not the name of a file")
    return name
