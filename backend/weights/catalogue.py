"""The published files that engines are made of. Each engine that has weights gives a Catalogue of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from .report import Recogniser


@dataclass(frozen=True)
class Component:
    """One folder of published files.

    `repository` and `folder` say where its publisher keeps it, `patterns` which files of that folder are
    needed, `gigabytes` about how much that is (the true size is asked for before a download), `licence` what
    a user must accept there first ("" for nothing). `stand_in` is a component that does in its place.
    """

    name: str
    title: str
    repository: str
    folder: str
    patterns: tuple[str, ...]
    gigabytes: float
    licence: str = ""
    stand_in: str = ""


@dataclass(frozen=True)
class Catalogue:
    """Components by name, and sets of those that are needed together (for a quality, say).

    `recognisers` tell what a folder of files is; the first that knows it is believed.
    """

    components: Mapping[str, Component]
    sets: Mapping[str, tuple[str, ...]]
    recognisers: tuple[Recogniser, ...]

    def named(self, name: str) -> tuple[Component, ...]:
        """The components that a name stands for: a component, a set, or "all".

        Raises:
            KeyError: there is none of that name.
        """
        if name == "all":
            return tuple(self.components.values())
        return tuple(self.components[part] for part in self.sets.get(name, (name,)))

    def lacking(self, name: str, usable: Collection[str]) -> list[str]:
        """What the set `name` still needs where the components `usable` are here."""
        parts = (self.components[part] for part in self.sets[name])
        return [part.name for part in parts if part.name not in usable and part.stand_in not in usable]


def together(catalogues: Iterable[Catalogue]) -> Catalogue:
    """All catalogues as one. Engines may share a component.

    Raises:
        ValueError: two mean different things by one name.
    """
    components: dict[str, Component] = {}
    sets: dict[str, tuple[str, ...]] = {}
    recognisers: list[Recogniser] = []
    for catalogue in catalogues:
        for name, component in catalogue.components.items():
            if components.setdefault(name, component) != component:
                raise ValueError(f"two engines have a component called {name}")
        for name, parts in catalogue.sets.items():
            if sets.setdefault(name, parts) != parts:
                raise ValueError(f"two engines have a set called {name}")
        recognisers += catalogue.recognisers
    return Catalogue(components, sets, tuple(recognisers))
