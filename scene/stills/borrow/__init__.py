"""Settings of a scene that a still needs otherwise, for its time: put back whatever happens."""
