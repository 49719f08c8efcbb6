"""Ways, turns and paces that are told in a sentence of their own: "make a half moon around the table", "let our gaze
travel up the tree", "don't stop at the sofa, go on to the window"."""

from __future__ import annotations

from ....lists import replaced, replacements
from .things import A_THING, ARTICLE, BARE, CLAUSE, END, NAME, THING

_PART = ((r"(?:1/4|¼|quarter)", "quarter"), (r"(?:1/2|½|half)", "half"))
_SIDE = ((r"(?:L|left)", " to the left"), (r"(?:R|right)", " to the right"))
_GAZE = (
    r"(?:let )?(?:our|the|your|its) (?:gaze|eyes?|look) (?:\w+ly )?"
    r"(?:travel|wander|move|climb|drift|go|rise|glide|slide)s?"
)
_UNIT = r"(an?|one|two|three|half an?|\d+(?:\.\d+)?) ?(m|metres?|meters?|cm|feet|foot|ft)"
_WAY = r"(past|over|under|around|through|along)"

WAYS_TOLD = replacements(
    (
        # Round.
        *(
            (rf"\b(?:arc|orbit|circle)s? {part} {side} a?round ({THING}|{BARE})", rf"{said} circle around \1{to}")
            for part, said in _PART
            for side, to in _SIDE
        ),
        (
            r"\b(?:mak|do|draw|describ|trac)(?:e?s|ing|es|e|)? an? (?:half[- ]moon|half[- ]circle|semi-?circle) "
            r"(?=a?round\b)",
            "half circle ",
        ),
        (
            r"\b(?:turn|spin|rotate|pivot)(?:s|ing)? (?:in |through )?an? (?:full|complete|whole) (?:circle|"
            r"turn|rotation)(?! a?round)"
            r"(?: on the spot| in place)?",
            "pan right 360 degrees",
        ),
        (
            rf"\b(?:mov|go|com|swing|travel)(?:e?s|ing|e|es)? a?round to (?:see|show|reveal|find) ({NAME}|her|"
            rf"his)(?:['’]s)? (?:face|front|back)\b",
            r"half circle around \1",
        ),
        # From where to where.
        (
            rf"(?:^|(?<=[:.;\n]))\s*(?:\w+ly )?from ({THING}),? {_WAY} ({THING}),? (?:and (?:on )?)?to {A_THING}",
            r" move from \1 \2 \3 to ",
        ),
        (
            rf"\b(?:don't|do not|without) stop(?:ping)? (?:at|by|for) ({THING}),? (?:but )?(?:go|goes|keep "
            rf"going|continue|carry|move) (?:on )?to {A_THING}",
            r"move past \1 to ",
        ),
        (
            r"\bin an? (?:S|s|zig-?zag|wave|wavy|serpentine)[- ]?(?:curve|shape|line|path|pattern)?(?= "
            r"(?:between|through|past|around|to|towards?|along)\b)",
            " ",
        ),
        (
            rf"\b(crane|boom|jib|tilt|pan)(?:s|ning|ing)?\s*[:–-]\s*(?:from )?({BARE}) (up|down) to (?={BARE})",
            r"\1 \3 from the \2 to the ",
        ),
        (
            rf"\b(pan|tilt)(?:s|ning|ing)?\s*[:–-]\s*(?:from )?({BARE}) to ({BARE})(?=\s*(?:$|[,.;]))",
            r"\1 from the \2 to the \3",
        ),
        (rf"(\bpan\b[^.;]*), then (?:from )?{BARE} to ({BARE}){END}", r"\1, then pan to the \2"),
        (
            rf"\b((?:pull|dolly|track|zoom)\w* (?:out|back)),(?: wide,)? (?:the |to )?(?:the )?whole (\w+){END}",
            r"\1 to reveal the whole \2",
        ),
        (
            rf"\b(hold|end|stop|settle|land|finish)(s|ing|ping)? (on|at) (?!{ARTICLE} |cue\b|action\b|time\b|black\b|"
            rf"beat\b)(?={BARE}{END})",
            r"\1\2 \3 the ",
        ),
        # Looks.
        (rf"\b{_GAZE} (up|down)\b", r"tilt \1"),
        (rf"\b{_GAZE} (?:over |across )?(?:to|towards?) {A_THING}", "pan to "),
        (
            rf"\b((?:turn|look)s? (?:to|towards?) ({THING})),? and (?:we|the camera) (?:turn|pan|look)s? with "
            rf"(?:her|him|them)\b",
            r"\1, and the camera pans to \2",
        ),
        # How near, and how fast.
        (
            rf",? (?:but )?(?:don't|do not|never|without) (?:get|getting|come|coming|go|going) (?:any "
            rf")?(?:closer|nearer) than {_UNIT}\b"
            r"(?: (?:to|from) (?:him|her|it|them))?",
            r" to within \1 \2 of it",
        ),
        (
            r",? (?:but |and )?(?:then )?(?:hurr(?:y|ies|ying)|rush(?:es|ing)?|quicken(?:s|ing)?) (?:at|"
            r"towards?|near) the (?:very )?end\b",
            " pacein ",
        ),
        (rf"{CLAUSE}(?:tilted|canted|crooked) horizon\b", " dutch angle"),
    )
)


def told(text: str) -> str:
    """English `text` with such sentences in the words of moves."""
    return replaced(text, WAYS_TOLD)
