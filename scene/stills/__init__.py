"""Stills: rendered, drawn by the viewport, from the edit or a file; with their depth and camera."""
