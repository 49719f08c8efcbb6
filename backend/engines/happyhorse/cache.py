"""Tensors that are kept on disk for the next take, by key. Where they grow too many, those unused for longest go."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

from ...home import home, write_whole

_KEY = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Kept:
    """What is kept under one key: tensors by name, on the CPU, and texts that go with them."""

    tensors: dict[str, Tensor]
    texts: dict[str, str]


@dataclass(frozen=True)
class Cache:
    """The folder `name` among the caches, which holds at most `most_bytes`. A key is a SHA-256 in hex.

    Several processes may use it at once: what one removes is merely not there for the other.
    """

    name: str
    most_bytes: int

    @property
    def folder(self) -> Path:
        return home() / "cache" / self.name

    def read(self, key: str) -> Kept | None:
        """What is kept under `key`, None where there is nothing. Its use keeps it from being the next to go."""
        if not _KEY.fullmatch(key):
            return None
        path = self._path(key)
        try:
            with safe_open(path, framework="pt") as file:
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
                texts = file.metadata() or {}
        except FileNotFoundError:
            return None
        with contextlib.suppress(FileNotFoundError):
            os.utime(path)
        return Kept(tensors, texts)

    def write(self, key: str, tensors: Mapping[str, Tensor], texts: Mapping[str, str] | None = None) -> None:
        """Keeps `tensors` and `texts`, and lets go of what was unused for longest where there is too much.

        Raises:
            OSError: nothing is left behind then.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        whole = {name: tensor.contiguous() for name, tensor in tensors.items()}
        write_whole(self._path(key), save(whole, dict(texts) if texts else None))
        self._prune()

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.safetensors"

    def _prune(self) -> None:
        """Also of what another process left half-written when it was killed."""
        found = []
        for path in self.folder.iterdir():
            with contextlib.suppress(FileNotFoundError):
                status = path.stat()
                found.append((status.st_mtime_ns, status.st_size, path))
        total = 0
        for _, size, path in sorted(found, reverse=True):
            total += size
            if total > self.most_bytes:
                with contextlib.suppress(PermissionError):  # Windows: another process is reading it
                    path.unlink(missing_ok=True)
