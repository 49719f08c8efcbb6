"""Verbs of the edit: shots, takes, their files."""
