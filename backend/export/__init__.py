"""What leaves an edit for other programs and people, and what comes back: without Blender, from the edit's data."""
