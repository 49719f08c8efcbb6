"""Engines: what turns a still and a direction into a clip."""
