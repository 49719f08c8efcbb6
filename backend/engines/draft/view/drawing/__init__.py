"""Frames, drawn from the layers of one view or several."""
