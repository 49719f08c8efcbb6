"""Published files to tensors where they are needed: read once, in parallel, cast on arrival, never held twice."""

from __future__ import annotations

import json
import pickle
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from io import FileIO
from math import prod
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from ....weights.check import inspect
from ....weights.files import read_header
from .catalogue import CATALOGUE

DTYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "F8_E4M3": torch.float8_e4m3fn}
FP8_SCALE = ".__fp8_scale"
CHUNK = 32 << 20
READERS = 8


class CheckpointError(ValueError):
    """The files are not what was asked for; the message says what they are or what is wrong with them."""


@dataclass(frozen=True)
class Stored:
    """Where one tensor lies: `start` is in bytes from the beginning of `file`."""

    file: Path
    start: int
    shape: tuple[int, ...]
    dtype: torch.dtype

    @property
    def row_bytes(self) -> int:
        return prod(self.shape[1:]) * self.dtype.itemsize

    @property
    def bytes(self) -> int:
        return prod(self.shape) * self.dtype.itemsize


class Checkpoint:
    """The tensors of a safetensors file or of a folder of shards, by name; only headers are read at first."""

    def __init__(self, path: Path) -> None:
        """
        Raises:
            CheckpointError: there are no such files, or they are cut short.
        """
        self.path = path
        files = [path] if path.is_file() else _shards(path)
        if not files:
            raise CheckpointError(f"{path} holds no .safetensors files: it is {looks_like(path)}.")
        self.tensors: dict[str, Stored] = {}
        for file in files:
            try:
                header = read_header(file)
            except ValueError as error:
                raise CheckpointError(str(error)) from error
            with file.open("rb") as raw:
                data = 8 + int.from_bytes(raw.read(8), "little")
            for name, entry in header.items():
                if entry["dtype"] not in DTYPES:
                    raise CheckpointError(f"{file.name}: {name} is of type {entry['dtype']}, which is not supported.")
                self.tensors[name] = Stored(
                    file, data + entry["data_offsets"][0], tuple(entry["shape"]), DTYPES[entry["dtype"]]
                )

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Of all tensors but fp8's scales."""
        return {name: stored.shape for name, stored in self.tensors.items() if not name.endswith(FP8_SCALE)}

    def scale(self, name: str) -> float | None:
        """What the e4m3 values of `name` are to be multiplied by; None where there is none."""
        stored = self.tensors.get(name + FP8_SCALE)
        if stored is None:
            return None
        with stored.file.open("rb") as raw:
            raw.seek(stored.start)
            data = raw.read(stored.bytes)
        return float(torch.frombuffer(bytearray(data), dtype=stored.dtype).float()[0])

    def pieces(self, names: list[str]) -> Iterator[tuple[str, int, int]]:
        """(name, first row, rows) of `names` in turn, no piece larger than CHUNK if its rows are not."""
        for name in names:
            stored = self.tensors[name]
            rows = stored.shape[0] if stored.shape else 1
            step = max(1, CHUNK // max(1, stored.row_bytes))
            for start in range(0, rows, step):
                yield name, start, min(step, rows - start)

    def read(
        self, names: list[str], device: torch.device, report: Callable[[int], None] | None = None
    ) -> Iterator[tuple[str, int, Tensor]]:
        """(name, first row, rows on `device`) of `names` in turn, read ahead by several threads.

        Each tensor must be used up before the next is asked for. `report` gets the bytes read so far.
        """
        largest = max((self.tensors[name].row_bytes * count for name, _, count in self.pieces(names)), default=0)
        cuda = device.type == "cuda"
        buffers = [torch.empty(largest, dtype=torch.uint8, pin_memory=cuda) for _ in range(2 * READERS)]
        events = [torch.cuda.Event() if cuda else None for _ in buffers]
        handles = _Handles()
        done = 0

        def fill(slot: int, name: str, start: int, count: int) -> Tensor:
            stored, event = self.tensors[name], events[slot]
            if event is not None:
                event.synchronize()  # what was last copied from this buffer has arrived
            target = buffers[slot][: stored.row_bytes * count]
            handles.read(stored.file, stored.start + start * stored.row_bytes, target)
            return target.view(stored.dtype).view(count, *stored.shape[1:])

        waiting: deque[tuple[str, int, int, Future[Tensor]]] = deque()
        pieces = enumerate(self.pieces(names))
        with handles, ThreadPoolExecutor(READERS) as pool:

            def ask() -> None:
                for turn, piece in pieces:
                    slot = turn % len(buffers)
                    waiting.append((piece[0], piece[1], slot, pool.submit(fill, slot, *piece)))
                    return

            # One buffer is in the hands of whoever reads, the others are being filled.
            for _ in range(len(buffers) - 1):
                ask()
            while waiting:
                name, start, slot, future = waiting.popleft()
                rows = future.result()
                done += rows.numel() * rows.element_size()
                yield name, start, rows.to(device, non_blocking=True) if cuda else rows
                event = events[slot]
                if event is not None:
                    event.record()
                if report is not None:
                    report(done)
                ask()


def looks_like(folder: Path) -> str:
    """What is in `folder`, in words."""
    return inspect(folder, CATALOGUE).looks_like if folder.is_dir() else "not there"


def _shards(folder: Path) -> list[Path]:
    """The files that the folder's index names, or all safetensors files where it has none.

    Raises:
        CheckpointError: a file of the index is missing.
    """
    index = next(iter(sorted(folder.glob("*.safetensors.index.json"))), None)
    if index is None:
        return sorted(folder.glob("*.safetensors"))
    try:
        names = sorted(set(json.loads(index.read_text())["weight_map"].values()))
    except (ValueError, KeyError) as error:
        raise CheckpointError(f"{index.name} can't be read ({error}).") from error
    files = [folder / Path(name).name for name in names]
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        raise CheckpointError(f"{folder} lacks {', '.join(missing)}.")
    return files


class _Handles:
    """Open files, one for each reading thread and file."""

    def __init__(self) -> None:
        self.local = threading.local()
        self.all: list[FileIO] = []

    def __enter__(self) -> _Handles:
        return self

    def __exit__(self, *_: object) -> None:
        for handle in self.all:
            handle.close()

    def read(self, file: Path, start: int, target: Tensor) -> None:
        mine: dict[str, FileIO] = self.local.__dict__
        if str(file) not in mine:
            mine[str(file)] = FileIO(file)
            self.all.append(mine[str(file)])
        handle, view = mine[str(file)], memoryview(target.numpy().data)
        handle.seek(start)
        while view.nbytes:
            count = handle.readinto(view)
            if not count:
                raise CheckpointError(f"{file.name} ends too early.")
            view = view[count:]


def read_tensors(path: Path) -> dict[str, Any]:
    """All tensors of a .safetensors, .pth or .ckpt file, on the CPU. Pickles may hold tensors and plain data only.

    They lie in the file itself, and are read when they are used.

    Raises:
        CheckpointError: it can't be read, or holds something that is not safe to load.
    """
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        tensors = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except pickle.UnpicklingError as error:
        raise CheckpointError(f"{path.name} holds more than tensors and was not loaded: {error}") from error
    except (OSError, RuntimeError, ValueError) as error:
        raise CheckpointError(f"{path.name} can't be read: {error}") from error
    if not isinstance(tensors, dict):
        raise CheckpointError(f"{path.name} holds a {type(tensors).__name__}, not tensors by name.")
    return tensors


def check_names(expected: Mapping[str, tuple[int, ...]], found: Mapping[str, tuple[int, ...]]) -> None:
    """Compare a checkpoint's tensors with those of the model.

    Raises:
        ValueError: names the tensors that are missing, not known, or of another shape (the first few of each).
    """
    missing = sorted(expected.keys() - found.keys())
    extra = sorted(found.keys() - expected.keys())
    misshapen = [
        f"{name} is {list(found[name])}, not {list(expected[name])}"
        for name in sorted(expected.keys() & found.keys())
        if expected[name] != found[name]
    ]
    problems = [
        f"{len(names)} {what}: {', '.join(names[:5])}{', ...' if len(names) > 5 else ''}"
        for what, names in (("missing", missing), ("not known", extra), ("of the wrong shape", misshapen))
        if names
    ]
    if problems:
        raise ValueError("tensors " + "; ".join(problems))
