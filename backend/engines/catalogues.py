"""The published files of the engines that have weights: one line each. Light, as each command line begins with it."""

from __future__ import annotations

from importlib import import_module

from ..weights.catalogue import Catalogue, together

MODULES = ("backend.engines.happyhorse.files.catalogue",)  # each has a CATALOGUE


def catalogue() -> Catalogue:
    """The published files of all engines."""
    return together(import_module(module).CATALOGUE for module in MODULES)
