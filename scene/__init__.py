"""Blender's side, in rooms: model <- edit <- stills <- session. Arrows run one way."""
