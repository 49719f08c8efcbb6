"""From words to the sound events of an ambience."""

from __future__ import annotations

from dataclasses import dataclass

from ..direction import words
from ..direction.lists import one_of
from ..direction.plain.translate import to_english
from ..direction.sentences import ACTORS, NEGATIONS
from .events import SoundEvent
from .vocabulary import (
    DISTANCES,
    MUSIC,
    NOT_SOUNDS,
    ONLY_AS_SOUND,
    SILENCE,
    SPARSE,
    STRENGTHS,
    WALKING,
    WORDS,
)

MOST_EVENTS = 7
_PHRASES = {tuple(phrase.split()): sounds for phrase, sounds in WORDS.items()} | {
    (word,): ("footsteps",) for word in WALKING
}
_NOT = {tuple(phrase.split()) for phrase in NOT_SOUNDS}
_SILENT = {tuple(phrase.split()) for phrase in SILENCE}
_LONGEST = max(len(phrase) for phrase in (*_PHRASES, *_NOT))
_LEVELS = one_of("quiet, quietly, faint, faintly, soft, softly, loud, loudly, low, deafening")


@dataclass(frozen=True)
class SoundReading:
    """What the words ask to hear (no events: silence), and notes for the user."""

    events: tuple[SoundEvent, ...]
    notes: tuple[str, ...]


def read_sound(sound: str, prompt: str) -> SoundReading:
    """The ambience for a sound direction, and for the prompt, whose sounds lie under those of
    `sound`."""
    denied = _denied(sound) | _denied(prompt)
    named = [event for event in _events(sound, True) if event.kind not in denied]
    silent = _is_silence(sound) and not named
    notes = []
    if any(word in MUSIC for word in _texts(sound)):
        notes.append("The draft engine makes no music.")
    if silent:
        return SoundReading((), tuple(notes))
    under = _events(prompt, False)
    events = {event.kind: event for event in under if event.kind not in denied}
    if named:
        events = {
            kind: SoundEvent(kind, event.strength, event.distance, event.level - 6.0, event.near)
            for kind, event in events.items()
        }
    events |= {event.kind: event for event in named}
    if not events:
        events = {"room": SoundEvent("room")}
        if not notes:
            notes.append("No sound words known: room tone was used.")
    elif all(kind in SPARSE for kind in events):  # a clock ticks somewhere
        events = {"room": SoundEvent("room", level=-12.0), **events}
    return SoundReading(tuple(events.values())[-MOST_EVENTS:], tuple(notes))


def _texts(text: str) -> list[str]:
    return [token.text for token in words.tokens(to_english(text))]


def _is_silence(sound: str) -> bool:
    text = _texts(sound)
    return any(tuple(text[i : i + size]) in _SILENT for i in range(len(text)) for size in (1, 2))


def _matches(text: list[str]) -> list[tuple[int, int, tuple[str, ...]]]:
    """(start, end, sounds) of all that is known, longest first, false friends left out."""
    found = []
    i = 0
    while i < len(text):
        for size in range(min(_LONGEST, len(text) - i), 0, -1):
            phrase = tuple(text[i : i + size])
            if phrase in _NOT:
                i += size
                break
            if phrase in _PHRASES:
                found.append((i, i + size, _PHRASES[phrase]))
                i += size
                break
        else:
            i += 1
    return found


def _denied(text: str) -> set[str]:
    """Kinds that the words rule out: "no wind", "without any traffic or birds"."""
    plain = _texts(text)
    return {
        sound.partition(":")[0] for start, _, sounds in _matches(plain) if _negated(plain, start) for sound in sounds
    }


def _negated(text: list[str], start: int) -> bool:
    for word in reversed(text[max(0, start - 5) : start]):
        if word in NEGATIONS:
            return True
        if word in (",", ".", ";", "but", "with", "only", "just"):
            return False
    return False


def _events(text: str, as_sound: bool) -> list[SoundEvent]:
    plain = _texts(text)
    found: dict[str, SoundEvent] = {}
    for start, end, sounds in _matches(plain):
        phrase = " ".join(plain[start:end])
        if not as_sound and (phrase in ONLY_AS_SOUND or phrase in WALKING):
            continue
        if _negated(plain, start) or (phrase == "waves" and _waving(plain, start, end)):
            continue
        near = _near(plain, start, end)
        strength, distance, level = 1.0, 0.0, 0.0
        for word in near[: 6 if as_sound else 4]:
            strength *= STRENGTHS.get(word, 1.0)
            level += 20 * (STRENGTHS[word] - 1) / 2.5 if word in _LEVELS else 0.0
            distance = max(distance, DISTANCES.get(word, 0.0))
        for sound in sounds:
            kind, _, offset = sound.partition(":")
            own = SoundEvent(
                kind,
                min(max(strength, 0.3), 2.0),
                distance,
                level + float(offset or 0) - 7 * distance,
                tuple(dict.fromkeys((*near, *plain[start:end], *_clause(plain, start)))),
            )
            if kind not in found or len(sounds) == 1:
                found[kind] = own
    return list(found.values())


def _near(text: list[str], start: int, end: int) -> tuple[str, ...]:
    """The words around [start, end), nearest first, up to the next mark or sound."""
    before: list[str] = []
    for word in reversed(text[max(0, start - 3) : start]):
        if not word[0].isalnum() or (word,) in _PHRASES or word in ("and", "with", "over"):
            break
        before.append(word)
    after: list[str] = []
    for word in text[end : end + 4]:
        if (
            not word[0].isalnum()
            or word in ("and", "with", "over")
            or ((word,) in _PHRASES and word not in ("street", "leaves", "road", "forest", "garden", "steps"))
        ):
            break
        after.append(word)
    return tuple(before + after)


def _clause(text: list[str], start: int) -> list[str]:
    """All words of the clause around `start`: they may name a surface."""
    first = max((i + 1 for i in range(start) if text[i] in ",.;\n"), default=0)
    last = next((i for i in range(start, len(text)) if text[i] in ",.;\n"), len(text))
    return text[first:last]


def _waving(text: list[str], start: int, end: int) -> bool:
    """ "she waves goodbye" is no surf."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return (bool(before) and before[0] in ACTORS) or (
        bool(after) and after[0] in ("at", "to", "goodbye", "hello", "her", "his")
    )
