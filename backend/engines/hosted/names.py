"""The names of the engines that are models of others, for the registry."""

from __future__ import annotations

from .providers import models


def names() -> tuple[str, ...]:
    """Every hosted engine's name."""
    return tuple(models())
