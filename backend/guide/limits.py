"""What a guide may be at most."""

from __future__ import annotations

from dataclasses import replace

from client.protocol import EngineInfo

from ..engines.draft import DraftEngine


def limits() -> EngineInfo:
    """As much as a draft, which is drawn alike."""
    return replace(DraftEngine().capabilities(), name="The guide")
