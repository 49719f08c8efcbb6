"""Exports and imports as Blender sees them: what runs, how far it is, and what it said."""
