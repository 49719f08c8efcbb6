"""The settings that a shot's engine declares, as the card has them."""

from __future__ import annotations

from typing import Any


def chosen(shot: Any, overrides: dict[str, Any]) -> dict[str, Any]:
    """The engine's options by name, as a request carries them. `overrides` stand in for the card for one call."""
    quality = overrides.get("quality", shot.quality)
    return {} if quality == "STANDARD" else {"quality": quality.lower()}
