"""When a move goes and how it gathers speed, in words."""
