"""`dev.py demo`: what it builds, and how it is run."""
