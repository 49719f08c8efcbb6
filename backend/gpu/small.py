"""Small models, which go to the GPU and leave it as a whole: a still's encoder, decoders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import torch

CPU = torch.device("cpu")


class Movable(Protocol):
    """A model that can be used wherever it is."""

    @property
    def bytes(self) -> int:
        """What its weights take."""
        ...

    def to(self, device: torch.device) -> None:
        """Bring its weights to `device`."""
        ...


@dataclass(frozen=True)
class Where:
    """The plan of work with a small model: on `device`, with `expected_peak` bytes of it free."""

    device: torch.device
    expected_peak: int = 0
    expected_host: int = 0

    @property
    def words(self) -> str:
        """For people."""
        return "the processor" if self.device.type == "cpu" else "the graphics card"


T = TypeVar("T", bound=Movable)


class Small(Generic[T]):
    """The `Resident` of a small model. It is loaded into the computer's memory, and goes to `device` by `unpark`."""

    def __init__(self, model: T, device: torch.device) -> None:
        self.model = model
        self._device = device
        self._there = False

    @property
    def taken(self) -> int:
        return self.model.bytes if self._there else 0

    @property
    def lacking(self) -> int:
        return self.model.bytes - self.taken

    @property
    def unsaved(self) -> int:
        return self.taken

    @property
    def set_aside(self) -> int:
        return self.lacking

    def park(self, room: int) -> None:
        self.model.to(CPU)
        self._there = False

    def unpark(self) -> None:
        if self._there:
            return
        try:
            self.model.to(self._device)
        except torch.OutOfMemoryError:
            self.model.to(CPU)
            raise
        self._there = True

    def close(self) -> None:
        self._there = False
