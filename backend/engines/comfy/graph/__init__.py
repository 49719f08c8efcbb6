"""Workflows as data: what is in them, what a request fills in, what is sent."""
