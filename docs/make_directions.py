#!/usr/bin/env python3
"""Writes the word lists of directions.md again, from the vocabularies of the draft engine.

    .dev/test/bin/python docs/make_directions.py

A list stands between <!-- words: NAME --> and <!-- end -->; everything else on the page is written by hand.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from backend.engines.draft.direction import words  # noqa: E402
from backend.engines.draft.sound.vocabulary import (  # noqa: E402
    DISTANCES,
    KINDS,
    ONLY_AS_SOUND,
    SILENCE,
    STRENGTHS,
    WALKING,
    WORDS,
)

PAGE = ROOT / "docs" / "directions.md"
BLOCK = re.compile(r"(<!-- words: (\w+) -->\n\n).*?(\n\n<!-- end -->)", re.DOTALL)


def page(text: str) -> str:
    """`text` with every list as the vocabularies have it."""
    return BLOCK.sub(lambda match: match[1] + LISTS[match[2]]() + match[3], text)


def manner() -> str:
    amounts, speeds = words.AMOUNTS.items(), words.SPEEDS.items()
    return table(
        ("to say", "write"),
        ("less", code(word for word, factor in amounts if factor < 0.75)),
        ("more", code(word for word, factor in amounts if factor > 1.25)),
        ("exactly how far", code(EXACTLY_HOW_FAR)),
        ("slower", code(word for word, factor in speeds if factor < 1)),
        ("faster", code(word for word, factor in speeds if factor > 1)),
        ("exactly how long", code(EXACTLY_HOW_LONG)),
        ("how it starts and ends", code([*words.EASES, "ease in", "ease out"])),
        ("one after another", code(ONE_AFTER_ANOTHER)),
        ("at the same time", code(AT_THE_SAME_TIME)),
        ("not that", code(NOT_THAT)),
    )


def places_to_go() -> str:
    return table(
        ("the camera ...", "say, for example"), *((meaning, code(examples)) for meaning, examples in PLACES.values())
    )


# By relation: see direction/where/target.py.
PLACES = {
    "to": (
        "goes to it until it fills the frame, or is level with it",
        (
            "push in to the sofa",
            "follow her to the door",
            "descend toward the entrance",
            "truck left to the door",
            "boom down to the table",
        ),
    ),
    "past": ("passes beside it", ("push in past the chair", "truck left past the table")),
    "through": ("goes through it and on", ("fly through the doorway", "walk through the archway")),
    "over": ("rises above it and goes on over it", ("crane up and over the facade", "fly over the roof")),
    "around": ("goes around it", ("orbit around the table", "circles them", "arc around the table clockwise")),
    "up": ("goes up with it to its end", ("walk up the stairs", "climb the staircase")),
    "down": ("goes down with it to its end", ("go down the steps", "walk down the hill")),
    "along": (
        "goes beside it, forward where it leads away",
        ("tracking shot along the fence from left to right", "walk along the hedge"),
    ),
    "under": ("goes below it", ("duck under the table", "pass under the bridge")),
    "top": ("goes up to right above it, and looks down on it", ("crane up to a top shot of the table",)),
    "at": (
        "turns to it, or keeps its size",
        (
            "pan to the window",
            "zoom in on the clock",
            "vertigo effect on her",
            "start on the fireplace, end on the window",
        ),
    ),
    "from": ("goes away from it", ("pull away from the window",)),
    "whole": ("goes back until all of it is seen", ("pull back to reveal the whole room",)),
}

EXACTLY_HOW_FAR = (
    "push in 1.5 metres",
    "truck left 60 cm",
    "pan left 20 degrees",
    "orbit right 30°",
    "zoom in 2x",
)
EXACTLY_HOW_LONG = ("push in over 3 seconds", "hold for 2 seconds, then push in")
ONE_AFTER_ANOTHER = ("push in, then pan left", "pan left before tilting up", "Push in. Pan left.")
AT_THE_SAME_TIME = ("push in while panning left", "push in and tilt up", "push in with a slight pan left")
NOT_THAT = ("don't pan", "no zoom", "without panning, push in", "no camera movement")


def silence() -> str:
    return paragraph(f"These words leave only the dialogue: {code(SILENCE)}.")


def sounds() -> str:
    of_kind: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for word, heard in WORDS.items():
        if len(heard) == 1:
            of_kind[kind_of(heard[0])].append(word)
    of_kind["footsteps"] += WALKING
    rows = ((KINDS[kind][0], f"{KINDS[kind][1]:g}", code(known)) for kind, known in of_kind.items())
    return table(("sound", "LUFS", "words"), *rows)


def places() -> str:
    heard_as: dict[str, list[str]] = {}
    for word, heard in WORDS.items():
        if len(heard) > 1:
            heard_as.setdefault(", ".join(KINDS[kind_of(sound)][0] for sound in heard), []).append(word)
    return table(("place", "is heard as"), *((code(known), heard) for heard, known in heard_as.items()))


def strengths() -> str:
    return table(
        ("to say", "write beside the sound"),
        ("less of it", code(word for word, factor in STRENGTHS.items() if factor < 1)),
        ("more of it", code(word for word, factor in STRENGTHS.items() if factor > 1)),
        ("farther away", code(word for word, far in DISTANCES.items() if far > 0.2)),
        ("on what rain falls, on what somebody walks", code(SURFACES)),
        ("not that", code(("forest without birds", "rain, no traffic"))),
    )


SURFACES = (
    "rain on a tin roof",
    "rain on a window",
    "footsteps on gravel",
    "footsteps in snow",
    "heels in an empty corridor",
)


def only_as_sound() -> str:
    known = code([*sorted(ONLY_AS_SOUND), *WALKING])
    return paragraph(
        f"Some words mean a sound only in the sound field, because in a prompt they are about the picture: {known}."
    )


def kind_of(sound: str) -> str:
    return sound.partition(":")[0]


def code(phrases: Iterable[str]) -> str:
    return ", ".join(f"`{phrase}`" for phrase in phrases)


def table(head: tuple[str, ...], *rows: tuple[str, ...]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows))


def paragraph(text: str) -> str:
    return textwrap.fill(text, 110, break_long_words=False, break_on_hyphens=False)


LISTS = {make.__name__: make for make in (manner, places_to_go, silence, sounds, places, strengths, only_as_sound)}

if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
