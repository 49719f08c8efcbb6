"""Where the camera stands and from where it sees: low, high, right above, over a shoulder, through somebody's eyes."""

from __future__ import annotations

from ....lists import replaced, replacements
from .things import ARTICLE, CLAUSE, END, NAME, THING

_TOP = (
    r"(?:(?:directly |straight |fully |full |true |vertical )?(?:top[- ]down|top|overhead|bird'?s?'?[- ]eye|"
    r"god'?s?[- ]eye)"
    r"(?:[- ](?:view|shot|angle|position|perspective|pov))?)"
)
_GOES_UP = (
    r"(?:(?:crane|jib|boom|rise|go|move|fly|float|climb|lift|ascend|soar|drift|swoop|pull|drone|glide|"
    r"swing)(?:s|es|ing)?"
    r"(?: (?:up|straight|right|high|back|slowly|gently|all the way|out|over))*)"
)
_STRAIGHT_DOWN = r"(?:(?:look|tilt|point|peer|face|gaz|star)(?:s|es|ing|e)? )?(?:straight|directly|vertically) down"
_ON = r"(?:of|over|on|onto|above|at|to)"
_LOW = r"(?:very |extreme |extremely |really |dramatic |super )?"
_SPIN = r"(?:spin|spins|spinning|rotation|rotates|rotating|rotate|turning|twist)"

