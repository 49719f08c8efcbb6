"""Boards and sheets: what is printed, or looked at as one picture."""
