"""Goings and lookings that have no verb of the camera's ("take two steps back", "head for the stairs", "glance at the
clock"), as the plain words that read.py knows."""

from __future__ import annotations

from ...lists import replacements
from .told.things import A_THING, ARTICLE, CLAUSE, THING

_COUNT = r"(?:a few|a couple of|half a|an?|one|two|three|four|five|six|\d+|some|several)"
_BACK = r"(?:back(?:wards?)?|forwards?|ahead|closer|left|right|(?:to|towards?) the (?:left|right)|sideways|up|down)"
_BEHIND = r"(?:behind|around|between|under)"
_ROADS = "(?:corridor|hall|hallway|street|road|alley|aisle|path|stairs|staircase|steps|passage|tunnel|nave)"
_LAPS = rf"{CLAUSE}(?:(?:the )?camera )?(?:do(?:es)? |mak(?:e|es) |tak(?:e|es) )?"
_GO = r"(?:come|go|walk|move|glide|drift|float|stroll|wander|travel|fly|swing|creep|head)(?:s|es|ing)?"

IDIOMS = replacements(
    (
        # Who goes.
        (
            rf"\b(?:pov|point of view|first[- ]person(?: view)?)\s*[:,–-]\s*(?:someone|somebody|he|she|{ARTICLE} \w+)"
            r"(?: who)? (?=\w+s\b)",
            "the camera ",
        ),
        # How much, and how long.
        (
            r"\b((?:pan|tilt|yaw|pitch|roll|orbit|arc|rotate)(?:s|ning|ing)? (?:left|right|up|down|clockwise|"
            r"counterclockwise)) (?:by )?(\d{1,3}|five|ten|fifteen|twenty|thirty|forty|sixty|ninety)"
            r"(?=\s*(?:$|[,;!\n]|\.(?!\d)|(?:and|then|while|over)\b))",
            r"\1 \2 degrees",
        ),
        (rf"\b(round (?:it|him|her|them|{THING})) by (?:a|one) third\b", r"\1 by 120 degrees"),
        (rf"\b(round (?:it|him|her|them|{THING})) by (?:a|one) quarter\b", r"\1 by 90 degrees"),
        (rf"\b(round (?:it|him|her|them|{THING})) by half\b", r"\1 by 180 degrees"),
        (r"\b(locked[- ](?:off|down)|static|still) on (?:a |the )?(?:tripod|sticks)\b", r"\1"),
        # Steps, laps and rests.
        (
            rf"\btak(?:e|es|ing) ({_COUNT}) (?:\w+ )??(steps?|paces?) ({_BACK})",
            r"move \3 \1 \2",
        ),
        (rf"\bmove ({_BACK}) (?:a few|some|several) (?=steps|paces)", r"move \1 three "),
        (rf"\bmove ({_BACK}) an? (?=step|pace)", r"move \1 one "),
        (rf"{_LAPS}half a (?:lap|loop|circuit) (?:a?round|about|of)\b", " half circle around"),
        (rf"{_LAPS}(?:a|one|a full|a whole) (?:lap|loop|circuit) (?:a?round|about|of)\b", " full circle around"),
        (
            r"(?<!after )(?<!for )\b(\d+(?:\.\d+)?|an?|one|two|three|four|five|half a) (seconds?|secs?|s|beats?) of "
            r"(?:nothing|stillness|silence|calm|peace|rest|quiet|pause|no (?:movement|motion))\b(?: at all)?",
            r"hold for \1 \2",
        ),
        (rf"{CLAUSE}(step|move|shift|slide|glide)(s|ing|) (?:aside|to (?:the|one) side)\b", r" \1\2 sideways"),
        (rf"{CLAUSE}straight (up|down)\b(?! to)", r" pedestal \1"),
        (r"\b(up|down|forwards?|back(?:wards?)?),? and to the (left|right)\b(?! of)", r"\1 and \2"),
        (rf"{CLAUSE}straight in\b(?! (?:the|an?) )", " push in"),
        (rf"{CLAUSE}straight (?:out|back)\b(?! (?:to|into|of|at|in|on) )", " pull back"),
        (
            r"^\s*(?:nice and |very )?(slow|slowly|fast|quick|quickly|gently|smoothly)(?: and (?:steady|smooth|easy))? "
            rf"(?:over |across |up |on )?to {A_THING}",
            r"move \1 to ",
        ),
        # To a thing, close to it, or to where one leaves it.
        (
            r"\b(?:get|go|come|move|push|creep|close)(?:s|ing|ting|es)? in (?:nice and |really |very |right )?"
            rf"(?:close|tight|closer|tighter) (?:on|to|in on) (?={ARTICLE}|him\b|them\b|it\b)",
            "push in to ",
        ),
        (
            rf"\b(head|set off|set out|take off|bear)(s|ing|)? (?:for|towards?) {A_THING}",
            r"move\2 to ",
        ),
        (rf"\bhead(s|ing|)? (?=into|out|over|along|through|past|up|down|back|forwards?|{_BEHIND})\b", r"move\1 "),
        (rf"{CLAUSE}mak(?:e|es|ing) (?:straight )?for {A_THING}", " move to "),
        (r"\bmak(?:e|es|ing) (?:my|our|its|the|your) way (?=to|towards?|through|past|along|across|over|into)", "move "),
        (
            r"\b(?:fly|flie|swoop|glid|soar|drop|com|sweep)(?:s|e|es|ing|ping)?(?: in)? "
            r"from (?:above|high up|on high|the sky)"
            rf",?\s*(?:and )?(?:land|touch down|settle|arrive|end)(?:s|ing|es)?(?: up)? (?:in front of|before|at|on|by|"
            rf"beside|near|next to) {A_THING}",
            "crane down to ",
        ),
        (
            r",?\s*(?:and )?(?:landing|touching down|coming to (?:a )?(?:rest|stop|halt)|pulling up|arriving) "
            rf"(?:in front of|before|at|on|by|beside|near|next to) {A_THING}",
            " to ",
        ),
        (rf"\b(leave|exit|depart|quit)(?:s|ing|)? ({THING}) backwards?\b", r"pull back out of \2"),
        (
            r"\b(walk|run|stroll|stride|step|head)(s|ing|)? (?:straight |right |back )?out(?=\s*(?:$|[,.;]))",
            r"\1\2 forward",
        ),
        (
            rf"\b({THING}) (?:that |which |where )?(?:we|you|i|they) (?:came|went|entered|walked|started|left|got)"
            r"(?: (?:in|out|from|through|by|at))+(?=\s*(?:$|[,.;]))",
            r"\1",
        ),
        (rf"{CLAUSE}com(?:e|es|ing) in (?=(?:through|by|from)\b)", " enter "),
        (rf"\bskim(?:s|ming)? (?:along |over |across )?{THING} (?=to\b|towards?)", "glide "),
        # Round a thing and on, past what hides, up and over.
        (
            rf"\b({_GO}) (?:a?round) ({THING}) (?:and )?(?:on |over |across |back )?(?:to|towards?|into) {A_THING}",
            r"\1 around \2, then move to ",
        ),
        (rf"\bveer(s|ing|)? (left|right) a?round {A_THING}", r"arc \2 around "),
        (r"\bveer(s|ing|)? (?:off )?(?:to the )?(left|right)\b", r"turn\1 \2"),
        (rf"{CLAUSE}(slide|step|glide|drift|move)(s|ing|) from behind {A_THING}", r" \1\2 out from behind "),
        (rf"{CLAUSE}((?:slow |slowly |gentle |quick )?)reveal from behind {A_THING}", r" \1slide out from behind "),
        (
            rf"{CLAUSE}((?:the )?camera )?(?:swing|come|move|go|travel|arc)(?:s|es|ing)? (?:a?round )from behind "
            rf"({THING}|him|them)(?: to (?:{ARTICLE} )?(?:front|face|other side))",
            r" \1 half circle around \2",
        ),
        (rf"{CLAUSE}up (?:and )?over {A_THING}", " crane up over "),
        (r"\bthen (?:back )?down (?:on |to )?(?:the|its) (?:other|far) side\b", "then pedestal down"),
        (
            rf"\b((?:through|between|past|under) {THING}),? and (?:then )?"
            rf"(?:finds?|discovers?|reach(?:es)?) {A_THING}",
            r"\1 to ",
        ),
        (
            rf"\b(through {THING}),? and (?:then )?(?:stop|halt|pause|end)s? (?:in front of|at|by|before) {A_THING}",
            r"\1 to ",
        ),
        (r"\bcamera (?:leaves|exits) (?=(?:through|by|via)\b)", "camera moves "),
        (rf"(?<=\w) and (?:on )?(down|up|along) (?=the {_ROADS}\b)", r", then walk \1 "),
        (rf"\bin an? (?:semi-?circle|half[- ]circle) a?round ({THING}|him|her|them)", r"around \1 by 180 degrees"),
        (rf"{CLAUSE}from {THING} back to {A_THING}", " pull back to "),
        (rf"{CLAUSE}stagger(?:s|ing)? (?=back|forwards?|to\b|towards?)", " handheld, walk "),
        (r"\b(half|quarter|full) turn to (?:see|show|reveal|face) [^,.;\n]*", r"\1 turn to the right"),
        (r"\b(camera\b[^.;\n]{0,40}?)\s(?:but|and) breathes\b", r"\1, camera breathes"),
        (
            r"\b(?:clos|hom)e in(?= on\b| to\b| until\b| frame| by\b| slow| \w+ly\b|\s*(?:$|[,.;]|\d))|\bzero "
            r"in(?= on\b)",
            "push in",
        ),
        (
            rf"{CLAUSE}close on (?=(?:{ARTICLE} )?[\w']+(?: [\w']+)? (?:until|over|in \d)\b)",
            " push in to ",
        ),
        (r"\b(?:clos|zero|hom)(es|ing) in(?= on\b| to\b| until\b|\s*(?:$|[,.;]))", r"push\1 in"),
        (r"\b(drone|camera|helicopter|we) takes? off\b", r"\1 rises"),
        (rf"\b(travel|walk|run|drive|cruise|stroll|wander|roam)(s|ing)? (?=the (?:\w+ )?{_ROADS}\b)", r"\1\2 along "),
        (r"(?<=\w) (?:from )?end to end\b", ""),
        (
            r"\b(?:brush|barrel|bolt|plough|plow|steam|wind|worm|leap|bounce)(e?s|ing)? (?=past|through|around|"
            r"between)",
            r"move\1 ",
        ),
        # Looks.
        (
            rf"(?<!until )(?<!till )(?<!when )(?<!as )\b(camera|we) (?:finds?|discovers?|spots?|picks? out|"
            rf"singles? out) {A_THING}",
            r"\1 pans to ",
        ),
        (rf"\b(?:scan|survey|sweep)(s|ning|ing)? {A_THING}", r"pan\1 across "),
        (
            rf"\b(?:reframe|recent(?:er|re)|refocus)(s|d)?(?: (?:the )?(?:shot|camera|view|frame))? (?:on|to) "
            rf"(?={ARTICLE} "
            r"(?!left|right))",
            r"pan\1 to ",
        ),
        (r"\breframe(s|d)? (?=(?:to the )?(?:left|right)|up\b|down\b)", r"pan\1 "),
        (
            r"\b(pan|swing|look|truck|track|slide|drift|move)(s|ning|ing)? ((?:\w+ly )?)back and forth",
            r"\1\2 \3left, then right",
        ),
        (
            r"\b(?:do|does|make|makes|perform|performs) an? (90|180|270|360)\b(?=\s*(?:$|[,.;]|and\b|then\b))",
            r"pans \1 degrees",
        ),
        (
            rf"\b(?:start|begin|open)(?:s|ing|ning)? (?:at|on|from|with) {THING}(?:,| and| then)*((?: \w+ly)?) "
            rf"(?:move|go|come|travel|work)(?:s|es|ing)?(?: (?:its|our|my|the) way)? (up|down) to {A_THING}",
            r"\1 tilt \2 to ",
        ),
        (
            rf"{CLAUSE}(?:glance|peer|gaze|stare)(?:s|ing)? (?=at|up|down|left|right|to|towards?|back|over to)",
            " look ",
        ),
        (r"\b(look|glance|gaze)(s|ing)? (?:over|across) (?:at|to|towards?) ", r"\1\2 at "),
        (rf"{CLAUSE}(?:peer|peek|lean)(?:s|ing)? (over|into|through) {A_THING}", r" move \1 "),
        (
            r"\blook(s|ing|)? (?:back )?over (?:my|your|our|the|its|his|her) (?:left |right )?shoulder "
            r"(?:at|to|towards?) ",
            r"look\1 at ",
        ),
        (
            r"\b(whip|swish|snap|flick|jerk|yank|dart)(?:s|es|ing|ping|ning)? (?:the (?:camera|view|lens) )?"
            r"(?:over |round |around |across |back )*(?:to|towards?|onto) "
            rf"(?={ARTICLE} |him\b|her\b|them\b|[A-Z][a-z]+\b)",
            "whip pan to ",
        ),
        (
            r"\b(?:jerk|yank|snap|whip|flick)(?:s|es|ing|ping)? (?:the |our )?(?:camera|view|lens|gaze) (up|down)\b",
            r"fast tilt \1",
        ),
        (r"\b(whip|swish|flick)(?:s|es|ing|ping)? back\b(?! (?:to|at|towards?|from|and forth))", "pan back fast"),
        (rf"{CLAUSE}((?:the )?camera )?(?:turn|look|swing)(?:s|ing)? away(?: from {THING})?", r" \1 pan"),
        # What a pan goes with has a side of its own.
        (
            r"\b(left|right)\b([^.;\n]{0,20}?\b(?:camera|we) )follows?,? (?:him |her |it |them )?(?:with|in|by) "
            r"(?:an? )?"
            r"((?:\w+ly |slow |fast |quick |gentle )*)pan\b(?! (?:left|right|to)\b)",
            r"\1\2\3pan \1",
        ),
        (
            r"\b(left|right)\b(\s*[.;,]\s*(?:and |then )*(?:\w+ly )?(?:pan|track|truck)s?) with "
            r"(it|him|her|them|the \w+)\b",
            r"\1\2 \1 with \3",
        ),
        (
            r"\b(left|right)\b([^.;\n]{0,20}?\b(?:camera|we) (?:pan|track|follow|swing)s?) (?:along )?with "
            r"(it|him|her|them|the \w+)\b",
            r"\1\2 \1 with \3",
        ),
    )
)
