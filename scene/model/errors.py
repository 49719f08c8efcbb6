"""The one error that scene/ raises: something an artist can read and act on."""

from __future__ import annotations


class SceneError(Exception):
    """`code` is stable, `message` a sentence or two for people, `fix` the word of a button that would help
    ("" for none): pick_camera, save_file, free_space, smaller_size, retry, connect, install, ..."""

    def __init__(self, code: str, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix
