"""Copies in 16 bits of transformers that are published in 32: half as much to read when one is loaded again.

The matrices are rounded as they are for the GPU anyway, so that what is loaded is the same. A copy may be deleted at
any time; it is written while no take is made, and only where the disk has room to spare.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Mapping
from pathlib import Path

import torch

from ....home import written_whole
from .checkpoint import DTYPES, Checkpoint, CheckpointError
from .source import half, log, of

SPARE = 30_000_000_000  # bytes that stay free on the disk

_idle = threading.Event()
_lock = threading.Lock()


def keep(folders: Mapping[str, Path]) -> None:
    """No take is made now: begins to copy those of the transformers in `folders` that have no copy yet."""
    _idle.set()
    lacking = {name: folder for name, folder in folders.items() if of(name, folder) == folder}
    if lacking:
        threading.Thread(target=_write_all, args=(lacking,), name="halves", daemon=True).start()


def pause() -> None:
    """A take is made now: copying goes on at the next `keep`."""
    _idle.clear()


def write(name: str, folder: Path) -> Path | None:
    """Copies the transformer in `folder`; None where its files are in 16 bits already or the disk has no room.

    Raises:
        OSError, CheckpointError: nothing is left behind then.
    """
    source = Checkpoint(folder)
    if not any(_halved(key, stored.dtype) for key, stored in source.tensors.items()):
        return None
    path = half(name, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.iterdir():  # of files that are gone, or that a process which died left half-written
        old.unlink(missing_ok=True)
    header, size = _header(source)
    if shutil.disk_usage(path.parent).free < size + SPARE:
        return None
    with written_whole(path) as aside, aside.open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        for key, _, rows in source.read(list(source.tensors), torch.device("cpu")):
            _idle.wait()
            kept = rows.bfloat16() if _halved(key, rows.dtype) else rows
            file.write(kept.contiguous().view(torch.uint8).numpy().data)
    return path


def _write_all(folders: Mapping[str, Path]) -> None:
    with _lock:  # one after the other, whoever asks
        for name, folder in folders.items():
            try:
                if of(name, folder) == folder:
                    write(name, folder)
            except (OSError, CheckpointError) as problem:
                log.warning("No 16-bit copy of %s was kept: %s", name, problem)


def _halved(name: str, dtype: torch.dtype) -> bool:
    """Whether a tensor is one of those that are rounded: the blocks' matrices, not norms or what lies outside."""
    return dtype == torch.float32 and name.startswith("block.") and (".linear_" in name or "_proj." in name)


def _header(source: Checkpoint) -> tuple[bytes, int]:
    """The copy's header, padded to 8 bytes, and how many bytes follow it."""
    names = {dtype: name for name, dtype in DTYPES.items()}
    entries, at = {}, 0
    for name, stored in source.tensors.items():
        dtype = torch.bfloat16 if _halved(name, stored.dtype) else stored.dtype
        size = stored.bytes * dtype.itemsize // stored.dtype.itemsize
        entries[name] = {"dtype": names[dtype], "shape": list(stored.shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(entries).encode()
    return text + b" " * (-len(text) % 8), at
