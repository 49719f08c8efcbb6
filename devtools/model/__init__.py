"""A tiny model in the published layout, for tests."""
