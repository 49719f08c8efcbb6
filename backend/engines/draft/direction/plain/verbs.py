"""What a clause's verbs make of its moves and things, whichever language they are in: what is passed by or entered,
looked at or followed, and which of the moves a figure is about."""

from __future__ import annotations

import re

from ..languages.tables.verbs import LOOK, OVER, PAST, THROUGH

Moves = list[tuple[int, int, str]]  # start, end and English
Things = list[tuple[str, str]]  # relation and name

BARE = ("handheld", "static shot", "tripod shot")  # they say nothing of a thing
PASSING = (PAST, THROUGH, OVER)
# How a thing goes with a verb that has no word between them.
OF_AN_OBJECT = {
    PAST: "past",
    THROUGH: "through",
    OVER: "over",
    LOOK: "to",
    **dict.fromkeys(("zoom", "zoom in", "tilt", "tilt up", "tilt down", "looking down", "pan", "push in"), "to"),
    "orbit": "around",
    "follow": "with",
    "pull out": "from",
}
_ARTICLES = ("una", "un", "uma", "um", "une", "einem", "einer", "la", "le", "lo")
PRONOUNS = ("la", "lo", "lui", "sie", "ihr", "lei", "ela", "ele", "ella", "elle", "hem", "hen", "hun", "haar", "loro")
ONLY = re.compile(
    r"\b(?:nur|bloß|lediglich|juste|seulement|uniquement|solo|sólo|solamente|únicamente|soltanto|só|somente|apenas|"
    r"alleen|slechts)\b|だけ|のみ|(?<=[가-힣])만(?=[\s,.]|$)|오직|只|仅"
)
ENTERS = re.compile(
    r"\b(?:entr(?:a|e|ar|er|ez|ons|are|i|iamo|amos|ando|ant)|sort(?:ir|ez|ons|ant)?|sal(?:e|ir|imos|ga)?|sai(?:a|r|mos)?|"
    r"esc[aei]|uscire|usciamo|betreten|betritt|verlassen|verlässt|hinaus|hinein)\b|入[るりっ]|出[るてた]|들어|나가|나간|나와|"
    r"빠져나|[进出]去|走[进出]|穿出|[进出]门"
)
BESIDE = re.compile(r"\b(?:devant|delante|davanti|accanto|junto|côté|neben|vor)\b|[前横脇旁边]|앞|옆|곁")


def measured_move(moves: list[str], figure: str) -> int:
    """Which of the moves a figure is about: metres are gone, degrees are turned; else the last."""
    turning = ("pan", "tilt", "look", "turn", "roll", "orbit", "zoom", "whip", "dutch")
    fits = [i for i, move in enumerate(moves) if move.startswith(turning) == ("degrees" in figure)]
    return fits[-1] if fits and ("metres" in figure or "degrees" in figure) else len(moves) - 1


def as_meant(moves: Moves, things: Things, dollies: bool) -> tuple[Moves, Things]:
    """Moves and things with verbs of passing as plain going, a look that follows as a look, and no hold beside a look
    that a camera makes which stays where it is. `dollies`: a push beside a zoom is one of its own."""
    said = [move for _, _, move in moves]
    if "follow" in said and any(move.startswith(("pan", "tilt", "zoom", "turn")) for move in said):
        moves = [(*one[:2], "pan" if one[2] == "turn" else one[2]) for one in moves if one[2] != "follow"]
        whom = [name for relation, name in things if relation == "with" and name.split()[-1] not in _ARTICLES]
        things = [("to", name) for name in whom or ["her"]]
    if "follow" in said and any(relation == "along" for relation, _ in things):  # "siguiendo el muro"
        moves = [(*one[:2], "move" if one[2] == "follow" else one[2]) for one in moves]
    if "static shot" in said and any(move.startswith(("zoom", "pan", "tilt", "look", "roll")) for move in said):
        first = said.index("static shot")
        moves = moves[:first] + moves[first + 1 :] if first == 0 else moves
    zooms = [i for i, move in enumerate(said) if move.startswith("zoom")]
    if zooms and not dollies:  # "变焦推近": the lens alone
        out = "pull out" in said and "zoom in" not in said
        moves = [one for one in moves if one[2] not in ("push in", "pull out")]
        moves = [(*one[:2], "zoom out") if out and one[2].startswith("zoom") else one for one in moves]
    going = [(start, end, "move" if move in PASSING else move) for start, end, move in moves]
    return [
        one for i, one in enumerate(going) if one[2] != "move" or one[2] not in [m for _, _, m in going[:i]]
    ], things


def whose(manner: str, said: list[str]) -> int:
    """Which of the moves a word of manner is about: "slight" is an operator's, "slow" never how a camera is held."""
    held = [index for index, move in enumerate(said) if move.endswith(BARE)]
    if manner == "slight" and held:
        return held[0]
    moving = [i for i, move in enumerate(said) if i not in held and "dutch" not in move]
    return moving[0] if moving else 0
