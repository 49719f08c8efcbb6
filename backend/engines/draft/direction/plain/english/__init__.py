"""From how people say it in English, abbreviated, polite, misspelt or in lists, to the plain words of a move."""
