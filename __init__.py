"""Take One: animate the camera's still, and lay the take in the edit."""

from . import operators, panels
from .scene.model import properties
from .scene.session import pump

PARTS = (properties, operators, panels, pump)


def register() -> None:
    """Called by Blender when the extension is enabled."""
    for part in PARTS:
        part.register()


def unregister() -> None:
    """Called by Blender when the extension is disabled, and before it is loaded again."""
    for part in reversed(PARTS):
        part.unregister()
