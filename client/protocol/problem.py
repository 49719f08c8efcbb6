"""What went wrong, for every border: the wire, the store, the panel and the command line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """`code` is stable, `message` a sentence or two for people, `param` the field that it is about.

    `fix` is a word for what would help, "" for nothing known: install, start, connect, pick_camera, save_file,
    save_as, free_space, smaller_size, shorter, open_log, models, accounts, online_access, retry; `send_again` where a
    paid request may be with its provider already: only the user may say that it is sent once more.
    """

    code: str
    message: str
    fix: str = ""
    param: str | None = None


class ProblemError(Exception):
    """A problem on its way to the border that shows it. Each side of a border raises a subclass of its own."""

    def __init__(self, code: str, message: str, fix: str = "", param: str | None = None) -> None:
        super().__init__(message)
        self.problem = Problem(code, message, fix, param)

    @property
    def code(self) -> str:
        return self.problem.code

    @property
    def message(self) -> str:
        return self.problem.message

    @property
    def fix(self) -> str:
        return self.problem.fix

    @property
    def param(self) -> str | None:
        return self.problem.param


class Unfit(ValueError):
    """A value that does not fit its type: `place` is the field, such as direction.dialogue.0.line, and `what` why."""

    def __init__(self, place: str, what: str) -> None:
        super().__init__(f"{place}: {what}" if place else what)
        self.place = place
        self.what = what
