"""A second reading of a direction in which no move is found: what can only be the camera's, though nothing says so."""

from __future__ import annotations

from dataclasses import replace

from .clauses import Clause
from .lists import one_of
from .modifiers import is_modifier
from .sentences import DETERMINERS, LEAD_INS, NEGATIONS
from .where.ways import VERBS

_WAYS = one_of(
    "in, down, up, along, through, past, over, into, onto, around, round, across, toward, towards, between, out, to"
)
_ROUTE = one_of("camera, path, route, tour, walkthrough, flythrough, walk")  # "camera path: entrance -> hall"
_MOVEMENT = ("movement", "motion", "move")


def loosely(found: list[Clause]) -> list[Clause]:
    """Those clauses that are orders or ways, as orders to move: "down the escalator, along the platform", "swoop down",
    "it climbs along the column", "entrance -> corridor -> hall". None where others tell what happens."""
    if any(_is_no_other_movement(clause.words) for clause in found):
        return [Clause(["no", "camera", "movement"], [False] * 3, "sentence")]
    if found and found[0].words[0] == "it" and any(clause.words[0] in VERBS for clause in found[1:]):
        return [_said(["camera", *found[0].words[1:]], "sentence"), *found[1:]]
    if any(clause.words[-1] in _ROUTE for clause in found[:2]) and (route := _route(found)):
        return route
    ways = [_without_on(clause.words) for clause in found]
    if len(ways) == 1 and ways[0][0] in ("to", "onto") and _is_way(ways[0]):  # "land on the lamp"
        return [replace(_said(["move", *ways[0]], "sentence"), told=found[0].told)]
    if len(ways) > 1 and all(way[0] in _WAYS and _is_way(way) for way in ways):
        in_order = any(clause.link == "then" for clause in found[1:])  # "past the chair, then on to the window"
        goal = next((i for i, word in enumerate(ways[-1][:2]) if word in ("to", "onto", "into")), -1)
        return [_said(["move", *way], "then") for way in (ways if in_order or goal < 0 else [ways[-1][goal:]])]
    places = [clause for clause in found if not _ROUTE.intersection(clause.words)]
    if len(places) > 1 and all(clause.link == "then" for clause in places[1:]) and _are_places(places):
        return [_said(["move", "to", "the", *_without_articles(places[-1].words)], "sentence")]
    orders = [clause for clause in found if clause.link in ("comma", "sentence") and _is_order(clause.words)]
    return [replace(clause, link="sentence") for clause in orders]


def _route(found: list[Clause]) -> list[Clause]:
    """The ways of a tour, one after the other: "estate tour: from the sofa to the stairs and up them"."""
    made: list[Clause] = []
    goal = ""
    for clause in found:
        text = _without_on(clause.words)
        if text[0] == "from" and "to" in text[2:]:
            text = text[text.index("to", 2) :]
        if len(text) == 2 and text[1] in ("it", "them") and goal:
            text = [text[0], "the", goal]
        if text[0] in _WAYS and _is_way(text):
            made.append(_said(["move", *text], "then"))
            goal = text[-1]
    return made


def _without_on(text: list[str]) -> list[str]:
    return text[1:] if text[0] in ("on", "onward", "onwards", "further") and text[1:2] and text[1] in _WAYS else text


def _said(text: list[str], link: str) -> Clause:
    return Clause(text, [False] * len(text), link)


def _is_no_other_movement(text: list[str]) -> bool:
    return text[0] in ("no", "without") and text[-1] in _MOVEMENT and "other" in text[1:-1]


def _is_way(text: list[str]) -> bool:
    """Whether a clause is a way and nothing else: one thing, and no verb."""
    at = 2 if text[1:2] and text[1] in _WAYS else 1
    rest = text[at + 1 :]
    named = text[at : at + 1] != [] and text[at] in DETERMINERS and len(text) < 8
    return named and not any(word in VERBS or word in DETERMINERS for word in rest)


def _are_places(found: list[Clause]) -> bool:
    """Whether clauses name nothing but places, a few words each."""
    return all(
        len(clause.words) < 4 and not any(word in VERBS or word in NEGATIONS for word in clause.words)
        for clause in found
    )


def _without_articles(text: list[str]) -> list[str]:
    return [word for word in text if word not in DETERMINERS]


def _is_order(text: list[str]) -> bool:
    """Whether a clause begins with a verb's plain form, which no single thing in the picture can have."""
    first = next((word for word in text if not (is_modifier(word) or word in LEAD_INS - DETERMINERS)), "")
    return first in VERBS and VERBS[first][1] == "base" and len(text) > 1
