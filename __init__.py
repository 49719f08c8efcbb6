"""Take One: animate the camera's still, and lay the take in the edit."""

from . import operators, panels
from .scene.app import app, timer
from .scene.edit import burn_in, compare
from .scene.edit.cut import fit
from .scene.model.properties import earlier, properties
from .scene.session import handlers, pump
from .scene.session.out import beds, exports
from .scene.session.views import plans, walks

PARTS = (
    app,
    properties,
    earlier,
    fit,
    burn_in,
    compare,
    operators,
    panels,
    pump,
    plans,
    walks,
    beds,
    exports,
    handlers,
    timer,
)


def register() -> None:
    """Called by Blender when the extension is enabled."""
    for part in PARTS:
        part.register()


def unregister() -> None:
    """Called by Blender when the extension is disabled, and before it is loaded again."""
    for part in reversed(PARTS):
        if hasattr(part, "unregister"):
            part.unregister()
