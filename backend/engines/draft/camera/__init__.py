"""From moves to a camera path, within what the room allows."""
