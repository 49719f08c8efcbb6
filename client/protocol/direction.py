"""What should happen in a shot: the motion prompt, the dialogue, the sound."""

from __future__ import annotations

from dataclasses import dataclass

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
            raise ValueError("a line of dialogue says nothing")
        check_text(self.line, "a line of dialogue", MAX_LINE)
        check_text(self.speaker, "a speaker", MAX_SPEAKER)
        if self.language not in LANGUAGES:
            raise ValueError(f"the language must be one of {', '.join(LANGUAGES)}")


@dataclass(frozen=True)
class Direction:
    """`prompt` says what moves, `sound` what is heard besides the dialogue."""

    prompt: str = ""
    dialogue: tuple[Line, ...] = ()
    sound: str = ""

    def __post_init__(self) -> None:
        check_text(self.prompt, "the prompt", MAX_TEXT)
        check_text(self.sound, "the sound", MAX_TEXT)
        if len(self.dialogue) > MAX_LINES:
            raise ValueError(f"there are more than {MAX_LINES} lines of dialogue")


def check_text(text: str, what: str, most: int) -> None:
    """Raises ValueError for text that is too long, or that UTF-8 can't hold."""
    if len(text) > most:
        raise ValueError(f"{what} is longer than {most} characters")
    if any("\ud800" <= character <= "\udfff" or character == "\0" for character in text):
        raise ValueError(f"{what} holds characters that are not text")
