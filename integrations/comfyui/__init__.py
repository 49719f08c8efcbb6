"""Take One for ComfyUI: nodes that have a Take One server animate a still, read a camera move, draw a guide."""

from __future__ import annotations

from typing import Any


async def comfy_entrypoint() -> Any:
    """What ComfyUI loads the nodes by."""
    from .nodes import TakeOne

    return TakeOne()
