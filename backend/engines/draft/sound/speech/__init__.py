"""Lines of dialogue in a scratch voice."""
