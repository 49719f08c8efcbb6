"""The moves that a clause speaks of: their words, whose they are, how they join those before them."""
