"""Where a move ends, in words: how high, how far from a thing, at its top."""
