"""Shots from what a scene has already, and their board."""
