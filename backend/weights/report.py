"""What a folder of published files turned out to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Report:
    """`fits` are the components that these files can be: none where no engine needs them, several where the files
    don't tell which. `looks_like` says in words what they are. Without `problems` the folder can be used."""

    folder: Path
    fits: tuple[str, ...]
    looks_like: str
    problems: tuple[str, ...] = ()
    bytes: int = 0
    parameters: int = 0

    @property
    def ok(self) -> bool:
        return bool(self.fits) and not self.problems

    def serves(self, name: str) -> bool:
        """Whether it can be used as the component `name`."""
        return self.ok and name in self.fits

    @property
    def name(self) -> str:
        """The component that it is, by its files or else by its folder's name; "" where neither tells."""
        if len(self.fits) == 1:
            return self.fits[0]
        return self.folder.name if self.folder.name in self.fits else ""


# Looks at a folder for one engine; None where its files are of a kind that the engine does not know.
Recogniser = Callable[[Path], Report | None]
