"""Orders and jobs as Blender sees them, the one timer, the prompt, preferences, the connection."""
