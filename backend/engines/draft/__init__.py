"""The draft engine: the still, re-projected through its true depth along a camera move, with synthesised sound.

It runs everywhere: on the CPU, without weights. The camera moves; people in the picture do not.
Importing this package is quick: what compiles or decodes is imported when a clip is made.
"""

from __future__ import annotations

from .engine import DraftEngine

__all__ = ["DraftEngine"]
