"""What went wrong, as a sentence or two for people."""

from __future__ import annotations


class TakeOneError(Exception):
    """ComfyUI shows the message on the node. `code` is stable ("" where it is ours), `status` the HTTP status, 0 where
    there was none."""

    def __init__(self, message: str, code: str = "", status: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class Unreachable(TakeOneError):
    """No answer came: the server is away, or was while it answered."""
