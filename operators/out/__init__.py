"""Verbs that let the edit out, and what others made of it in."""
