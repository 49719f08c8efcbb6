"""Ways without a verb of the camera's, or with one that turns as well: "over the table to the window", "swing around
Ben", "round the sofa"."""

from __future__ import annotations

from ....lists import replaced, replacements
from .things import A_THING, ARTICLE, CLAUSE, END, NAME, SENTENCE, THING

_SWING = r"(?:swing|come|move|go|travel|arc|sweep|wheel|curve|loop|circle|orbit|glide|drift|track|walk)(?:s|es|ing|e)?"
_SLOWLY = r"(?:(?:\w+ly|slow|fast|quick) )?"
_WAY = r"(?:over|under|underneath|beneath|past|along|between|through|across|alongside)"

GOINGS = replacements(
    (
        # Round a thing.
        (
            rf"\b(?:swing|sweep|wheel|curve|loop)(s|ing)? ({_SLOWLY})(left |right )?a?round(?= (?!to\b|and\b|behind\b)"
            rf"(?:{ARTICLE} (?!room|scene|space|place|house|set|corner)|{NAME}\b))",
            r"orbit\1 \2\3around",
        ),
        (
            rf"\b{_SWING} ({_SLOWLY})(?:a?round )?(?:and )?(?:a?round )(?:to )?(?:behind|the (?:back|rear|other "
            rf"side|far "
            rf"side) of) ({THING})",
            r"\1half circle around \2",
        ),
        (
            rf"\b{_SWING} ({_SLOWLY})a?round ({THING}) to (?:the|its|his|her|their) (?:other|far|back|opposite|"
            rf"rear) ?(?:side)?"
            rf"{END}",
            r"\1half circle around \2",
        ),
        (
            rf"\b{_SWING} ({_SLOWLY})a?round to (?:the )?({NAME}|{ARTICLE} \w+)['’]s (left|right)(?: side)?",
            r"\1quarter circle around \2 to the \3",
        ),
        (
            rf"\b{_SWING} ({_SLOWLY})a?round to the (left|right)(?: side)? of ({THING})",
            r"\1quarter circle around \3 to the \2",
        ),
        (
            rf"{CLAUSE}(?:a?round|skirting|rounding) the corner(?: of {THING})?(?: (?:and|to) (?:find|discover|"
            rf"see)s?)? {A_THING}",
            " move to ",
        ),
        (
            rf"\b(?:com|go|mov|walk|turn|swing|slid|glid|creep)(?:e|es|s|ing)? (?:a?round) (?:the|a) corner(?: "
            rf"of {THING})?,? (?:and |to )+"
            rf"(?:find|discover|see|reveal|show|reach|meet)(?:s|ing)? {A_THING}",
            "move to ",
        ),
        (rf"{SENTENCE}(?:a?round)(?= {ARTICLE} (?!corner)| {NAME}\b)", " move around"),
        (rf"{CLAUSE}peer(?:s|ing)? a?round ({THING}) (?:at|to|towards?) {A_THING}", r" move past \1 to "),
        (rf"{CLAUSE}peek(?:s|ing)? over ({THING}) (?:at|to|towards?) {A_THING}", r" move over \1 to "),
        # Straight on by things, without a verb.
        (
            rf"{SENTENCE}((?:low |high |slow(?:ly)? |straight |right )*)({_WAY}) (?={ARTICLE} (?!way\b|"
            rf"course\b|next\b|"
            rf"first\b|last\b|whole\b|entire\b)|{NAME}\b)(?![^,.;:\n]*\b(?:we see|is|are|there)\b)"
            rf"(?=(?:{THING}|[^,.;:\n]*\b(?:to|towards?|into|until|then) [^,.;:\n]*)\s*(?:$|[.;\n]))",
            r" move \1\2 ",
        ),
        (rf"{CLAUSE}straight through {A_THING}", " move through "),
        (
            rf"\b(?:dolly|truck|track|move|slide|glide)(s|ing)? (?:down|up|by) the (?:whole |full |entire "
            rf")?length of {A_THING}",
            r"move\1 along ",
        ),
        (
            r"\bfollow(s|ing)? (?:the |a )?((?:line|row|edge|curve|course|path) of (?:the )?\w+|fence|hedge|"
            r"wall|railing|river|"
            r"road|path|corridor|track|tracks|counter|facade|street|canal|banister|shelf|shelves|pipe|line|"
            r"row)\b(?! (?:walk|run|mov)\w*)",
            r"move\1 along the \2",
        ),
        (rf"\b(along|past|over) the (?:edge|side|row|line|length|curve|top|front) of (?={ARTICLE}? ?\w)", r"\1 "),
        # A look that finds something, and one that turns away.
        (
            rf"{CLAUSE}(?:swing|whip|turn)(s|ing)? (?:back )?(?:over|off|round|around|"
            rf"across) (?:to (?:face )?|on ?to |towards? ){A_THING}(?!{NAME}['’]s (?:left|right)|"
            rf"the (?:left|right)\b)",
            r" pan\1 to ",
        ),
        (
            rf"(?<=\w)(?:,|\band\b|\bthen\b| )(?: (?:and|then|finally))* (?:find|discover|face|spot) "
            rf"{A_THING}(?![^,.;]* (?:is|are|"
            r"sits|stands)\b)",
            ", then pan to ",
        ),
        (
            rf"(\b(?:camera|we)\b[^.;]*),(?: (?:and|then|finally|it|we))* (?:find|discover|spot)s {A_THING}",
            r"\1, then pan to ",
        ),
        (rf"{CLAUSE}turn(?:s|ing)? (?:our|the|its|my) back (?:on|to) {THING},? and (?:face|find|look at) ", " pan to "),
        (rf"^\s*(?:an? )?((?:slow |quick |gradual |gentle )*)reveal of {A_THING}", r"\1pan to "),
        (r"\bimagine (?:you are|you're|we are|we're) an? \w+(?: (?:that|who))? (?=\w+ing\b)", "the camera is "),
        (rf"\bswoop(s|ing)? down from {THING} to {A_THING}", r"swoop\1 to "),
        (rf"\b(take|bring|lead|carry|move) (?:me|us|it) from ({THING}) to {A_THING}", r"move from \2 to "),
        (r"\bin (?:one|a single) (?:(?:\w+) )?(?:move|movement|motion|take|go|shot|sweep)\b", " "),
        (rf"\b(creep|sneak|steal|come|walk|tiptoe)(s|ing)? (?:up )?(?:on|behind|to) (?={NAME}\b)", r"\1\2 to "),
        (
            rf"\b(orbit|circle|turn|rotation|lap|loop) (a?round) ({THING}) and back(?: again)?(?: to (?:where|"
            rf"the)[^,.;]*)?{END}",
            r"\1 \2 \3",
        ),
        # Stops.
        (
            rf",?\s*\b(?:and |then |but )*(?:stop|end|halt|finish|pause)(?:s|ping|ing)? (?:just |right )?short "
            rf"of {A_THING}",
            ", gap80cm to ",
        ),
        (
            r"\b((?:push|dolly|move|track|creep|go|walk|come|glide)(?:s|es|ing)? (?:in|forwards?|"
            r"closer)),?\s*\b(?:and |then |but )*"
            r"(?:stop|end|halt|finish|pause)(?:s|ping|ing)? (?:just |right |shortly )?(?:before|in front of) "
            rf"(?!the end){A_THING}",
            r"\1, gap80cm to ",
        ),
        (
            r",?\s*\b(?:and |then |but )+(?:stop|end|halt)(?:s|ping|ing)? (?:at |about )?half ?way\b(?: there)?",
            " 50 percent of the way",
        ),
    )
)


def going(text: str) -> str:
    """English `text` with such ways in the words of a move."""
    return replaced(text, GOINGS)
