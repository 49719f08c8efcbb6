"""What shot lists abbreviate, written out ("slow PI, L→R", "dolly fwd 2-3 m")."""

from __future__ import annotations

import re

from ... import words
from ...lists import replaced, replacements
from ..amounts import numbers
from ..amounts.framing import earlier_first, in_marks
from ..amounts.halves import in_digits
from ..amounts.hedges import without_hedges
from ..amounts.measures import in_metres
from ..ends.gaps import in_gaps
from ..ends.heights import in_heights
from ..ends.tops import in_tops
from ..grammar import Reader
from ..people.owners import in_owners
from ..timing.pace import in_paces
from ..which import reader_of
from .asking import asked, in_order, without_manners
from .enumerations import in_a_row
from .figures import in_figures
from .framing import IN_CAPITALS, in_frame
from .sayings import plainly
from .times import timed
from .told.aims import aimed
from .told.goings import going
from .told.lenses import lensed
from .told.pans import pans
from .told.postures import postured
from .told.setups import set_up
from .told.ways_told import told

_MOVE = r"pan|tilt|truck|trk|track|dolly|arc|orbit|slide|crab|roll|move|whip|drift|swing|turn|look"
_NUMBER = r"(\d+(?:[.,]\d+)?)"
_LENGTH = r"(m|cm|metres?|meters?|feet|ft)"
# Two capitals for a move.
_INITIALS = {
    **dict.fromkeys(("PI", "DI", "TI"), "push in"),
    **dict.fromkeys(("PO", "PB", "DO"), "pull out"),
    "ZI": "zoom in",
    "ZO": "zoom out",
    "TU": "tilt up",
    "TD": "tilt down",
    "HH": "handheld",
}
_ALSO_WORDS = ("DI", "DO", "PI", "PO", "TI", "TU")  # where all is in capitals
_ALSO_FOREIGN = ("DI", "TU")
_KNOWN_CAPITALS = rf"(?:{'|'.join(_INITIALS)}|[EXBM]?CU|M?LS|M?WS|MS|FS|OTS)\b"
# Neither a name's ("TU Berlin", "TI-84") nor a sign's ("DO NOT ENTER").
_INITIAL = re.compile(rf"\b(?:{'|'.join(_INITIALS)})\b(?!-\d| not\b| (?!{_KNOWN_CAPITALS})[A-Z])")
_SIZE = re.compile(_KNOWN_CAPITALS)
_PART = re.compile(r"(?:[^;:!?\n.,]|[.,](?=\d))+")
_WORD = re.compile(r"[^\W\d_]+")
_BLANKS = re.compile(
    " {4,}"
)  # of a row of abbreviations, over which each rule with blanks would take its square's time
# In their order. Those with a capital count only as capitals.
_CAPITALS = replacements(
    (
        (r"\bOTS\b", "over-the-shoulder"),
        # How she is seen is no move: "slow push, ends CU", "zoom out to a MS", "OTS on Anna".
        (
            r"(?:,?\s*\b(?:ends?|ending|finish(?:es)?|land(?:s|ing)?)\s+)?(?:\b(?:to|on|in|as|into)\s+(?:an?\s+)?)?"
            r"\b(?:ECU|XCU|BCU|MCU|CU|MLS|MWS|MS|FS|EWS|ELS|XLS|VWS|LS|WS|[23]S)\b",
            " ",
        ),
        (r"\bleft ?(?:→|->) ?right\b", "left to right"),
        (r"\bright ?(?:→|->) ?left\b", "right to left"),
        (r"\bL\s*(?:→|->|–|-|/|>|to|2)\s*R\b", "left to right"),
        (r"\bR\s*(?:→|->|–|-|/|>|to|2)\s*L\b", "right to left"),
    ),
    re.NOFLAG,
)
_WRITTEN_OUT = replacements(
    (
        (r"\b[23]-shot\b", " "),
        (r"(?<!\w)w/o\b", "without"),
        (r"(?<!\w)w/\s*", "with "),
        (rf"\b({_MOVE})(s|ning|ing)?\s+(?:L\b(?!')|lft\b)", r"\1\2 left"),
        (rf"\b({_MOVE})(s|ning|ing)?\s+(?:R\b(?!')|rt\b)", r"\1\2 right"),
        (r"\btrk\b", "truck"),
        (r"\bsteadi\b", "steadicam"),
        (r"\bhalf ?way (?:a?round)\b(?! the| his| her| a\b)", "180 degrees"),
        (r"\b(?:fwd|frwd)\b", "forward"),
        (r"\b(?:bwd|bkwd|bkwds|bwds)\b", "backward"),
        (r"\b(crane|jib|boom|ped|tilt|pan|move|look)\s+(?:dn|dwn)\b", r"\1 down"),
        (r"\bthru\b", "through"),
        (r"(?<=\d)cw\b", " clockwise"),
        (
            r"\b(?:3/4|¾|three[ -]quarters?)(?: of)?(?: the)? (?:way |circle |turn |orbit )?(a?round)\b",
            r"270 degrees \1",
        ),
        (r"\b(a quarter|quarter|half)(?: of)? the way (a?round)\b", r"\1 circle \2"),
        (r"\bto (?:hold|land|end|finish|settle|stop|rest|arrive) (?:up )?on\b", "to"),
        (r"\b(?:slows?|slowing)(?: down)? (?:to a (?:stop|halt)|(?:to|towards?|at) the end)", "decelerating"),
        (r"\bon (?:the |a )?(?:rails|tracks|slider|gimbal|steadicam|stabili[sz]er|dolly)(?! zoom)\b", " "),
        (r"\b(?:the )?(?:nearer|closer|closest)(?: one)? of the (?:two|three|four|many) (\w+?)s\b", r"the nearest \1"),
        (r"\b(?:the )?(farther|further|left|right)(?: one)? of the (?:two|three|four|many) (\w+?)s\b", r"the \1 \2"),
        (r"\b(a?round|past) the (?:left|right|far|near|other|back|front)(?:[- ]hand)? side of\b", r"\1"),
        (
            r"\b(drone|aerial|slow|half|full|quick|gentle|tight|smooth|\d+)( orbit| arc| circle) of (?=the|his|her|a)",
            r"\1\2 around ",
        ),
        (r"\bhalf (?:turn|circle) (?=(?:to the )?(?:left|right)\b)", "180 degrees "),
    )
)
_LENSES = re.compile(
    rf"\b(?:zoom\w*\s+)?(?:(in|out)\s+)?from\s+{_NUMBER}\s*(?:mm)?\s+to\s+{_NUMBER}\s*mm\b", re.IGNORECASE
)
_ONE_LENS = re.compile(rf"(?<!lens)\b(?:to|at|on|with)?\s*(?:an?\s+)?{_NUMBER}\s*mm\b(?:\s+lens)?", re.IGNORECASE)
_HEIGHTS = re.compile(
    rf"\bfrom\s+{_NUMBER}\s*{_LENGTH}?\s+(?:up\s+|down\s+)?to\s+{_NUMBER}\s*{_LENGTH}\b", re.IGNORECASE
)
_BETWEEN = re.compile(
    rf"\b{_NUMBER}\s*(?:-|–|to|or)\s*{_NUMBER}(?=\s*(?:m|cm|metres?|meters?|feet|ft|deg|degrees|°|s|sec|"
    rf"secs|seconds)\b|°)"
)


