"""Orders and jobs as Blender sees them, the prompt, preferences, the connection."""
