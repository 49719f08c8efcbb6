"""How people ask for a move, beside the move itself: politely, with fillers, and for none at all."""

from __future__ import annotations

import re

from ...lists import replaced, replacements
from .idioms import IDIOMS
from .orders import ORDERS

_MOVE = (
    r"(?:pan|tilt|arc|push|pull|dolly|zoom|truck|track|tracking|orbit|crane|jib|boom|roll|pedestal|hold|drift|"
    r"creep|whip|slide|move|static)"
)
_ORDER = r"(?:com|go|mov|drop|float|glid|drift|swoop|sweep)(?:e?s|ing|e|ping)?"
_END = r"(?=\s*(?:$|[,.;:!?)\n]))"
_POLITE = re.compile(
    r",?\s*\b(?:please|pls|plz|thanks(?: a lot)?|thank you|thx|por favor|s['’]il (?:te|vous) pla[iî]t|svp|bitte(?! um)|"
    r"per (?:favore|piacere|cortesia)|al(?:sje|stu)blieft)\b|,?\s*(?:お願いします|請|请(?!求|问))",
    re.IGNORECASE,
)
_DAYTIMES = r"(?:DAY|NIGHT|MORNING|EVENING|AFTERNOON|DUSK|DAWN|SUNSET|SUNRISE|LATER|CONTINUOUS|MAGIC HOUR)"
_SLUG = re.compile(rf"\b(?:INT|EXT|I/E)\b\.?[^\n:]{{1,60}}?[-–—]\s*{_DAYTIMES}\b\s*[.:,]?")  # "INT. LOFT - NIGHT"
_FELT = (  # "I'd like the viewer to feel as if they're ..."
    r"^\s*(?:(?:i|we|i'd|we'd|i'll|would|like|want|need|the|viewers?|audience|client|it|this|that|should|must|to|"
    r"make|let|"
    r"gives?|have|create|a|an|shot|camera|move|movement|us|them|you|please|whole|thing)\s+)*"
    r"(?:feel|look|seem|feeling|impression|sense|sensation|illusion)s?(?: of| that)? (?:a bit |almost |more |just )?"
    r"(?:(?:like|as if|as though) )?"
)
_WHO_FEELS = (
    r"(?:we|you|it|i|they|he|someone|somebody|one|a person|a visitor|the viewer)(?:'re|'s|'m| is| are| were| was)? "
)
_GOING_NOUN = r"an? (?:\w+ ){0,2}(?:walk|glide|float|drift|push|climb|flight|ride|stroll|dolly|tracking)\b"
_GOING_SOMEWHERE = (
    r"(?!looking|watching|being)\w+ing (?:\w+ly )?(?:in|into|through|to|towards?|along|past|over|around|up|down|across|"
    r"forwards?|closer|away|back)\b"
)
_NO_LIKENESS = "".join(
    rf"(?<!{word})" for word in ("would", "feel", "feels", "look", "looks", "more", " be", "is", "'d", "thing")
)
_ON_WITH_A_MOVE = r"(?:$|[,.;]|(?:and|then|past|through|over|to|towards?|around|into|up|down)\b)"
_CAMERA = re.compile(r"\bthe camera\b", re.IGNORECASE)
_HANDLED = re.compile(
    r"\b(bring|take|turn|move|tilt|pan|swing|raise|lower|rotate|push|pull|drop) it (?=back|up|down|left|right|to|"
    r"towards?|forwards?|in|out|around|slowly|gently|over|past|through)",
    re.IGNORECASE,
)
ASKING = replacements(
    (
        (rf"{_FELT}(?:{_WHO_FEELS})?(?={_GOING_NOUN}|{_GOING_SOMEWHERE})", ""),
        (rf"\s+(?:now|ok|okay){_END}", ""),
        (
            r"(?<!\bto )(?<!\bto),?\s*\b(?:while |and |always |but )*keep(?:s|ing)? "
            r"((?:the |his |her |an? )?(?!pace|up|it\b)\w+(?: \w+)??) "
            r"(?:perfectly |always |dead |right |bang )?(?:cent(?:red|ered|er|re)(?:[ -]frame)?|(?:in|at) (?:the )?"
            r"(?:cent(?:er|re)|middle|frame|shot|view|sight|picture)(?: of (?:the )?(?:frame|shot|picture|screen))?)\b",
            r", keep \1 centred",
        ),
        (
            r",?\s*\b(?:while |and |always |but )*(?:keep(?:s|ing)?|stay(?:s|ing)?|remain(?:s|ing)?|always) (?:the "
            r"(?:camera|lens) )?"
            r"(?:facing|looking|pointing|pointed|aimed) (?:straight |dead )?(?:forwards?|ahead|front|the same way|"
            r"(?:in )?the same direction)\b",
            " ",
        ),
        (
            r"\b(?:we |(?:the )?camera )?follow(?:s|ing)? (?:it|him|her|them|(?:the |a )?\w+) (?:with|in|by) (?:an? )?"
            r"((?:\w+ly |slow |fast |quick |gentle )*)(?=(?:pan|tilt|truck|track\w*|dolly|crane)\b)",
            r"\1",
        ),
        (
            r"\bkeep(?:s|ing)? (?:it|this|things|the (?:shot|frame|framing)) (?:nice and |really |very )?(?:wide|"
            r"tight|loose|simple|clean|"
            r"open)(?:,? and\b|[,;.])?",
            " ",
        ),
        (r"\b(\w+er) and \1\b", r"\1"),
        (r"\ban? (?:hair|smidge|smidgen|whisker|fraction|skosh)\b(?! of)", "a touch"),
        (r"\bas (\w+) as (?:possible|you can|it gets)\b", r"very \1"),
        (r"\b(creep|sneak|steal|come|walk)(s|ing)? up (?:on|behind|to) (?=him\b|her\b|them\b|the |an? )", r"\1\2 to "),
        (r"\b(?:do|does|doing) nothing(?= for\b)", "hold"),
        (r"(?<!the )(?<!a )(?:\b|')till?\b", "until"),
        (
            r"\b(?:carr(?:y|ies) on|go(?:es)? on|keeps? (?:going|moving|walking)|(?:continue|resume|proceed)s?)"
            rf"(?: (?:on|ahead|onwards?|as before|walking|moving))?{_END}",
            "resume",
        ),
        (r"(?<!any )\b(?:kinda|sorta|kind of|sort of)\b", " "),
        (
            r"\b((?:pivot|turn|rotat|spin|swivel|swing|pan)(?:e?s|ing|ning|e|))(?: a?round)?((?: [\w°]+){0,5}?) "
            r"(?:on the spot|in place|(?:around|about) (?:the|its) (?:own |vertical |own vertical )?axis)\b",
            r"\1\2",
        ),
        (rf"\b(?:gimme|(?:give|get|grab|show|do|make|try) (?:me |us )?)\s*(?=an? (?:[\w'-]+ ){{0,3}}?{_MOVE}\b)", ""),
        (rf"\b(?:how about|what about|i'm after|let's (?:have|get|do|try)) (?=an? (?:[\w'-]+ ){{0,3}}?{_MOVE}\b)", ""),
        (
            r"\b(one|a|an|this|the|single|long|continuous|unbroken|smooth) take\b(?! (?:a|the|us|me|it)\b)",
            r"\1 shot",
        ),
        (r",? as (?:if|though) (?:it (?:is|were|was) )?(?:on|in|by|with|under|held|mounted)\b[^,.;]{0,40}", ""),
        (
            r"\b(?:just )?as (?:if|though)(?: (?:it|we|you|the camera|one) (?:is|are|were|was)|we're|you're|it's)?\b",
            ", ",
        ),
        (
            r"\b(?:keep|leave|hold)(?:s|ing)? (?:the |our )?(?:camera|cam) (?:where it is|as it is|alone|put|in place|"
            r"there|parked|at rest)\b",
            "no camera movement",
        ),
        (
            r"\bkeep(s|ing|) (?:pace|up|step|level) (?:with|to) (?=him\b|her\b|them\b|it\b|the |a )",
            r"track\1 with ",
        ),
        (r"\b(?:trail|shadow|tail|chas|pursu|accompan)(?:e?s|ing|ies|ying|e|y)? (?=him\b|her\b|them\b)", "follow "),
        (
            r"\b(?:(?:bring|take|turn|swing|pan|tilt|go|come|move|get|drift|ease|snap|whip|reset|reverse|settle)(?:s|"
            r"es|ing|ning|ping)?"
            r"(?: it| the camera| us| right| all the way| slowly| gently)?(?: back)?|(?:and |then )*(?:slowly |"
            r"gently |all the way )?"
            r"(?:back|return(?:s|ing)?)) to (?:the |its |our )?"
            r"(?:(?:cent(?:er|re)|middle|start(?:ing)?|original|initial|opening|first|neutral)(?: (?:position|point|"
            r"frame|framing|view|"
            r"composition|pose|place|shot))?|where (?:it|we|the (?:shot|camera)) (?:began|started|came from)|zero)"
            r"\b(?! of)",
            " homeward ",
        ),
        (
            r"\b(?:back|return(?:s|ing)?|retrac\w+|go(?:es|ing)?|come(?:s)?)(?: back)?(?: along| by| on| down| "
            r"exactly)? (?:(?:the|our|its) )?(?:exact )?"
            r"same (?:way|path|route|move|line)(?: back)?\b(?: we came)?|\bretrac\w+ (?:the|our|its) (?:own )?steps|"
            r"\bthe same (?:way )?(?:in reverse|backwards|back)\b|"
            r"\bthe way (?:we|it) came\b|\breverse the (?:whole )?(?:move|movement|path)\b",
            " wayback ",
        ),
        (
            r"(\b(?:look|glance|pan|tilt)\w*\b[^.;\n]{0,60}?\b(?:then|and) )(?:back (?:to )?(?:looking )?(?:straight "
            r")?(?:ahead|the front|forward)"
            r"(?: again)?|(?:looking )?straight ahead again)(?=\s*(?:$|[,.;]))",
            r"\1homeward",
        ),
        (rf"(?<=[,.;]) (?:and |then )*returns?{_END}|\b(?:then|and) returns?{_END}", ", then back"),
        (
            r"\b(look|pan|turn)(s|ing|ning)? around\s*[:,–-]\s*(?:first |to the )*(left|right|up|down)\b",
            r"\1\2 \3",
        ),
        (
            r"\b(?:pov|point of view|first[- ]person(?: view)?)(?: shot)?,?(?: of| from| as)? "
            r"(?:somebody|someone|an? \w+|the \w+)(?: who is)? (?=\w+ing\b)",
            "the camera ",
        ),
        (
            r"(?<=\w)(,| and)\s+([^,.;\n]{1,80}?),?\s*(?:both |all )?"
            r"(?:at once|at the same time|simultaneously|in parallel)(?=\s*(?:[.;\n]|$))",
            r" while \2",
        ),
        (
            r"\b(?:camera )?(?:motion|movement|moves?)\s*[:=]\s*(?:none|no|nothing|off|zero|0|static)\b",
            "no camera movement",
        ),
        (r"\b(turn|tilt|swing|rais|lower|point)(e?s|ing|e|)? its (?:head|gaze|eyes?|view|attention|nose)\b", r"\1\2"),
        (r"\b(?:crash|snap|slam|smash)(?:es|s|ing|ping)? (?:back )?(in|out)\b", r"fast zoom \1"),
        (
            r"\b(\d+(?:\.\d+)?|one|two|three|four|five) (seconds?|secs?|s) (?:after the (?:start|beginning)|in|into "
            r"(?:it|the (?:shot|take|clip)))\b,?",
            r"after \1 \2, ",
        ),
        # What a move is like is none itself.
        (
            rf"(?<=\w\w){_NO_LIKENESS},? like (?:(?:on|in) )?"
            r"(?:(?:an?|the) (?:\w+ ){0,2}?(?=\w+\s*" + _ON_WITH_A_MOVE + r"))?\w+\b",
            " ",
        ),
        (r"\bcom(?:es?|ing) (?:in)?to (?:view|frame|shot|focus|sight)\b", "appears"),
        (r"\band out (?:on |at |of )?(?:the )?(?:other|far|opposite) (?:side|end)\b", ""),
        (r"\b(?:just )?sit (?:there|tight|with (?:it|this|that))\b", "hold still"),
        # None at all.
        (
            r"\b(?:no (?:camera )?(?:move|movement|motion)s?|(?:don't|do not|doesn't|does not) move(?: the camera)?) "
            r"(?:on|for|in|during) (?:this|that)(?: one| shot| take| scene)?\b",
            "no camera movement",
        ),
        (rf"\b(?:the )?camera (?:doesn't|does not|don't|won't){_END}", "the camera doesn't move"),
        (
            r"\blet (?:it|this|that|us|the (?:shot|frame|scene|room|moment|image)) "
            r"(?:breathe|sit|settle|rest|hang|linger|play(?! out))\b",
            "hold",
        ),
        (
            rf"(?<=[,.;])\s*(?:then )?(?:an? )?(?:(?:short |little )?beat|(?:short|little) pause){_END}",
            " hold for 1 second",
        ),
        (rf"(?<=[,.;])\s*(two|three|\d) beats{_END}", r" hold for \1 seconds"),
        (r"\b(?:while |and )?(?:remain|stay|keep)(?:s|ing)? (?:perfectly |dead )?level\b", "level"),
        # Who, and to which side.
        (
            r"\b(camera (?:should|must|has to|needs to|does|can|will|won|is)(?: ?not|n't|'t|not)?\b[^.;\n]{1,60}?[,.;])"
            r"(\s*(?:but |instead |then )?)it\b(?= (?:should|must|has|needs|can|will|just|pan|tilt|slid|truck))",
            r"\1\2the camera",
        ),
        (
            r"(?<!\bthe)(?<=\w)(,?\s+)(?:(?:to|towards|going) )?(?:camera|cam|screen)[ -](left|right)\b"
            r"(?=\s*(?:$|[,.;:!?)]|(?:and|then|about|by|of|roughly|over|for|past|along|across|around|to|towards?|"
            r"until|while|with)\b|\d))",
            r"\1\2",
        ),
        # How it starts and ends.
        (
            r"\beas(?:e|es|ing)[- ](in|out) (?:on|of|for|at) (?:the|this|that) "
            r"(?=push|pan|tilt|truck|dolly|orbit|arc)",
            r"ease-\1 ",
        ),
        (r"\bwith (?:an? )?(?:soft |gentle |slight |long )?ease[- ](in|out)\b", r", ease-\1"),
        (r"\bease-in\b(?! (?:to|on|at|and|/)\b)(?![-/ ,]+ease)", "accelerating"),
        (r"(?<!in )(?<!in/)(?<!and )(?<!in, )(?<!/ )\bease-out\b(?! (?:of|from|to|on)\b)", "decelerating"),
        (r",?\s*\bslow(?:s|ing)(?: down)? (?:as|when|before|near|at|towards?|into) (?!first)[^,.;]+", ", decelerating"),
        (
            r"\b(?:(?:at|with) )?(?:an? )?(?:constant|uniform|even|unvarying)(?: angular| linear)? "
            r"(?:velocity|speed|rate|pace)\b",
            "linear",
        ),
        # Moves by other words.
        (
            r"\b(crane|jib|boom)(?: shot)?(?:[:,]\s*|\s+(?=begin|start|open))"
            r"(?:(?:begin|start|open)\w*[^,;.]*?(?:,|\band|\bthen)\s*)?(?:and |then )*"
            rf"{_ORDER}(?: back)? (down|up)\b",
            r"\1 \2",
        ),
        (
            r"\b(crane|jib|boom)(?: shot)?[:,]?\s+(?:begin|start|open)\w*[^,;.]*,\s*(?:and |then )*"
            r"(?:descend|lower|sink|drop)(?:s|ing)?\b",
            r"\1 down",
        ),
        (
            r"\b(crane|jib|boom)(?: shot)?[:,]?\s+(?:begin|start|open)\w*[^,;.]*,\s*(?:and |then )*"
            r"(?:ris(?:e|es|ing)|ascend(?:s|ing)?|climb(?:s|ing)?)\b",
            r"\1 up",
        ),
        (
            r"\b(?:begin|start|open)\w* (?:at|from|on|near) the (top|bottom)\b[^,;.]*?(?:,|\band|\bthen)\s*"
            rf"(?:and |then )*{_ORDER} (down|up) to\b",
            r"moves \2, to",
        ),
        (
            r"\bvertigo (?:thing|look|style|trick|move)\b|\b(?:vertigo|hitchcock|jaws)(?= (?:on|at|around) \w)|"
            r"\bhitchcock(?= (?:move|thing|shot|style)\b)",
            "vertigo effect",
        ),
        (
            r"\b(fl(?:y|ies|ying)|glid(?:e|es|ing)|skim(?:s|ming)?)((?: in)?) low "
            r"(?=over|towards?|past|across|through)",
            r"\1\2 ",
        ),
        (r"(?<!river )(?<!the )\bbank(?:s|ing)? (?:to the )?(left|right)\b(?! of)", r"roll \1"),
        (r"\b(?:show|reveal)(?:s|ing)? the (?!whole|entire|full)(?:\w+) by (?=\w+ing\b)", ""),
        (r"\bsweep(?:s|ing)? from ((?:the |his |her )?\w+) (?:across|over) to (?=the|his|her|a )", r"pan from \1 to "),
        (r"\b(through (?:the |an? )[^,.;]{1,30}?) and (?:over|on|out|across|up) to (?=the|his|her|a )", r"\1 to "),
        (r"\bA to B\s*[:,]\s*(?:the )?(\w+) to (?:the )?(\w+)", r"move from the \1 to the \2"),
        (
            r"\b(move|moves|go|goes|lerps?|travels?) from "
            r"(?!the |an? |left|right|high|low|side|here|wide|close|his |her |\d)"
            rf"([a-z]+) to (?!the |an? |\d)([a-z]+){_END}",
            r"\1 from the \2 to the \3",
        ),
        # Slips that only their neighbours tell.
        (
            r"\b(pan|tilt|mov|go|start|push|pull|truck|track|dolly|away|out|back)(ning|ing|e?s|e|)\b form "
            r"(?=the|an?|his|her|left|right)",
            r"\1\2 from ",
        ),
        (
            r"\b(mov|go|fly|push|dolly|walk|glid|com|track|travel|in)(ing|e?s|e|)\b trough (?=the|an?|his|her)",
            r"\1\2 through ",
        ),
        (r"\bu (?=see|can|get|reach)", "you "),
        (r"\ban (?=(?:hold|then|push|pull|pan|tilt|zoom|reveal|stop|move|turn|look|show)\b)", "and "),
        (r"\bhole (?=room|house|building|scene|table|kitchen|place|thing)", "whole "),
    )
)


# A word of order or of time that stands within its clause or after it, before it.
_EARLIER = replacements(
    (
        (r"\b(und|en) (\w+) (dann|danach|anschließend|daarna|dan|vervolgens)\b", r"\1 \3 \2"),
        (
            r",\s*([^,.;]{1,60}?)\s+(ao mesmo tempo|al mismo tiempo|en même temps|allo stesso tempo|contemporaneamente)"
            rf"{_END}",
            r" \2 \1",
        ),
    )
)


def in_order(text: str) -> str:
    """Foreign `text` with its words of order where they part clauses: "en kantel daarna" as "en daarna kantel"."""
    return replaced(text, _EARLIER)


def without_manners(text: str) -> str:
    """`text` without what is said out of politeness, in every language: no thing is called "window please"."""
    return _POLITE.sub(" ", text)


def asked(text: str) -> str:
    """English `text` with what is asked for in the plain words of a move."""
    if _CAMERA.search(text):  # "turn the camera to the left, then bring it back"
        text = _HANDLED.sub(r"\1 the camera ", text)
    return replaced(replaced(replaced(_SLUG.sub(". ", text), ORDERS), ASKING), IDIOMS)
