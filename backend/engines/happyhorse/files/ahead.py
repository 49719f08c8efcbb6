"""Reads files into the system's memory beside other work: whoever needs them next hardly waits. Without torch."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from ..request.settings import REFINERS, Settings
from . import source
from .catalogue import STORE

READERS = 4
PIECE = 16 << 20  # bytes
SPARE = 8 << 30  # bytes of the computer's memory that stay free

Piece = tuple[Path, int]


@contextmanager
def reading(files: Iterable[Path]) -> Iterator[None]:
    """Has `files` read, one after the other, while the body runs; as much as there is memory for, and no longer."""
    pieces: queue.SimpleQueue[Piece] = queue.SimpleQueue()
    left = psutil.virtual_memory().available - SPARE
    for path in files:
        size = path.stat().st_size
        if size > left:
            break
        left -= size
        for start in range(0, size, PIECE):
            pieces.put((path, start))
    stop = threading.Event()
    for number in range(READERS):
        threading.Thread(target=_read, args=(pieces, stop), name=f"read ahead {number}", daemon=True).start()
    try:
        yield
    finally:
        stop.set()


def needed(options: Settings) -> list[Path]:
    """The files of the transformers that make a clip with these settings, the first to be needed first.

    Of the other components little is read, out of large files.
    """
    refiner = [REFINERS[options.quality]] if options.quality in REFINERS else []
    found = []
    for name in refiner if options.refine_from else [options.model, *refiner]:
        place = STORE.locate(name)
        if place is not None:
            origin = source.of(name, place.folder)
            found += (
                [origin]
                if origin.is_file()
                else sorted(path for path in origin.glob("*.safetensors") if path.is_file())
            )
    return found


def _read(pieces: queue.SimpleQueue[Piece], stop: threading.Event) -> None:
    buffer = memoryview(bytearray(PIECE))
    with contextlib.suppress(queue.Empty, OSError):  # whoever needs the file will say what is wrong with it
        while not stop.is_set():
            path, start = pieces.get_nowait()
            with path.open("rb", buffering=0) as file:
                file.seek(start)
                file.readinto(buffer)
