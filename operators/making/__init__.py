"""Verbs that make takes: the press, its prompt and options, the queue."""
