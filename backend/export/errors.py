"""What goes wrong with an export."""

from __future__ import annotations

from client.protocol import ProblemError


class ExportError(ProblemError):
    """An export that can't be made, or a file that can't be read, in words for people."""