def written_out(text: str, language: Reader | None = None) -> str:
    """`text` with its abbreviations in words, and one figure where it gives two ("from 1.2 m to 1.8 m": by 0.6 m).
    `language`: the one that it is in, where that is known."""
    text = without_manners(words.without_runs(text)).replace(" & ", " and ")
    reader = language or reader_of(text)
    foreign = reader is not None
    text = _PART.sub(lambda match: _initials(match[0], foreign), text)
    text = _BLANKS.sub("   ", replaced(replaced(text, IN_CAPITALS), _CAPITALS))
    text = (
        _in_plain_words(text, reader.name)
        if reader
        else plainly(asked(timed(in_figures(in_frame(_with_marks(_gone(in_a_row(text)), "english"))))))
    )
    text = replaced(text, _WRITTEN_OUT)
    text = _LENSES.sub(_zoomed, text)
    text = _ONE_LENS.sub(" ", text)
    text = _HEIGHTS.sub(_by, text)
    return _BETWEEN.sub(lambda match: f"{0.5 * (_figure(match[1]) + _figure(match[2])):g}", text)


def _gone(text: str) -> str:
    """English `text` with its set-ups, its ways and its looks that have no verb, in the words of moves."""
    return going(pans(set_up(lensed(aimed(postured(told(text)))))))


def _in_plain_words(text: str, name: str) -> str:
    """A text in the language called `name` with its figures as digits, its times in order, its sizes as marks."""
    text = _with_marks(in_tops(numbers.in_figures(text, name), name), name)
    text = in_metres(in_digits(in_owners(text, name)), name)
    return in_order(in_marks(earlier_first(text, name), name))


def _with_marks(text: str, name: str) -> str:
    """A text with the marks of what every language says in words of its own."""
    text = without_hedges(text, name)
    return in_paces(in_gaps(in_heights(text, name), name), name)


def _initials(part: str, foreign: bool) -> str:
    """A clause with its moves of two capitals in words. `foreign`: the text is in another language than English."""
    words_of = (word for word in _WORD.findall(part) if len(word) > 1)
    shouted = part.isupper() and any(word not in _INITIALS and not _SIZE.fullmatch(word) for word in words_of)

    def said(match: re.Match[str]) -> str:
        a_word = (shouted and match[0] in _ALSO_WORDS) or (foreign and match[0] in _ALSO_FOREIGN)
        return match[0] if a_word else _INITIALS[match[0]]

    return _INITIAL.sub(said, part)


def _figure(text: str) -> float:
    return min(float(text.replace(",", ".")), 1e6)


def _zoomed(match: re.Match[str]) -> str:
    before, after = _figure(match[2]), _figure(match[3])
    if before <= 0 or after <= 0 or before == after:
        return " "
    return f"zoom {'in' if after > before else 'out'} {max(before, after) / min(before, after):.5f} x lens{after:.0f}mm"


def _by(match: re.Match[str]) -> str:
    unit, other = match[2] or match[4], match[4]
    before, after = _figure(match[1]) * words.METRES[unit.lower()], _figure(match[3]) * words.METRES[other.lower()]
    return f"{round(abs(after - before) / words.METRES[other.lower()], 6):g} {other}"
