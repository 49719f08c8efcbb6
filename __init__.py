"""Take One: animate the camera's still, and lay the take in the edit."""

from .scene import properties


def register():
    properties.register()


def unregister():
    properties.unregister()
