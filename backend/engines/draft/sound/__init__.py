"""The draft engine's sound: ambience from words, a scratch voice for the lines, and their mix."""
