"""What an operator does with body and head, and what a camera does like one: "lean left around the lamp", "a glance to
the window", "skim the floor", "snap back to wide"."""

from __future__ import annotations

from ....lists import replaced, replacements
from .things import A_THING, ARTICLE, CLAUSE, KNOWN, NAME, THING

_SIZE = r"(?:(?:an? |the )?(?:wide|full|long|master|establishing)(?: shot| frame)?)"
_SIDE = r"(?:left|right|front|back|rear)"

POSTURES = replacements(
    (
        (rf"{CLAUSE}lean(?:s|ing)? (left|right) (?:a?round|past|behind|out from behind) {A_THING}", r" slide \1 past "),
        (
            r"\b(?:roll|turn|flip|rotate)(?:s|ing)? (?:the camera |it |us )?upside[- ]down\b",
            "roll clockwise 180 degrees",
        ),
        (r"\bslider (?=(?:L|R|left|right)\b)", "truck "),
        (r"\b(push|dolly)(?:es|s|ing)? (fast|slow|slowly|quickly|gently|hard) (?=to\b|towards?\b)", r"\2 \1 in "),
        (r"\bthrough the (?:narrow |small |tiny )?(?:gap|space|opening) between\b", "between"),
        (
            r"\b(?:until|till) (?:she|he|it|they|we)(?:'s|'re| is| are) (?:in|at|on) (?=an? (?:(?:medium|"
            r"extreme|big|tight) )?"
            r"(?:close[- ]?up|close|medium|wide)\b)",
            "to ",
        ),
        (rf"{CLAUSE}look(s|ing)? (?:out )?through {A_THING}", r" look\1 at "),
        (
            rf"^\s*(?:then )?(?:an?|one) ((?:quick|slow|brief|short|long|sudden) )?(?:glance|look|peek)(?: (over|"
            rf"up|down|back))? (?:to|at|towards?) {A_THING}",
            r"\1look \2 at ",
        ),
        (rf"{CLAUSE}track(s|ing)? (?={KNOWN}\b|him\b|her\b|them\b)", r" follow\1 "),
        (
            rf"\bzoom(s|ing)?( \w+ly)?(?: in)? (?:through|past|between|over) [^,.;]{{1,60}}? (?:to|onto|on) {A_THING}",
            r"zoom\1\2 in on ",
        ),
        (
            rf"\b(?:orbit|circle)(s|ing)? ({THING}) (up|down)(?:wards?)?\b(?: in a (?:corkscrew|spiral|helix))?",
            r"spiral\1 \3 around \2",
        ),
        (rf"\b(?:in|as) an? (?:corkscrew|helix) (up|down)(?:wards?)? (?:a?round) {A_THING}", r"spiral \1 around "),
        (rf"{CLAUSE}corkscrew(s|ing)? (up|down)(?:wards?)? a?round {A_THING}", r" spiral\1 \2 around "),
        (
            rf"\b(?:arc|orbit|circle|swing|go|move|travel)(?:s|es|ing)?( slowly)? from ({NAME}|{ARTICLE} "
            rf"\w+)['’]s {_SIDE}(?: side| profile)?"
            rf" (?:a?round )?to (?:his|her|its|their|the) (?:{_SIDE}|other)(?: side| profile)?",
            r"half circle\1 around \2",
        ),
        (
            rf"{CLAUSE}skim(s|ming)? (?:low )?(?:along |over |across |above )?the (?:floor|ground|grass|water|"
            rf"road|pavement)\b",
            " lowangle push in ",
        ),
        (r"\b(?:stay|keep|remain)(?:s|ing)? (?:very |nice and )?low(?=\s*(?:[,.;:]|$|and\b))", " lowangle "),
        (
            r"\b(?:stay|keep|remain)(?:s|ing)? (?:very |nice and )?(?:close|tight|wide|loose|"
            r"high)(?=\s*(?:[,;:]|and\b))",
            " ",
        ),
        (
            rf"\b(?:snap|crash|pop|punch|smash)(?:s|es|ping|ing)? (?:back|out)(?: out| back)? to {_SIZE}",
            "fast zoom out",
        ),
    )
)


def postured(text: str) -> str:
    """English `text` with such postures as moves."""
    return replaced(text, POSTURES)
