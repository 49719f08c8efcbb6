"""Shots and takes as the rest knows them: the list, which is shown, their files, and what may be trusted."""
