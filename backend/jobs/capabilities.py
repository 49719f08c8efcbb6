"""What an engine can do, as JSON between processes and to clients."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import Any

from ..engines.engine import Capabilities


def capabilities_json(capabilities: Capabilities) -> dict[str, Any]:
    """Capabilities as JSON; the frame rate as text, or null for any."""
    data = dataclasses.asdict(capabilities)
    data["fps"] = None if capabilities.fps is None else str(capabilities.fps)
    return data


def capabilities_from_json(data: dict[str, Any]) -> Capabilities:
    """What capabilities_json wrote."""
    sizes = tuple((int(width), int(height)) for width, height in data["sizes"])
    fps = None if data["fps"] is None else Fraction(data["fps"])
    return Capabilities(**{**data, "sizes": sizes, "fps": fps, "languages": tuple(data["languages"])})
