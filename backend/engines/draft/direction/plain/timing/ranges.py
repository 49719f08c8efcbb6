"""Stretches of the shot that are said in words, as timeline.py knows them: "from second 2 to 4 pan left"."""

from __future__ import annotations

import re

from ...languages.tables.measures import ONES
from ...words import NUMBERS

_COUNTS = {
    form: value for words in ONES.values() for value, forms in enumerate(words.split(), 1) for form in forms.split("/")
}
_COUNTS |= {form: int(value) for form, value in NUMBERS.items() if 1 <= value <= 12}
_COUNTS |= {figure: value for value, figure in enumerate("一二三四五六七八九", 1)} | {"两": 2, "zero": 0, "null": 0}
_NUMBER = rf"(?:\d+(?:[.,]\d+)?|{'|'.join(sorted(_COUNTS, key=len, reverse=True))})"
_FROM, _TILL = rf"(?P<begin{{n}}>{_NUMBER})", rf"(?P<end{{n}}>{_NUMBER})"
_SAID = (
    r"(?:(?:from|between|in|during) )?(?:the )?(?:second|sec)s? {FROM}(?: ?(?:to|and|through|until|till|-|–) ?)"
    r"(?:the )?(?:second )?{TILL}\b",
    r"(?:from|between) {FROM} ?(?:s|secs?|seconds?)? (?:to|and|until|till) {TILL} ?(?:s|secs?|seconds?)\b",
    r"(?:(?:von|zwischen|in|ab) )?(?:den |der )?sekunden? {FROM} (?:bis|und) (?:zur )?(?:sekunde )?{TILL}\b",
    r"(?:de|entre) (?:la |les )?secondes? {FROM} (?:à|et|jusqu['’]à) (?:la )?(?:seconde )?{TILL}\b",
    r"(?:de|entre) {FROM} (?:à|et) {TILL} secondes\b",
    r"(?:del|desde el|entre el|entre los) segundos? {FROM} (?:al?|hasta el|y el|y) (?:segundo )?{TILL}\b",
    r"(?:dal|tra il|fra il|tra i) second[oi] {FROM} (?:al|e il|e) (?:secondo )?{TILL}\b",
    r"(?:do|entre o|desde o|entre os) segundos? {FROM} (?:ao?|até o|e o|e) (?:segundo )?{TILL}\b",
    r"(?:van|tussen) secondes? {FROM} (?:tot|en) (?:seconde )?{TILL}\b",
    r"{FROM}秒目?から{TILL}秒目?(?:まで|の間)?(?:に|で|は)?",
    r"{FROM}초(?:째)?(?:에서|부터) ?{TILL}초(?:째)?(?:까지| 사이)?(?:에|는)?",
    r"(?:从|在)?第{FROM}秒?(?:到|至|-)第?{TILL}秒(?:之?间|内)?",
)
_RANGE = re.compile(
    "|".join(
        (r"(?<![\w])" if said[0] in "(" and index < 9 else "")
        + said.replace("{FROM}", _FROM.format(n=index)).replace("{TILL}", _TILL.format(n=index))
        for index, said in enumerate(_SAID)
    ),
    re.IGNORECASE,
)
_S = r" ?(?:s|secs?|seconds?)\b"
_STARTED = re.compile(
    rf"\b(?:at|after) ({_NUMBER}){_S},? (?:start|begin)(?:s|ning|ing)?(?: to)? ([^,.;]{{2,40}}),? (?:and |then )*"
    rf"(?:stop|end|finish)(?:s|ping|ing)? (?:at|after) ({_NUMBER}){_S}",
    re.IGNORECASE,
)
# Where the clause of such a stretch begins, and where it ends.
_BEFORE = re.compile(
    r".*(?:[.;,:!?\n，、。；：]|\b(?:then|and|dann|danach|und|puis|ensuite|luego|después|poi|depois|dan|daarna)\b|"
    r"然后|接着|다음)\s*",
    re.DOTALL,
)
_AFTER = re.compile(
    r"\s*(?:[.;!?\n。；]|[,，、]?\s*(?:\b(?:and |und |y |e |en |et )?(?:then|afterwards|after that|dann|danach|"
    r"anschließend|puis|ensuite|luego|después|poi|"
    r"dopo|depois|dan|daarna)\b|然后|接着|之后|그 ?다음|그리고|その後|それから))\s*"
)


def in_ranges(text: str) -> tuple[str, bool]:
    """`text` with such stretches by the clock, and whether there are any."""
    text = _STARTED.sub(r"from \1 seconds to \3 seconds \2", text)
    made, at, last = "", 0, 0.0
    for match in _RANGE.finditer(text):
        begin, end = _seconds(match, "begin"), _seconds(match, "end")
        if end <= begin or match.start() < at or begin < last:
            continue
        lead = _BEFORE.match(text, at, match.start())
        first = lead.end() if lead else at
        before = text[at:first].strip(" ,，、")
        over = _AFTER.search(text, match.end())
        stop = over.start() if over and over.start() > match.end() else len(text) if over is None else over.end()
        if begin > last:
            made += f"\n[{last:g}s-{begin:g}s]: {before}"
        elif before:
            made += f"\n{before}"
        made += f"\n[{begin:g}s-{end:g}s]: {text[first : match.start()]} {text[match.end() : stop].lstrip(' ,:，、')}"
        at, last = stop, end
    if not last:
        return text, False
    rest = text[at:].strip(" ,.;，、。；")
    return (f"{made}\n[{last:g}s]: {rest}" if rest else made), not rest


def _seconds(match: re.Match[str], of: str) -> float:
    said = next(held.lower() for name, held in match.groupdict().items() if held and name.startswith(of))
    return float(said.replace(",", ".")) if said[0].isdigit() else float(_COUNTS[said])
