"""Frames and sound to files: the mp4, its thumbnail, its sidecar."""
