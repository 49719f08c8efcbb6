"""What a move is aimed at where its preposition is left out or its goal comes after another word: "crash zoom Ben",
"whip to the stairs and back to the car", "pan across the room until we land on Anna"."""

from __future__ import annotations

from ....lists import replaced, replacements
from .things import A_THING, ARTICLE, BARE, CLAUSE, END, KNOWN, NAME, THING

_LOOKS = r"(?:whip|pan|look|tilt|glance|snap|swish)(?:s|es|ing|ning|ping)?"
_GOES = (
    r"(?:walk|go|move|fly|run|glide|drift|creep|come|float|travel|track|slide)(?:s|es|ing)?"
    r"(?: \w+ly)?(?: in| up| over)?"
)
_PURPOSE = r"(?:match|compensate|keep|hold|see|show|reveal|find|follow|meet|face|frame|include|let|get|give|make|stay)"
_PARTS = r"(?:face|eyes|head|hair|chest|hands?|feet|shoes|boots|waist|shoulders?)"

AIMS = replacements(
    (
        (rf"\b({_GOES} (?:to|towards?)) (?!{ARTICLE} |{KNOWN}\b|{_PURPOSE}\b)(?={BARE}{END})", r"\1 the "),
        (rf"\b(?:pov|point of view)(?: of| from)? {KNOWN}\s*[:,–-]\s*", ""),
        (
            r"(\b(?:look|pan)s? (?:L|left|R|right) to [^,.;]+), (?:and )?(?:then )?(L|R|left|right) to\b",
            r"\1, then pan \2 to",
        ),
        (r"\blvl\b", "level"),
        *(
            (
                rf"\b(?:dutch|cant(?:ed)?)(?: angle| tilt)? (?:{side[0]}|{side}) (\d+)(?: ?deg\w*| ?°)?"
                r"(?! ?(?:m|cm|s|sec)\b)",
                rf"dutch \1 degrees {side}",
            )
            for side in ("left", "right")
        ),
        (rf"\b(zoom|creep|push|dolly)(?: in)? (?={KNOWN}\b(?!['’]s pov))", r"\1 in on "),
        (
            r"\b(?:swing|rotate|whip|pan|snap)(?:s|ing|ning)? the (?:camera|lens|view) (?:over |round |around |back )?"
            rf"(?:to|towards?|onto) {A_THING}",
            "pan to ",
        ),
        (rf"\b(?:orbit|arc|circle|go|move|travel)(?:s|es)? half ?way a?round ({THING})", r"half circle around \1"),
        (rf"\b({_LOOKS}\b[^,.;]* to {THING}) and back to {A_THING}", r"\1, then pan to "),
        (
            r"\bpan(s|ning)? (?:slowly |quickly )?(?:across|over|around|through) the (?:room|scene|space|set|"
            r"frame|view|house)"
            rf"(?: (?:until|till)(?: (?:we|it|the camera))?(?: (?:finally|then))? (?:land|settle|end|arrive|"
            rf"rest|stop)s?(?: up)? (?:on|at) {A_THING})",
            r"pan\1 to ",
        ),
        (
            rf"\b(?:until|till)(?: (?:we|it|the camera))(?: (?:finally|then))? (?:land|settle|arrive|rest)s? "
            rf"(?:on|at|in front of|by) {A_THING}",
            ", ending on ",
        ),
        *(
            (
                rf"\b(start|begin|open)(s|ing|ning)? (?:close|tight|wide|in close)(?: up)? on ({NAME}['’]s {_PARTS}|"
                rf"(?:his|her|the) {_PARTS}),? (?:and |then )*"
                rf"(?:drift|travel|move|come|go|glide|float|{verbs})s?(?: slowly)? {to} (?=(?:his|her|the) {_PARTS}\b)",
                rf"\1\2 on \3, then tilt {way} to ",
            )
            for way, verbs, to in (("up", "rise|climb|lift", "(?:up )?to"), ("down", "drop|sink", "down to"))
        ),
        (
            rf"(?<!come )(?<!comes )(?<!coming )\bto (?:land|arrive|end|finish|settle|stop|rest)(?: up)? "
            rf"(?:beside|by|at|next to|near|in front "
            rf"of|behind) {A_THING}",
            "to ",
        ),
        (
            r"\b(?:com|mov|go|glid|fl|swoop|creep)(?:e?s|ing|ying|ies|y|e)?(?: in)? low (over|past|across|"
            r"through|along) ",
            r"move \1 ",
        ),
        (r"\b(height|level) of (?:the )?(\w{3,}?)[- ]?top\b", r"\1 of the \2"),
        (
            rf"\b(rise|float|lift|climb|come|go|move|drift|descend|sink|drop|boom|crane)(s|ing)? (up|down)? "
            rf"?from (?:the )?\w+ (?:up |down )?to the (?:height|level) of {A_THING}",
            r"\1\2 \3 level with ",
        ),
        (
            rf"\b(?:that|which) (?:stop|halt)(?:s|ping|ing)? (?:\w+ly |just |dead |about "
            rf")?(an?|one|two|half an?|\d+(?:\.\d+)?) ?"
            rf"(m|metres?|meters?|cm|feet|foot|ft) (?:away|short|out|off)(?: (?:from|of) (?:him|her|it|them))?{END}",
            r" to within \1 \2 of it",
        ),
        (rf"{CLAUSE}(?:at the (?:very )?last (?:moment|second),? )(?=\w)", " then "),
    )
)


def aimed(text: str) -> str:
    """English `text` with such aims after their prepositions."""
    return replaced(text, AIMS)
