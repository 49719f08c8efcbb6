"""Orders of a set in plain words: beats, heights, the lens, the camera's nose."""

from __future__ import annotations

from ...lists import replacements
from .told.things import A_THING, ARTICLE, KNOWN, SENTENCE, THING

_NUMBER = r"(\d+(?:[.,]\d+)?|a|one|two|three|four|five|six|half a)"
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
_SECONDS = r"(s|sec|secs|seconds?|beats?)\b"
_NOTHING = r"(?:nothing|stillness|still|no (?:camera )?(?:movement|move|motion)|static|locked off)"
_TOP = r"(?:table|desk|counter|bench|roof|tree|bar)"
_NOSE = r"(?:nose|lens|chin|eyes?|gaze|head)"

ORDERS = replacements(
    (
        (rf"\b(tilt|pan)(s|ing|ning)? from ({THING}) (up|down) (?=to )", r"\1\2 \4 from \3 "),
        (
            r"^\s*what (?:i|we)(?:'d| would)? ?(?:like|want|need|'m after) is an? [^,.;]{0,40}?(?:that|which) ",
            "the camera ",
        ),
        (
            rf"{SENTENCE}((?:the|her|his) \w+|{KNOWN}(?:'s \w+)?)\s*(?::|\s[-–—])\s*"
            r"((?:(?:a|very|\w+ly|slow|fast|quick|gentle) )*(?:push|dolly|creep|zoom|track|move)(?:es|s|ing)?(?: in)"
            r"?)(?=\s*(?:$|[,.;]|over\b|for\b|in \d|slowly\b|then\b))",
            r"\2 to \1",
        ),
        (
            rf"{SENTENCE}((?:the|her|his) \w+|{KNOWN})\s*(?::|\s[-–—])\s*"
            r"((?:(?:an?|very|\w+ly|slow|fast|quick|half|full|gentle) )*(?:orbit|arc|circle)(?:s|ing)?(?: left| "
            r"right| \d+(?: ?°| degrees)?)*)(?=\s*(?:$|[,.;]))",
            r"\2 around \1",
        ),
        (r"\bstep(s)? (back(?:wards?)?|forwards?|left|right|in|closer) (twice|two times)\b", r"move\1 \2 two steps"),
        (r"\bstep(s)? (back(?:wards?)?|forwards?|left|right|in|closer) three times\b", r"move\1 \2 three steps"),
        (
            r"^\s*(left|right|up|down)((?:,? (?:and |then )*(?:left|right|up|down)(?: again)?)+),? (?:in |with )"
            r"?(?:(?:two|three|four) )?"
            r"((?:quick |slow |fast |whip )?)(pan|tilt|truck)s?\s*\.?\s*$",
            r"\3\4 \1, then\2",
        ),
        # Times.
        (
            r"^\s*(?:(?:an?|one|short|brief) )*(?:beat|pause)\s*(?:[,.;]|(?=\bthen\b))\s*(?:and )?(?:then )?",
            "hold for 1 second, then ",
        ),
        (rf"\blast {_NUMBER} ?{_SECONDS}(?: of)?:? {_NOTHING}\b", r"then hold for \1 \2"),
        (rf"(?<!of )(?<!the )(?<!after )\b(?:first )?{_NUMBER} ?{_SECONDS}(?: of)?:? {_NOTHING}\b", r"hold for \1 \2"),
        (rf"\b(?:on|at) the {_NUMBER}[- ]second mark\b", r"after \1 seconds"),
        (
            rf",?\s*(?:\band )?(?:arriv\w+|reach\w+ (?:it|him|her|them)|getting there|be(?:ing)? there|land(?:s|ing)|"
            rf"finish(?:es|ing)|done|complete) (?:there )?(?:by|at|on|after|within|in) (?:the )?{_NUMBER} "
            rf"?{_SECONDS}(?: mark)?",
            r" over \1 \2, then hold, ",
        ),
        *(
            (rf"\b(?:by|before) (?:the )?{word}[- ]second(?: mark)?\b", f" over {count} seconds, ")
            for count, word in enumerate(_ORDINALS, start=1)
        ),
        (rf"\b(?:by|within) (?:the )?{_NUMBER} ?{_SECONDS}(?: mark)?\b", r" over \1 \2, "),
        *(
            (
                rf"\b(?:in|at|on) (?:the )?{word} second\b(?! (?:half|third|quarter))",
                f"after {count} second{'s' * (count > 1)}",
            )
            for count, word in enumerate(_ORDINALS[1:], start=1)
        ),
        (r"(?<!we )(?<!it )(?<!camera )(?<!until )\breach(?:es|ing)? (?=the |an? |him\b|her\b|[A-Z])", "move to "),
        (
            r"\b(?:we|it|(?:the )?camera)(?:'re| are|'s| is) (?:\w+ly |dead )?(?:still|static|motionless|stationary|"
            r"at rest)\b(?! (?:life|photo))",
            "the camera is still",
        ),
        (r"\b(?:hang|keep)(s|ing)? (?:back|there|still|on there)\b(?! to\b)", r"hold\1"),
        (r"\b(?:on|at|in) the (?:very )?last (?:beat|second),?", "for last 1 second"),
        (r"\b(?:stay|remain|keep|sit)(?:s|ing)? (?:locked(?: off| down)?|frozen|parked)\b", "hold"),
        (
            r"\b(?:start|begin)(?:s|ning|ing)? slow(?:ly)?,? (?:and |then )?(?:end|finish|get|go)(?:s|ing)? (?:up "
            r")?fast(?:er)?\b",
            "accelerating",
        ),
        (
            r"\b(?:start|begin)(?:s|ning|ing)? fast,? (?:and |then )?(?:end|finish|get|go)(?:s|ing)? (?:up "
            r")?slow(?:er|ly)?\b",
            "decelerating",
        ),
        (r"\bto (\w+)'s head height\b", r"level with \1"),
        (
            r"(?:^|(?<=[,.;:])|\bthen)\s*(?:show|reveal)(?:s|ing)? (?!the (?:whole|entire|full))[^,.;]{1,40}? by "
            r"(?=\w+ing\b)",
            " ",
        ),
        (r"\b(?:everything|nothing moves|all) (?:is|stays|remains|holds) (?:\w+ly )?(?:still|static|frozen)\b", "hold"),
        (rf"\bnothing (?:at all |happens |moves )?for (?:the first )?{_NUMBER} ?{_SECONDS}", r"hold for \1 \2"),
        (r"\bthen (?:nothing|stillness|no more movement)(?=\s*(?:$|[,.;]))", "then hold"),
        (
            r"\bcount (?:to|for)? ?(two|three|four|five|\d)(?: beats| seconds)?\b|\bgive it (two|three|four|"
            r"\d)(?: beats| seconds)\b",
            r"hold for \1\2 seconds",
        ),
        (rf",?\s*\btaking (?:about |around )?(?={_NUMBER} ?{_SECONDS})", " over "),
        (r"\bmake it (?:feel |look |seem )?(?:a (?:bit|little) |very |really )?(?:like )?handheld\b", "handheld"),
        (
            r"\b(?:roll|cant|tip|lean|tilt)(s|ing)? the (?:horizon|frame|picture|image)\b",
            r"roll\1",
        ),
        (
            r"\b(?:ease|take|bring|slide|run|drive|move|push|rack)(?:s|ing)? (?:the |our )?(?=(?:lens|zoom|focal "
            r"length)\b[^.;]{0,12} "
            r"from)",
            "",
        ),
        (r"(?:^|(?<=[,.;:])|\b(?:then|and))\s*nose (up|down)\b", r" tilt \1"),
        (
            r"(?:^|(?<=[,.;:])|\b(?:then|and))\s*(?:the )?(?:drone|camera|rig|gimbal|platform) (up|down|back|"
            r"forward)\b",
            r" move \1",
        ),
        (
            r"\b(?:spin|rotate|pivot|swivel|whirl|twirl)(s|ing)? (?:right |once )*(?:all the way |completely |"
            r"fully |once )"
            r"(?:a?round|about)?(?: once)?(?: (?:in place|on the spot))?(?=\s*(?:$|[,.;]|then\b|and\b))",
            r"pan\1 right 360 degrees",
        ),
        (
            r"(?:^|(?<=[,.;:])|\b(?:then|and))\s*(?:take|bring|carry|lift|push|move|swing|send) it (?=(?:up|down|"
            r"back|forward|"
            r"in|out|left|right|over)\b)",
            " move ",
        ),
        (
            rf"\b(?:across|over) {_NUMBER}( ?m| metres?| meters?| feet| ft| steps?| paces?)?,? to the (left|right)\b",
            r"move \3 \1\2",
        ),
        (
            rf"(?:^|(?<=[,.;:])|\bthen)\s*(back|in|out|forward|left|right|up|down) and (back|in|out|forward|left|"
            rf"right|up|down)"
            rf"(?: by)? {_NUMBER} ?(m|metres?|meters?|cm|feet|foot|ft|steps?|paces?|yards?|inches)\b(?: each)?",
            r" move \1 \3 \4 and move \2 \3 \4",
        ),
        (
            rf",?\s*\b(?:and |then )*(?:finish|end)(?:es|s|ing)? (?:up )?(?:facing|looking (?:at|towards?|out of|"
            rf"through)) {A_THING}",
            ", then pan to ",
        ),
        (rf"\b(?:back )?home to (?=(?:{ARTICLE} )?\w)", "to "),
        (
            rf"^\s*(?:we )?(?:end|finish|land|arrive)(?:s|es)? (?:up )?(?:on|at) (?=(?:{ARTICLE} )?[\w']+(?: "
            rf"\w+)?\s*[.!]?\s*$)",
            "move to ",
        ),
        (
            r"(?<!stay )(?<!stays )(?<!hold )(?<!keep )(?<!remain )(?<!is )(?<!are )\b(?:perfectly |completely |"
            r"absolutely |dead )?(still|static|motionless|frozen|locked|fixed)(?: off)?,? "
            rf"(?=for {_NUMBER} ?{_SECONDS})",
            "hold ",
        ),
        (
            r"^\s*(?:we|the camera|it)?\s*(?:just )?watch(?:es|ing)? (?=[^,.;]{1,40} from (?:the |a )?(?:tripod|"
            r"sticks))",
            "static shot on ",
        ),
        (
            r"\b(camera|we) (?:just |only |simply |quietly )*(?:watch|observe)(?:s|es|ing)? (?=\w)",
            r"\1 holds still watching ",
        ),
        (rf"\bhang(s|ing)? (?=on {ARTICLE} \w+ for\b|there\b|on \w+ for\b)", r"hold "),
        (r"\bcome(s)? forward\b", r"move\1 forward"),
        (
            r"\b(?:when|once|as soon as|until) (?:we|it|the camera) (?:reach(?:es)?|gets? to|arrives? at) "
            r"((?:the |an? |his |her )?\w+),? (?:then )?(stop|hold|pause)(?:s|es)?\b(?! on)",
            r"\2 at \1",
        ),
        (r"\b(?:getting|going|growing) (?:\w+ly )?faster\b|\b(?:picking up speed|speeding up)\b", "accelerating"),
        (
            r"\b(?:getting|going|growing) (?:\w+ly )?slower\b|\bslowing down\b(?! (?:as|when|before|near|to))",
            "decelerating",
        ),
        (
            r"\b(?:ease|come|glide|drift|slow|roll)s? (?:down )?to an? (?:\w+ )?(?:stop|halt|rest|standstill)\b"
            r"(?! (?:on|at|in|by|behind|with|near|over)\b)",
            "hold",
        ),
        # Heights.
        (
            r"\b(?:to|into) an? (?:very |extreme )?(?:low[ -]angle|worm'?s?'?[- ]?eye)(?: (?:view|shot|angle))?\b",
            " toheight30cm ",
        ),
        *(
            (
                r"\b(?:move|come|go|swing|travel|circle|arc|walk|track|glide)(?:s|es|ing)? (?:a?round) (?:behind )?to "
                rf"{whose} (?:front|back|face|other side|rear)\b",
                f"half circle around {whom} ",
            )
            for whose, whom in (("his", "him"), ("her", "her"), ("their", "them"), ("its", "it"))
        ),
        (rf"\b(?:{ARTICLE} )?({_TOP})[- ]?top\b", r"level of the \1"),
        (
            (
                rf"(?<!look )(?<!looking )(?<!gaze )(?<!tilt )(?<!tilts )"
                rf"(?<!tilting )(?<!pan )\b(up|down|level|descend\w*|ris\w+|sinks?|"
                rf"lower\w*|drops?) "
                rf"(?:to|with|at) (?:{ARTICLE} )?(?:level|height|"
                rf"top) of "
            ),
            r"\1 level with ",
        ),
        (
            (rf"\b(up|down|descend\w*|ris\w+|sinks?|lower\w*|drops?) to ((?:{ARTICLE} )?\w+)[- ](?:level|height)\b"),
            r"\1 level with \2",
        ),
        (
            r"\btilt(s|ing)? up (?=(?:the|this|that|his|her|a) (?!camera|cam|lens|frame|shot|view|picture|image|"
            r"horizon|angle|"
            r"head|bit|little|touch|tad|few|lot|metre|meter|foot|degree|quarter|half|third)[a-z]+\s*(?:$|[,.;]|"
            r"(?:and|then|over|in|slowly|"
            r"while|as|for)\b))",
            r"tilt\1 up to the top of ",
        ),
        # The lens, and how the camera is held.
        (r"\b(?:the )?lens (?:goes|pushes|zooms|creeps|moves) (in|out)\b", r"zooming \1"),
        (r"\bwiden(?:s|ing)? (?:the |our )?(?:lens|angle|zoom|focal length)\b", "zoom out"),
        (r"\b(?:tighten|narrow)(?:s|ing)? (?:the |our )?(?:lens|angle|zoom|focal length)\b", "zoom in"),
        (
            (
                r"\b(?:lens|focal length)(?: only| alone)?\s*[:,]?\s*(?:from )?(\d{2,3}) ?(?:mm)? ?(?:to|->|→|–|"
                r"-) ?(\d{2,3})(?: ?mm)?\b(?! ?(?:%|percent|deg|°|s\b|sec))"
            ),
            r"zoom from \1 to \2mm",
        ),
        (r"\bcanted\b(?! (?:angle|frame|view|shot))", "dutch angle"),
        (
            r"\b(?:level(?:s|ling)?(?: it)? out|straighten(?:s|ing)?(?: up| out)?|come(?:s)? (?:back )?level) "
            r"(?:from|out of) (?:an? |the )?(?:dutch|canted|tilted)(?: \w+)?,?",
            "start canted, ",
        ),
        (rf"\b(?:drop|dip|lower|tip)(?:s|ping|ing)? (?:the|its|our) {_NOSE}\b", "tilt down"),
        (rf"\b(?:lift|raise|tip up)(?:s|ing)? (?:the|its|our) {_NOSE}\b", "tilt up"),
        (r"\bsnap[- ]pan(s|ning)?\b", r"whip pan"),
        (r"\brun[- ]and[- ]gun\b", "fast handheld"),
        (r"\b(chas|run|walk|hurry|rush|go)(e|es|s|ing|ning)? after (?=\w)", r"follow "),
        (r"\b(circle|orbit|turn|arc|degrees|way|half|quarter|lap|loop) round (?=\w)", r"\1 around "),
        (
            (
                r"\b((?:roll|pan|tilt|orbit|arc)\w*(?: (?:left|right|up|down|clockwise|"
                r"counterclockwise))?) to (\d{1,3})(?=\s*(?:$|[,.;]|and\b|then\b|while\b|over\b))"
            ),
            r"\1 by \2 degrees",
        ),
        (
            (
                r"\b(?:walk|take|lead|guide|fly|bring|carry|drive)(?:s|ing)? (?:the |our )?(?:client|audience|guests?|"
                r"buyers?|customers?|visitors?|people) (?=through|around|to|into|past|down|up|along|over|across|from|"
                r"out|in\b)"
            ),
            "the camera moves ",
        ),
    )
)
