"""A Blender with its window, driven and looked at."""
