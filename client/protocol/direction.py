"""What should happen in a shot: the motion prompt, the dialogue, the sound."""

from __future__ import annotations

from dataclasses import dataclass

from .problem import Unfit

LANGUAGES = ("English", "Mandarin", "Cantonese", "Japanese", "Korean", "German", "French")
MAX_TEXT = 5000  # characters of a prompt or of a sound's description
MAX_LINES = 64
MAX_LINE = 1000
MAX_SPEAKER = 100


@dataclass(frozen=True)
class Line:
    """One line of dialogue. `language` is one of LANGUAGES."""

    speaker: str = ""
    language: str = "English"
    line: str = ""

    def __post_init__(self) -> None:
        if not self.line.strip():
            raise Unfit("line", "must say something")
        check_text(self.line, "line", MAX_LINE)
        check_text(self.speaker, "speaker", MAX_SPEAKER)
        if self.language not in LANGUAGES:
            raise Unfit("language", f"must be one of {', '.join(LANGUAGES)}")


@dataclass(frozen=True)
class Direction:
    """`prompt` says what moves, `sound` what is heard besides the dialogue."""

    prompt: str = ""
    dialogue: tuple[Line, ...] = ()
    sound: str = ""

    def __post_init__(self) -> None:
        check_text(self.prompt, "prompt", MAX_TEXT)
        check_text(self.sound, "sound", MAX_TEXT)
        if len(self.dialogue) > MAX_LINES:
            raise Unfit("dialogue", f"must have at most {MAX_LINES} lines")


def check_text(text: str, field: str, most: int) -> None:
    """Raises Unfit for text that is too long, or that UTF-8 can't hold."""
    if len(text) > most:
        raise Unfit(field, f"must have at most {most} characters")
    if any("\ud800" <= character <= "\udfff" or character == "\0" for character in text):
        raise Unfit(field, "holds characters that are not text")
