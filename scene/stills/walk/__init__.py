"""Walks: a camera's free way from place to place, its pace and looks, and the animated camera that comes of them."""
