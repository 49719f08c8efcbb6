"""What is told without the words of a move: set-ups, ways, looks, lenses, aims, postures."""