SETUPS = replacements(
    (
        # Up to right above a thing, and down on it.
        (rf"\b{_GOES_UP},? (?:in)?to an? {_TOP}\b,? (?:{_ON} )({THING})", r"crane up topdown \1"),
        (
            rf"\b{_GOES_UP},? (?:(?:directly |right |straight )?(?:overhead|above it|above)|until|till|and|to)"
            rf"(?: (?:then|overhead|and|we|it|'re|are|is|the camera|camera))*,? {_STRAIGHT_DOWN} {_ON} ({THING})",
            r"crane up topdown \1",
        ),
        (
            rf"\b{_GOES_UP} (?:directly |right |straight )?overhead,? (?:and |to )?look(?:s|ing)?(?: straight| "
            rf"directly)?"
            rf" down {_ON} ({THING})",
            r"crane up topdown \1",
        ),
        (
            rf"(?:,?\s*\b(?:and |then )*)(?:end|finish|land|arrive|settle)(?:s|es|ing)? (?:up )?(?:on|in|with|"
            rf"at|as) an? "
            rf"{_TOP} {_ON} ({THING})",
            r", then crane up topdown \1",
        ),
        # From there.
        (
            rf"\b(?:from )?(?:an? )?(?:top[- ]?shot|top[- ]down(?: shot| view)?|god'?s?[- ]eye(?:[- ]view)?)"
            rf"((?: (?:of|on|over) {THING})?)(?=[^.;]{{0,200}}\b{_SPIN}\b)(?![^.;]{{0,200}}\b(?:camera|around)\b)",
            r"highangle \1, overhead",
        ),
        (rf"(?<=overhead), ([^.;]*?)\b{_SPIN}\b(?: (?=clockwise|counter))?(?! around)", r", \1 roll "),
        (
            rf"\b(?:from )?(?:an? )?(?:top[- ]?shot|god'?s?[- ]eye(?:[- ]view)?)\b(?= (?:of|on|over)\b|{END})",
            "highangle ",
        ),
        # Low and high.
        *(
            (
                rf"\b(?:mov|go|goe|crane|ris|travel|drift|sink|descend|boom|swing)(?:e?s|ing|e)?(?: \w+ly)? "
                rf"from an? {_LOW}{start} angle"
                rf"(?: (?:on|of) ({THING}))? to an? {_LOW}{end} angle(?: (?:on|of) ({THING}))?",
                rf"{start}angle on \1 \2, crane {way}",
            )
            for start, end, way in (("low", "high", "up"), ("high", "low", "down"))
        ),
        *(
            (
                rf"(?:\b(?:we )?(?:see|watch|look at)s? ({THING}) from|\b(?:as )?seen from)(?: far| right| "
                rf"directly)? {where}\b,?",
                rf"{mark} on \1 , ",
            )
            for where, mark in (("below", "lowangle"), ("above", "highangle"))
        ),
        (
            rf"\b(?:the )?camera looks over (?:{NAME}['’]s|his|her) (?:left |right )?shoulder (?:at|to|"
            rf"towards?) ({THING})",
            r"overshoulder on \1 ",
        ),
        (rf"\bthrough (?:{NAME}['’]s|his|her) eyes\s*[:,–-]\s*", ""),
        (
            rf"\b(?:the )?camera(?: is| sits| stands| placed| starts| begins)? {_LOW}(?:low|down low|on the (?:floor|"
            rf"ground)|near the (?:floor|ground)|at (?:floor|ground) level|just above the (?:floor|ground))\b"
            rf"(?: (?:to|on|near) the (?:floor|ground))?(?:,? (?:looking|pointing|tilted|angled|facing) up"
            rf"(?: (?:at|to|towards?) ({THING}))?)?(?=\s*(?:$|[,.;:]|and\b|then\b))",
            r"lowangle on \1 ",
        ),
        (
            rf"\b(?:the )?camera(?: is| sits| stands| placed| starts| begins)? {_LOW}(?:high(?: up| above)?|up "
            rf"high|near "
            rf"the ceiling)(?: (?:above |over |in )?{ARTICLE} (?:room|scene|street|ceiling|action|house))?"
            rf",? (?:looking|pointing|tilted|angled|facing) (?:straight )?down(?: (?:at|on|to|onto) ({THING}))?"
            r"(?=\s*(?:$|[,.;:]|and\b|then\b))",
            r"highangle on \1 ",
        ),
        (r"\b(lowangle|highangle) on +(?=$|[,.;:]|and\b|then\b)", r"\1 "),
        (rf"{CLAUSE}(?:{_LOW}low|hero)(?: (?:low|hero|wide|tight|heroic))*[- ]angle\b", " lowangle "),
        (r"^\s*(?:hero shot|low[- ]angle hero(?: shot)?)\b", " lowangle "),
        (rf"^\s*{_LOW}low(?:,? (?:wide|tight|static|handheld))?\s*(?=[,.;:])(?!, (?:medium|high) )", " lowangle "),
        (rf"^\s*{_LOW}high(?: wide)?\s*(?=[,.;:])(?!, (?:medium|low) )", " highangle "),
        (r"(?:^|(?<=[.:;\n]))\s*(?-i:LA)\b(?=(?: on| of|[:,.])| (?-i:[A-Z][a-z]))", "lowangle "),
        (r"(?:^|(?<=[.:;\n]))\s*(?-i:HA)\b(?=(?: on| of|[:,.])| (?-i:[A-Z][a-z]))", "highangle "),
        # Over a shoulder, and through somebody's eyes.
        (
            rf"{CLAUSE}(?:(?:a |an )?(?:dirty |clean |tight |wide )?)(?:over[- ]the[- ]shoulder|ots|over(?= "
            rf"(?:\w+['’]s|"
            r"his|her) (?:left |right )?shoulder))(?:[- ]shot)?(?: (?:of|from|on) (?=[^,.;]* (?:on|to|looking|towards?|"
            rf"facing) ))?(?: ?(?:{THING}|\w+['’]s|his|her)(?: (?:left |right )?shoulder)?)?,?"
            rf"(?: ?(?:on|to|onto|looking (?:at|to)|towards?|facing) ({THING}))?",
            r" overshoulder on \1 ",
        ),
        (r"\bovershoulder on (?=\s*(?:$|[,.;:]|and\b|then\b))", "overshoulder "),
        (
            r"\b(?:first[- ]person|pov|point[- ]of[- ]view|subjective)(?: (?:shot|camera|view))?[:,]? (walk|run|"
            r"climb|drive|"
            r"stroll|fly|ride|crawl|sprint)(?:s|ing)? (?=to\b|towards?|through|up|down|past|along|into|over|"
            r"across|around)",
            r"the camera \1s ",
        ),
    )
)


def set_up(text: str) -> str:
    """English `text` with where the camera stands as marks, and ways to such a place as moves."""
    return replaced(text, SETUPS)
