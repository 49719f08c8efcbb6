"""The inference backend of Take One: a service and a command line, both usable without Blender."""

__version__ = "0.1.0"
