"""What a direction asks for that no camera move can do: it is noted, in whichever language it was written."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .languages.tables.happenings import (
    ALL_LANGUAGES,
    ATTRIBUTES,
    BLINKING,
    ENGLISH_STATES,
    LIGHT_VERBS,
    PEOPLE,
    PEOPLE_VERBS,
    THING_VERBS,
    THINGS,
)
from .languages.tables.nouns import PEOPLES_NAMES
from .languages.tables.weather import WEATHER
from .plain.translate import to_english
from .plain.which import reader_of
from .words import without_runs

MOST_NAMED = 5
OTHER_CAMERA = "another camera"
FOCUS = "focus"
CUTS = "cuts"
FOLLOWING = "following"
LIGHT = "light"
PEOPLE_MOVE = "people"
WIND = "wind"
_NOTES = {
    OTHER_CAMERA: "A reverse angle wants another camera: place one there and make a shot of it.",
    FOCUS: "The focus is not pulled: everything stays as sharp as it is in the still.",
    CUTS: "Cuts, fades and changes of speed are not made here: make them in the edit.",
    FOLLOWING: "Who is followed stays in place: only the camera moves.",
}
_CLAUSE = re.compile(r"[,.;:!?()\n]|\b(?:and|then|while|as|before|after|but|until|when|with)\b")
_FORMS = r"(?:s|es|ing|ed)?"


def _verbs(stems: str, forms: str = _FORMS) -> str:
    """A pattern for the forms of verbs: of "race" also "racing", of "run" also "running"."""
    parts = []
    for stem in stems.split():
        root = stem[:-1] if stem.endswith("e") else stem
        parts.append(rf"{root}(?:e|es|ing|ed)?" if stem.endswith("e") else rf"{stem}{stem[-1]}?{forms}")
    return "|".join(parts)


_THING = re.compile(rf"\b({THINGS})\b(?:\s+[\w']+){{0,3}}?\s+(?:{_verbs(THING_VERBS)})\b")
_THING_SO = re.compile(rf"\b(?:{ATTRIBUTES})\s+(?:\w+\s+)?({THINGS})\b")
_BLOWN = re.compile(rf"\b(?:wind|breeze|gusts?|draught)\b.*?\b({THINGS})\b")
_ONLY_THAT = re.compile(
    rf"\b(?:nothing|no one|nobody)\b[^,.;]*\bmov\w+\b[^,.;]*\b(?:except|save|besides|apart from|other than)\b"
    rf"(?:\s+\w+){{0,3}}?\s+({THINGS})\b|\b({THINGS})\s+in the (?:wind|breeze|draught|draft)\b"
)
_LIGHT = re.compile(
    rf"\b(?:candles?|lamps?|lights?) (?:are|is|get|gets|being) (?:lit|turned|switched)\b|"
    rf"\b(?:lights?|sunlight|daylight|lamps?|sun|neon)\b(?:\s+[\w']+){{0,3}}?\s+(?:{_verbs(LIGHT_VERBS)})\b"
    rf"|\b(?:fading|flickering|dimming|changing|pulsing|flashing|dying|"
    rf"blinking)\s+(?:\w+\s+)?(?:lights?|sunlight|daylight|lamps?|neon)\b"
    r"|\b(?:turns?|fades?|shifts?|gives way) (?:in)?to (?:dusk|night|dark|darkness|evening|dawn|day)\b"
    r"|\b(?:night|darkness|dusk|dawn) (?:falls|breaks|comes)|\b(?:gets|"
    r"grows|becomes|turns|goes) (?:dark|darker|bright|brighter)\b"
    r"|\bday (?:turns )?(?:in)?to night\b|\bsun (?:goes|is going|comes|is coming) (?:down|up|out)"
    r"|\bsun(?:set|rise) (?:fades|"
    r"comes|begins)\b|\blights? (?:go|goes|come|comes) (?:on|out|off|"
    r"up|down)\b"
)
_PERSON = re.compile(
    rf"\b(?:{PEOPLE})\b(?:\s+(?:and\s+)?[\w']+){{0,2}}?\s+(?:{_verbs(PEOPLE_VERBS)}|"
    rf"(?:{ENGLISH_STATES})s)\b|{BLINKING}"
)
# One person who does anything else but be there: "the old man gets up", "a girl is drawing".
_DOES = re.compile(
    rf"\b(?:{PEOPLE})(?:\s+(?:\w+ly|just|then|also|now))?\s+(?:(?:is|are)\s+)?"
    rf"(?!(?:{ENGLISH_STATES})\w*\b|(?:is|was|has|wears|fills|occupies|covers|dominates|remains|this|towards|upwards|"
    rf"always|its|his|us|across|says|asks|tells|thinks|feels|waits|sees|watches)\b)"
    r"(?:[a-z]{2,}(?<!s)(?<!u)s|(?!sitting|standing|lying|wearing|looking|leaning|during|evening|morning)"
    r"[a-z]{2,}ing)\b"
)
# Somebody with a name who does something: "Anna gets up".
_NAMED_DOES = re.compile(
    rf"(?:^|\bthat |\blet )\s*(?:{'|'.join(PEOPLES_NAMES)})(?: and \w+)?(?: \w+ly)? (?!(?:{ENGLISH_STATES})\w*\b|"
    rf"(?:is|was|has|wears|waits|"
    r"occupies|covers|dominates|takes up|this|towards|always|its|his|us|across|as|remains|stays|fills)\b)"
    r"(?:[a-z]{2,}(?<!s)s)\b"
)
# A thing or a hand that moves, whatever it is called: "the bottle spins", "a hand picks up the phone".
_NO_MOVERS = (
    r"(?!(?:camera|cam|shot|frame|view|lens|drone|dolly|crane|jib|move|movement|scene|clip|film|video|sequence|image|"
    r"picture|slider|gimbal|perspective|operator|steadicam|road|path|street|corridor|hall|hallway|stairs|river|wall|"
    r"zoom|"
    r"pan|tilt|lamp|light|that|which|this|few|man|woman|boy|girl|one)\b)"
)
_MOVING_THING = re.compile(
    rf"\b(?:the|an?|his|her|its|their)\s+(?:{_NO_MOVERS}\w+\s+)?{_NO_MOVERS}(?!\w+ly\b)(\w+[a-rt-z])\s+(?:\w+ly\s+)?"
    r"(?:spins|rotates|swings|moves|sways|flies|bounces|flutters|floats|drifts|wobbles|shakes|boils|melts|burns|spills|"
    r"explodes|crashes|drips|grows|dances|jumps|ticks|swims|shatters|cracks|breaks|collapses|topples|tips|hisses|"
    r"bubbles|"
    r"rattles|rings|flickers|glows|pulses|sparkles|steams|smokes|leaks|overflows|unfolds|unrolls|opens|closes|inflates|"
    r"deflates|shrinks|freezes|thaws|catches|ignites|fades|lights up|goes out|turns on|turns off|roars|rages|passes|"
    r"slams|creaks|tumbles|rolls|slides|bursts|pops|blooms|wilts|picks|grabs|reaches|waves|lifts|lands|hops|trots|"
    r"crawls|comes|approaches|taps|enters|leaves|escapes|"
    r"walks|pushes the|pulls the|opens the|closes the|turns the)\b"
)
_THEY_DO = re.compile(
    r"\bthey (?!are|were|have|had|stand|sit|look|will|would|can|could|should|must|do|don|see|stay)[a-z]+\b"
)
_FOLLOW = re.compile(
    rf"\b(?:{_verbs('follow lead chase trail track shadow')})\s+(?:alongside\s+)?(?:(?:the|a|his|her|their)\s+)?"
    rf"(?:\w+\s+)?(?:{PEOPLE}|{THINGS}|{'|'.join(PEOPLES_NAMES)}|him|her|them|cyclist|runner|stream)\b"
)
_PACE = re.compile(r"\b(?:at|with) (?:an? )?(?:[\w']+ ){0,2}?(?:speed|pace|velocity)\b")  # "the door at constant speed"
_TURNS = re.compile(
    r"(?<!makes )(?<!takes )(?<!make )(?<!does )\b(?:an?|one|half|full|quarter|two|three) (?:(?:full|half|quarter|"
    r"complete|whole|slow|fast|quick|gentle|slight|"
    r"of a) )*"
    r"(?:turns?|circles?|spins?|rolls?|moves?|passes?)\b"
)  # "around the car a full turn"
# "POV walking to the door": who walks is the camera.
_OWN_EYES = re.compile(
    r"\b(?:first[- ]person|pov|point[- ]of[- ]view|subjective)(?: (?:shot|camera|view))?[:,]? "
    r"(?:walk|run|climb|drive|stroll|fly|ride|crawl|sprint)(?:n?ing|s)?\b"
)
_EVERYWHERE = {topic: re.compile(pattern, re.IGNORECASE) for topic, pattern in ALL_LANGUAGES.items()}
_QUOTED = re.compile(r"[\"“「『«„][^\"”」』»“]{0,600}[\"”」』»“]")


def beyond(text: str) -> tuple[str, ...]:
    """The topics of _NOTES, LIGHT, PEOPLE_MOVE, and the English names of things that should move."""
    text = without_runs(_QUOTED.sub(" ", text[:8000]))
    found = [topic for topic, pattern in _EVERYWHERE.items() if pattern.search(text)]
    english = to_english(text).lower().replace("’", "'")
    english = _TURNS.sub(" ", _PACE.sub(" ", _OWN_EYES.sub(" ", english)))
    language = reader_of(text)
    weather = WEATHER[language.name if language else "english"]
    found += [name for name, pattern in weather.items() if re.search(pattern, text.lower())]
    found += [PEOPLE_MOVE] if language and language.somebody_acts(text) else []
    found += language.creatures(text) if language else []
    for clause in _CLAUSE.split(english):
        if _LIGHT.search(clause):
            found.append(LIGHT)
        found += [
            match[match.lastindex or 1]
            for pattern in (_THING, _THING_SO, _BLOWN, _MOVING_THING, _ONLY_THAT)
            for match in pattern.finditer(clause)
        ]
        if any(pattern.search(clause) for pattern in (_PERSON, _DOES, _THEY_DO, _NAMED_DOES)):
            found.append(PEOPLE_MOVE)
        if _FOLLOW.search(clause):
            found.append(FOLLOWING)
    if any(one not in _NOTES and one != WIND for one in found):  # the curtains that it blows are named
        found = [one for one in found if one != WIND]
    return tuple(dict.fromkeys(found))


def without_focus(text: str) -> str:
    """`text` in another language than English without the clauses that only pull the focus from a thing to another."""
    return "".join(clause for clause in _CLAUSES.split(text) if not _EVERYWHERE[FOCUS].search(clause))


_CLAUSES = re.compile(r"(?<=[,.;，。、；])")


def notes_of(topics: Iterable[str]) -> list[str]:
    """Sentences for the user."""
    topics = list(topics)
    still = [{LIGHT: "the light", PEOPLE_MOVE: "people"}.get(one, f"the {one}") for one in topics if one not in _NOTES]
    notes = [_NOTES[one] for one in topics if one in _NOTES]
    if still:
        named = ", ".join(dict.fromkeys(still[:MOST_NAMED]))
        notes.append(f"The draft moves only the camera. As in the still stay: {named}.")
    return notes
