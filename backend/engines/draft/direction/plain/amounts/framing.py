"""What languages/tables/framing.py lists, as the words that plain/grammar.py knows and as the marks of marks.py."""

from __future__ import annotations

import functools
import re

from ...languages.tables.framing import COUNTED_SECONDS, EARLIER, KEPT, PAUSES, SIZES, TIMES, ZOOMED
from ...lists import Replacements, replaced, replacements
from ...marks import ALL, framed
from .numbers import numbers_of, plain

MARKS = re.compile(rf"\s*\b{ALL}\b", re.ASCII)
_UNTIL = r"(?:(?:bis|jusqu['’]à|jusqu['’]au|hasta|fino a|fino al|até|tot)\s+)?"
_TO = (
    r"(?:(?:bis )?(?:zur|zum|zu|in|auf|in die|in eine|auf eine)(?: einer| einem| die)?|jusqu['’](?:au|à un)|(?:en|"
    r"au|à)(?: un)?|"
    r"hasta(?: un| el)?|(?:a|en)(?: un| el)?|(?:fino )?(?:al|a un|in|ad un)|(?:até|em|para)(?: o| um)?|(?:tot|"
    r"naar)(?: een)?)"
)
_OF = r"(?:\s+(?:auf|von|der|des|sur|de la|du|de l['’]|d['’]|de|del|di|della|dell['’]|do|da|op|van))?"
_TOWARDS = {
    "german": "auf",
    "french": "sur",
    "spanish": "hacia",
    "italian": "verso",
    "portuguese": "até a",
    "dutch": "op",
}
_SMALL = {"二": 2, "三": 3, "四": 4, "五": 5, "六": 6}


def in_marks(text: str, name: str) -> str:
    """`text` in the language called `name` with its sizes of framing, its times of a zoom, its pauses and its counted
    seconds as figures and marks, and without what is kept in the frame anyway."""
    pattern, said = COUNTED_SECONDS[name]
    text = re.sub(pattern, lambda match: said.format(n=_figure(match[1], name) - 1), text, flags=re.IGNORECASE)
    times, twice = TIMES[name]
    if re.search(ZOOMED.get(name, "zoom"), text, re.IGNORECASE):
        number = r"(\d+(?:[.,]\d+)?|[二两三四五])" if name == "chinese" else r"(\d+(?:[.,]\d+)?)"
        text = re.sub(twice, " 2x ", text, flags=re.IGNORECASE)
        text = re.sub(number + times, lambda match: f" {_SMALL.get(match[1], match[1])}x ", text, flags=re.IGNORECASE)
    return replaced(replaced(text, _rules(name)), _SIDES[name])


_WORD = r"(?:(?:den|die|das|dem|der|la|le|les|el|il|lo|o|a|de|het|l['’]) ?)?[^\W\d_]+"
_PASSING = {
    "german": (r"\blinks an ({w}) vorbei", r"\brechts an ({w}) vorbei", r"an \1 vorbei"),
    "french": (
        r"\bpass\w+ (?:à|par la|sur la) gauche (?:de |du |d['’])({w})",
        r"\bpass\w+ (?:à|par la|sur la) droite (?:de |du |d['’])({w})",
        r"passe devant \1",
    ),
    "spanish": (
        r"\bpas\w+ (?:por|a) la izquierda (?:de |del )({w})",
        r"\bpas\w+ (?:por|a) la derecha (?:de |del )({w})",
        r"pasa junto a \1",
    ),
    "italian": (
        r"\bpass\w+ (?:a|alla) sinistra (?:di |del |della |dell['’])({w})",
        r"\bpass\w+ (?:a|alla) destra (?:di |del |della |dell['’])({w})",
        r"passa accanto a \1",
    ),
    "portuguese": (
        r"\bpass\w+ (?:pela|à) esquerda (?:de |do |da )({w})",
        r"\bpass\w+ (?:pela|à) direita (?:de |do |da )({w})",
        r"passa por \1",
    ),
    "dutch": (r"\blinks langs ({w})", r"\brechts langs ({w})", r"langs \1"),
    "japanese": (r"([^、。,]{{1,8}}?)の左側を(?=通)", r"([^、。,]{{1,8}}?)の右側を(?=通)", r"\1の横を"),
    "korean": (
        r"([^\s,]+?)(?:의)? 왼쪽(?:으로|을) (?=지나)",
        r"([^\s,]+?)(?:의)? 오른쪽(?:으로|을) (?=지나)",
        r"\1 옆을 ",
    ),
    "chinese": (
        r"从([^，。,左右]{{1,6}}?)左[侧边面](?:经过|绕过|通过|走过)",
        r"从([^，。,左右]{{1,6}}?)右[侧边面](?:经过|绕过|通过|走过)",
        r"从\1旁经过",
    ),
}
# On which side something is passed.
_SIDES: dict[str, Replacements] = {
    name: replacements(((left.format(w=_WORD), f" passedleft {said}"), (right.format(w=_WORD), f" passedright {said}")))
    for name, (left, right, said) in _PASSING.items()
}


def earlier_first(text: str, name: str) -> str:
    """`text` with its clauses in the order of time: "push in, before that hold" as "hold, then push in"."""
    return text if (match := _earlier(name).fullmatch(text)) is None else f"{match[2]}{_THEN[name]}{match[1]}"


_THEN = {
    "german": ", dann ",
    "french": ", puis ",
    "spanish": ", luego ",
    "italian": ", poi ",
    "portuguese": ", depois ",
    "dutch": ", daarna ",
    "japanese": "、その後",
    "korean": ", 그 다음 ",
    "chinese": "，然后",
}


@functools.cache
def _earlier(name: str) -> re.Pattern[str]:
    blank = r"\s+" if name in _TOWARDS else r"\s*[,、，]?\s*"
    return re.compile(rf"([^,;、，；]+?)[,;、，；.]\s*{EARLIER[name]}{blank}([^,;、，；.]+)\.?", re.IGNORECASE)


@functools.cache
def _rules(name: str) -> Replacements:
    pause, after = PAUSES[name]
    rules = [(pause, after), (KEPT[name], " ")]
    towards = _TOWARDS.get(name)
    for size, words in SIZES[name].items():
        if towards is None:
            rules.append((words, f" {framed(size)} "))
            continue
        until = rf"(?:{_UNTIL}(?:que |che |dass |dat |er |sie |es |il |elle )*)?"
        rules.append((rf"(?:\b{_TO}\s+)(?:{words})\b{_OF}(?=\s+\w)", f"{framed(size)}{towards} "))
        rules.append((rf"(?:\b{_TO}\s+|\b{until})(?:{words})\b", framed(size)))
    return replacements(rules)


def _figure(said: str, name: str) -> int:
    return int(said) if said.isdigit() else _SMALL.get(said) or numbers_of(name)[plain(said)]
