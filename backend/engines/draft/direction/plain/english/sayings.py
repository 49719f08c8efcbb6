"""How people say a move without its name, or more than one move: as the plain words that read.py knows."""

from __future__ import annotations

import re
from collections.abc import Callable

from ...languages.tables.happenings import PEOPLE
from ...marks import framed
from .whose import from_above, led, named, of_itself, ordered

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_THE = r"(?:the |an? |his |her |their )?"
# Sizes of framing, from far to near.
_SIZES = (
    r"(?:extreme|very|super|ultra)[ -]?wide|establishing",
    r"wide|long",
    r"full|medium[ -]wide",
    r"medium|mid|waist",
    r"medium[ -]close(?:[ -]?up)?",
    r"close[ -]?ups?|close|tight|closer|macro",
    r"(?:extreme|very|big|super|tight)[ -](?:close(?:[ -]?ups?)?|tight)",
)
_SIZE = rf"(?:an? |the )?((?:{'|'.join(sorted(_SIZES, key=len, reverse=True))}))(?: shot| angle| view| frame)?\b"
_NAMES = ("wide", "wide", "full", "medium", "nearer", "close", "extreme")  # see marks.FRAMES
_RANK = tuple(re.compile(pattern) for pattern in _SIZES)
_FROM_SIZE_TO_SIZE = re.compile(
    rf"(?:\b(?:go|goes|going|moves?|moving|starts?|starting|begins?|opens?|transition\w*|travel\w*|camera)\s+)?"
    rf"(?:\b(?:from|on|in|starts?|starting|begins?|opens?)\s+|^\s*){_SIZE}(?: (?:of|on) (?:the |his |her |a "
    rf")?\w+)?[,.;]?\s+"
    r"(?:and |then )*(?:(?:end|finish|land)\w* |"
    r"(?:(?:end|finish|land|go)\w* )?(?:in |up )?(?:to|on|into|in|with|as|at)\s+)"
    rf"{_SIZE}(?P<of>\s+(?:of|on)\b)?",
    re.IGNORECASE,
)
_MOVES = re.compile(r"\b(?:push|pull|dolly|dollies|zoom|track|creep|move|crane|tighten|widen)\w*\b", re.IGNORECASE)
_TO_A_SIZE = re.compile(
    rf"\b(?:(?:end|finish|land|settl|stop)\w* (?:in |up )?)?(?:to|into|on|for|as)\s+{_SIZE}(?: (?:of|on) (?=\w)|"
    rf"(?=\s*(?:$|[,.;:!?)\n]|(?:and|then|over|in|for|as|while)\b|\d)))",
    re.IGNORECASE,
)
_START_AND_END = re.compile(
    rf"\bstart\w* (?:at|from) {_NUMBER}\s*(m|metres?|meters?|ft|feet|cm)\b(?: away| out| back)?,?\s*(?:and |then )*"
    rf"(?:push|dolly|move|go|creep|track)\w*(?: in)? to {_NUMBER}\s*(?:m|metres?|meters?|ft|feet|cm)\b",
    re.IGNORECASE,
)
_FROM_ANGLE_TO_ANGLE = re.compile(rf"\bfrom\s+{_NUMBER}\s*(?:°|deg\w*)?\s+to\s+{_NUMBER}\s*(?:°|deg\w*)", re.IGNORECASE)
_FIELD = re.compile(
    rf"\b(?:fov|field of view)\b[^.;,]{{0,20}}?\bfrom {_NUMBER}\s*(?:°|deg\w*)? to {_NUMBER}\s*(?:°|deg\w*)?",
    re.IGNORECASE,
)
_FLOOR = r"(?:floor|ground|bottom|base|feet|pavement|rug|carpet|street)"
_CEILING = r"(?:ceiling|sky|skylight|roof|top|rafters|chandelier|face|spire)"
_A_STOP = r"(?:stop|halt|rest|standstill)\b(?! (?:on|at|in|by|behind|with|near|over)\b)"
_Whose = Callable[[re.Match[str]], bool]
# What is said, in plain words, and where it may be somebody's in the picture, what tells that it is the camera's.
SAYINGS: tuple[tuple[re.Pattern[str], str, _Whose | None], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), said, whose[0] if whose else None)
    for pattern, said, *whose in (
        (r"^\s*(?:scene|shot|sc|setup|sh|cut)\.?\s*\d+\w{0,2}\s*(?:[-–:.]|\bis\b)", " "),
        (r"\bccw\b|\banti-?cw\b", "counterclockwise"),
        (r"\b1/4\b|¼", "quarter"),
        (r"\b(?:1/2)\b|½", "half"),
        (r"\b(?:in|to|into|onto) (?:an? |the )?(?:\w+ )?(?:single|[23]-?shot|(?:two|three)[- ]shot) (?:on|of) ", "to "),
        # How fast and how high.
        (r"(?<=\d)\s*['′](?=\s*(?:$|[ ,.;)]))", " feet"),
        (r"(?<=\d)\s*″", " inches"),
        (
            rf"\bat {_NUMBER}\s*(?:x|times) (?:the )?(?:normal )?speed\b|\b(?:at )?(?:double|twice the|full|"
            rf"top|high|breakneck) speed\b",
            " fast",
        ),
        (
            r"\b(?:at )?half (?:the )?(?:normal )?speed\b|\bat (?:a )?(?:snail's|walking|crawling|"
            r"slow) (?:pace|speed)\b",
            " slowly",
        ),
        (rf"{_NUMBER} ?(?:%|percent) slower(?: than \w+)?", "slower"),
        (rf"{_NUMBER} ?(?:%|percent) faster(?: than \w+)?", "faster"),
        (
            rf",?\s*\b(?:at )?{_NUMBER}\s*(?:m|cm|km|metres?|meters?|ft|feet|deg\w*|degrees|°)\s*(?:/\s*|"
            rf"(?:per|an?)\s+)(?:s|sec|second|h|hour)\b",
            " ",
        ),
        (r"\b(quarter|half|full) (turn|orbit|circle) ((?:counter|anti-?)?clockwise|c?cw) (a?round)\b", r"\3 \1 \2 \4"),
        (
            rf"(?<!hold )(?<!pause )(?<!stop )\bof (?=(?:about |some )?{_NUMBER}\s*(?:°|deg\w*|m\b|cm|met\w+|"
            rf"ft|feet|foot|inch\w*|s\b|sec\w*))",
            "",
        ),
        (
            rf"\b(?:the )?(?:first|for) {_NUMBER} ?(s|sec|secs|seconds?)[:,]? (?:nothing|"
            rf"no (?:camera )?(?:movement|move|motion))\b",
            r"hold \1 \2",
        ),
        (
            r"\b(?:with no|without(?: any)?) (?:camera )?(?:shak\w+|wobbl\w+|jitter\w*|bounc\w+|vibration|"
            r"cuts?|cutting)\b",
            " ",
        ),
        (r"\b(?:3/4|¾|three[- ]quarter) (orbit|arc|circle|turn|rotation)\b", r"270 degrees \1"),
        (r"\bon (?:the )?(?:word|cue|line|action)\b(?: ?['‘][^'’]{0,40}['’])?", " "),
        (r"\bease[- ]in(?:[ ,/&+-]|and)+(?:ease[- ])?out\b", "eased"),
        (
            r"\b((?:pan|tilt|orbit|arc|roll|rotat|turn)\w*(?: (?:left|right|up|down|L|R|clockwise|"
            r"counterclockwise))?) (\d{2,3})(?!\s*[\w°%:]|\.\d)",
            r"\1 \2 degrees",
        ),
        # How far round.
        (
            r"\b((?:a?round|orbit|circl\w+)\b[^,.;]{0,40}?)(?<! and) (?:once|one time|1 time)\b(?! (?:there|we|you)\b)",
            r"\1 360 degrees",
        ),
        (r"\b(?:once|one time) (a?round)\b", r"360 degrees \1"),
        (r"\bhalf ?way (through|into|to|towards?|across|along|down|up|over|past)\b", r"\1"),
        (r"\bhalf ?way a?round (?=the |his |her |a |it\b)", "half circle around "),
        (
            r"\b(?:do|make|take|complete)s? (?:a |one )?(?:full |complete )?(?:lap|loop|circuit) (?:of|"
            r"a?round)\b",
            "360 degrees around",
            ordered,
        ),
        (r"\b(?:the )?(?:full|whole|entire) way a?round\b", "360 degrees around"),
        (r"\b(half|quarter|full)[- ]circl(?:e|es|ing) (?=the |his |her |a )", r"\1 circle around ", ordered),
        (r"\b(?:anything|everything|all) but (?:an? |the )?", "no "),
        (r"\bcircle[- ]straf(?:e|es|ing)\b", "circle"),
        (r"\bstraf(?:e|es|ing)\b", "truck"),
        (rf"\bat (?:a )?(?:distance of )?{_NUMBER} ?(?:m|cm|met\w+|ft|feet) (?:distance|away)\b", " "),
        (rf"\bat a distance of {_NUMBER} ?(?:m|cm|met\w+|ft|feet)\b", " "),
        (rf"\b(push|dolly|zoom|creep|track)(?:es|s|ing)? in {_NUMBER} ?(s|sec|secs|seconds?)\b", r"\1 in over \2 \3"),
        (r"\b(?:and |then )(slowly |quickly |gently )?back (up|down|left|right)\b", r"then \2 \1"),
        (r"\bparallel (?:to|with)\b", "along"),
        (r"\btoo (?=the |a |her |his )", "to "),
        (r"\bhold(?:s|ing)? rather than\b", "hold still, without"),
        (
            r"\b((?:better|more|sooner)\b[^.;,]{0,40}) than (?=(?:to )?(?:push|pan|tilt|zoom|truck|dolly|pull|move)\b)",
            r"\1, no ",
        ),
        (r"^\s*(?:it's |it is )?better to\b", ""),
        (
            r"(?<!rather )(?<!other )(?<!less )\bthan (?=(?:push|pan|tilt|zoom|stop|hold|truck|dolly|pull|move|go)\b)",
            "then ",
        ),
        (
            r"^\s*(?:i|we)(?:'d| would)? (?:want|like|need|wanna)(?: you)? (?:to have |it to |the camera to |"
            r"to see |to )?",
            "",
        ),
        (r"\b(?:never|doesn't|does not|without) stop(?:s|ping)?\b", "keeps"),
        (r"\byaw(?:s|ing)?\b", "pan", ordered),
        (r"\bpitch(?:es|ing)?\b(?= (?:\d|up|down))", "tilt", ordered),
        (r"\brack(?:s|ing)? (?:focus )?(?:from|to)\b(?:(?!\b(?:while|as|and|then|when)\b)[^,.;]){0,60}", " "),
        (r"\b(?:jib|crane) arm\b(?! (?:drop|lift|carr|hold|lower|rais|swing)\w* (?:the |an? ))", "camera"),
        (r"\bhold (?:on )?(?:the|this) (?:\w+[- ])?(?:shot|frame|composition|single)\b", "hold the shot"),
        (r"\b(?:lerp|interpolat|tween)(?:e?s|ing|e)?\b", "moves"),
        (r"\bidle (?:sway|motion|breathing|animation)\b", "slight sway", of_itself),
        (r"\bthe (?:whole |full |entire )?length of\b", "along"),
        (r"\bthe (?:outside|exterior|perimeter) of (?=the |his |her |a )", ""),
        (r"(?<=\w) (?:n|'n') (?=\w)", " and "),
        (r"\b(?:while |and )holding (?:on|onto) (?:the |her |his )?\w+", " "),
        (r"\bpull-?back\b", "pull back", ordered),
        (r"\bease out of (?:a|the) hold (?:and )?(?:into|to)\b", "hold, then"),
        (r"\b(orbit\w*|circl\w+|arc\w*) (?:twice|two times|2 times) (?=a?round\b)", r"\1 720 degrees "),
        (r"\b(?:twice|two times|2 times) (a?round)\b", r"orbit 720 degrees \1", ordered),
        # Without a verb of the camera's.
        (
            r"\b(?:walk|mov|go|run|trail|fly|flie|glid|drift|stay|track|creep|float)\w* (?:just |right |close |"
            rf"closely )?behind (?=him\b|her\b|them\b|(?:the|a) (?:\w+ )?(?:{PEOPLE}|cars?|bike|cyclist|runner)\b)",
            "following ",
            ordered,
        ),
        (r"\b(?:third[- ]person )?(?:follow|chase|trailing|pursuit)[- ]?cam(?:era)?\b(?: behind| of| on)?", "follow"),
        (
            r"(?<!to a )(?<!into a )(?<!to )(?<!into )\b(?:bird'?s?'?[- ]eye(?:[- ]view)?|overhead shot|top[- ]down "
            r"shot)\b",
            "overhead highangle",
        ),
        (r"\bbird'?s?'?[- ]eye(?:[- ]view)?\b", "overhead"),
        (r"\bfish-?eye\b", "wide"),
        (r"\b(?:static|locked|fixed|still)(?:[ -]off)? (?:\w+[ -]){1,2}(?:shot|frame|view|angle)\b", "static shot"),
        (r"\bhold it(?: right)?(?: there| still| steady)?\b", "hold still"),
        (
            r",?\s*\b(?:while |and |always |but )*(?:keep(?:s|ing)?|stay(?:s|ing)?|remain(?:s|ing)?|always) "
            r"(?:looking|facing|pointed|focus(?:ed|sing)|aimed|framed|trained|fixed|cent(?:red|"
            r"ered))(?: up)? (?:at|on|towards?|to) "
            r"(?:(?:the|his|her|a|an) )?\w+",
            " ",
        ),
        (
            r"\b(?:until|till) (?:we (?:can )?(?:see|find|discover|meet|catch|spot) |it shows |you see )?(the |"
            r"an? |her |his )(?!whole|entire|"
            r"full)(\w+(?: \w+)?) (?:is|are|comes?|becomes?|gets?|appears?)\b"
            r" ?(?:visible|in view|into view|revealed|in (?:the )?frame|into frame|seen|shown|in sight)?",
            r", ending on \1\2 ",
        ),
        (
            r"\b(?:until|till) (?:we (?:can )?(?:see|find|discover|meet|catch|spot)|it shows|you see) (the |an? |"
            r"her |his )(?!whole|entire|full)",
            r", ending on \1",
        ),
        (
            r"\b(?:point|aim|direct|train|turn)(?:s|ing|ed)? (?:the |our )?(?:camera|cam|lens) (?:at|to|on|"
            r"towards?|back to)\b",
            "pan to",
            ordered,
        ),
        (
            r"\b(?:bring|tak|send|carr|steer|guid|driv)(?:e|y|ies|s|es|ing)? (?:the |our )?(?:camera|cam|"
            r"drone|us|viewer)\b",
            "the camera moves",
            ordered,
        ),
        (
            r"\b(?:walk|take|lead|guide|fly|bring|carry|drive)s? (?:me|us|the viewer|you) "
            r"(?=through|around|to|into|past|down|up|along|over|across|from|out|in\b)",
            "the camera moves ",
            ordered,
        ),
        (r"\b(?:have|let|make|get) (?:the )?(camera|cam|drone) (?=\w)", r"\1 ", ordered),
        (r"\baccelerat\w+ (into|through|towards?|down|along|past)\b", r"push in accelerating \1", ordered),
        (
            r"\b(?:spline|path|fly-?by|trolley|flight|ride|journey|trip)"
            r"(?= (?:through|past|over|along|around|to|towards?|into|from|up|down)\b)",
            "fly",
            led,
        ),
        (r",?\s*\b(?:and |then )*(?:end|finish)(?:s|es|ing)? in front of (?=(?:the|an?|his|her)\b)", ", ending on "),
        (r"\bcamera breathe\b", "camera breathes"),
        (
            r"\b(?:continue|carry on|keep going)(?:s|ing)? "
            r"(?=along|through|past|into|to the|towards?|up|down|over|around|across|forward)",
            "walk ",
            ordered,
        ),
        (r"\b(?:go|get|come)(?:s|es|ing)? (?:\w+ly |a (?:bit|little|touch) )?(?:wider|looser)\b", "pull out", ordered),
        (r"\b(?:go|get|come)(?:s|es|ing)? (?:\w+ly |a (?:bit|little|touch) )?tighter\b", "push in", ordered),
        (
            r"\bleav(?:e|es|ing) (?=the (?:room|house|building|hall|kitchen|garden|office|shop|church)\b)",
            "exit ",
            ordered,
        ),
        (
            r"\b(?:go|goes|going|climbs?|climbing|ascends?|runs?|walks?|heads?|races?) (?:slowly |quickly )?"
            r"(?:upstairs|up the (?:stairs|staircase))\b|"
            r"\b(?:climb|ascend)(?:s|ing)? (?:slowly )?the (?:stairs|staircase|steps)\b",
            "move up the stairs",
            ordered,
        ),
        (
            r"\b(?:go|goes|going|runs?|walks?|heads?|races?) (?:slowly |quickly )?downstairs\b|\bdescend(?:s|"
            r"ing)? the (?:stairs|staircase|steps)\b",
            "move down the stairs",
        ),
        (
            rf"\b(?:show|reveal|see|"
            rf"display)\w* {_THE}(?:\w+ )?from {_THE}{_FLOOR} (?:up )?to {_THE}({_CEILING})\b",
            r"tilt up to the \1",
            ordered,
        ),
        (
            rf"\b(?:show|reveal|see|"
            rf"display)\w* {_THE}(?:\w+ )?from {_THE}{_CEILING} (?:down )?to {_THE}({_FLOOR})\b",
            r"tilt down to the \1",
            ordered,
        ),
        (r"\b(?:vertical pan|vertical tilt) ?(up|down)?\b", r"tilt \1"),
        (rf"\bpan(s|ning)? (?:vertically )?from {_THE}{_FLOOR} (?:up )?to {_THE}({_CEILING})\b", r"tilt up to the \2"),
        (
            rf"\bpan(s|ning)? (?:vertically )?from {_THE}{_CEILING} (?:down )?to {_THE}({_FLOOR})\b",
            r"tilt down to the \2",
        ),
        (
            r"\bfrom (?:very |up )?(?:high|above|up high|the top) (?:down )?to (?:very )?(?:low|ground level|"
            r"the bottom|below)\b",
            "down",
        ),
        (
            r"\bfrom (?:down |very )?(?:low|ground level|below|the bottom) (?:up )?to (?:very )?(?:high|"
            r"the top|above|up high)\b",
            "up",
        ),
        (r"\bhigh[ -]to[ -]low\b", "down"),
        (r"\blow[ -]to[ -]high\b", "up"),
        (
            r"\b(?:bird'?s?[- ]eye|top[- ]?down|overhead|top shot|god'?s[- ]eye)([^.;]{0,60}?)"
            r"\b(?:rotat|spin|turn)(?:es|ns|ning|s|ing|ation|e)\b"
            r"(?! (?:to |left|right|around|a))(?![^.;,]{0,30}\b(?:counter|anti))",
            r"overhead \1 roll clockwise",
            from_above,
        ),
        (r"\bdutch(?:ed|ing)?\b(?! (?:angle|tilt|roll)\b)", "dutch angle", named),
        (r"\b(?:push[- ]pull|trombone)\b", "dolly zoom", named),
        (r"\btechnocrane\b|\btechno(?= (?:crane|up|down|in|out|move|shot|rise)s?\b)", "crane"),
        (r"\b(?:bounce|bouncing|ping-?pong) pan\b", "pan", named),
        (r"\blook(s|ing)? out (?:of |through )?(?=the |a )", "pan to ", ordered),
        (r"\bafter a (?:moment|while|beat|pause)\b,?|\ba (?:moment|while) later\b,?", "then"),
        (r"\bstraight ahead\b(?! of)", "forward"),
        (r"\b(zoom|push|dolly|creep|move) inn\b", r"\1 in"),
        (r"\bcw\b", "clockwise"),
        (
            r"\b(?:a )?(?:tracking|trucking) shot[,:]? (?:camera |the camera |we )?(?:moves? |goes |going |"
            r"moving |glid\w+ )?(?=alongside)",
            "truck ",
            ordered,
        ),
        (
            r"\b(?:and |before |until |then )+(?:finally |gently |slowly |it |we )?com(?:ing|es?) to "
            rf"(?:an? )?(?:\w+ )?{_A_STOP}",
            ", then stop",
        ),
        (
            rf"\b(?:finally |gently |slowly |it |we )?com(?:ing|es?) to (?:an? )?(?:\w+ )?{_A_STOP}",
            "then stop",
            ordered,
        ),
        (r"\buntil (?:we |you |it |the camera )?(?:reach(?:es)?|arrives? at|gets? to|are at|is at|comes? to)\b", "to"),
        (r"\b(?:counter-?|re-?)(?=(?:pan|tilt)\w*\b)", ""),
        (r"\b(?:from )?side to side\b", "left and then right"),
    )
)
_ENDS_ON = re.compile(
    r",?\s*\b(?:and |then |finally )*(?:end(?:s|ing)?|settl(?:es?|ing)|land(?:s|ing)?|finish(?:es|ing)?|"
    r"com(?:es?|ing) to rest|"
    r"arriv(?:es?|ing)|rest(?:s|ing)?|stopp?(?:s|ing)?)(?: up)? (on|at|with) (?=(?:the|an?|his|her|their)\b)",
    re.IGNORECASE,
)


def plainly(text: str) -> str:
    """`text` with its sayings in plain words."""
    text = _FROM_SIZE_TO_SIZE.sub(lambda match: _sized(match, text), text)
    text = _TO_A_SIZE.sub(_at_what, text)
    text = _START_AND_END.sub(lambda match: f"push in {abs(_figure(match[3]) - _figure(match[1])):g} {match[2]}", text)
    text = _FIELD.sub(lambda match: "zoom in" if _figure(match[2]) < _figure(match[1]) else "zoom out", text)
    text = _FROM_ANGLE_TO_ANGLE.sub(lambda match: f"{abs(_figure(match[2]) - _figure(match[1])):g} degrees", text)
    for pattern, said, whose in SAYINGS:
        text = pattern.sub(said if whose is None else _where(whose, said), text)
    return _ENDS_ON.sub(lambda match: f", ending {'at' if match[1] == 'at' else 'on'} ", text)


def _where(whose: _Whose, said: str) -> Callable[[re.Match[str]], str]:
    """`said` for a match that is the camera's, else the match itself."""
    return lambda match: match.expand(said) if whose(match) else match[0]


def _sized(match: re.Match[str], text: str) -> str:
    """ "From wide to close": a push, unless the move is named."""
    before, after = _rank(match[1]), _rank(match[2])
    said = "" if before == after or _MOVES.search(text) else "push in" if after > before else "pull out"
    size = framed(_NAMES[after]) if after > before else " "
    return f"{said}{size}{'to' if match['of'] and said != 'pull out' else ''}"


def _at_what(match: re.Match[str]) -> str:
    """ "To a medium of the bartender": to the bartender."""
    return framed(_NAMES[_rank(match[1])]) + ("to " if match[0].endswith((" of ", " on ")) else " ")


def _rank(size: str) -> int:
    return max(i for i, pattern in enumerate(_RANK) if pattern.fullmatch(size.lower()))


def _figure(text: str) -> float:
    return min(float(text.replace(",", ".")), 1e6)
