"""What is looked at all along a way, cut out of a text as a mark (see marks.py): "truck right, eyes on Anna"."""

from __future__ import annotations

import functools
import re

from ..languages.tables.watching import ARTICLES, LINKS, WATCHING
from ..marks import watched
from .grammar import Reader

_IN = (
    r"(?:(?:squarely |dead |well |right |firmly )?in (?:the )?(?:frame|shot|view|sight|picture|cent(?:re|er)|middle|"
    r"centre frame)"
    r"(?: of (?:the )?(?:frame|shot|picture|view|screen|image))?|in-frame|(?:dead |perfectly )?cent(?:re|er)(?:ed|d)"
    r"(?: in (?:the )?(?:frame|shot))?|framed|(?:dead )?cent(?:re|er)(?: frame)?)"
)
_EVER = (
    r"(?:(?:always|still|firmly|constantly|continuously|dead|right|fixed|locked|trained|glued|fast|steadily|kept) )*"
)
_END = (
    r"(?=\s*(?:$|[,.;:!?()\n–—]|(?:as|while|whilst|and|then|the whole|the entire|throughout|all|for|during|but|until|"
    r"always|when|we|so|the camera)\b))"
)
_NAME = r"(?:(?:the|a|an|this|that|our) )?(?P<n>(?:[\w'’-]{1,30} ){0,2}?[\w'’-]{1,30})"
_ENGLISH = (
    rf"(?:keep(?:s|ing)?|hold(?:s|ing)?|maintain(?:ing)?) {_EVER}{{N}} {_EVER}{_IN}\b(?! third)",
    rf"(?:with|having) {{N}} (?:(?:always|kept|held|constantly|staying|still|locked) )+{_IN}\b",
    r"with {N} (?:(?:dead |perfectly )?cent(?:red|ered)|in (?:the )?(?:frame|shot|view))(?= (?:throughout|the "
    r"whole|the entire|all))",
    rf"(?:with )?{{N}} (?:stays|staying|remains|remaining|always|kept) {_EVER}{_IN}\b",
    rf"(?:(?:keep(?:s|ing)?|with) )?(?:(?:our|your|the camera's|camera's|its|an|one|the|all) )?eyes? {_EVER}on "
    rf"{{N}}{_END}",
    rf"(?:(?:keep(?:s|ing)?|with) )?(?:(?:the|our) )?(?:lens|camera|gaze) {_EVER}(?:trained|fixed|locked|pointed|"
    rf"aimed|glued) {_EVER}(?:on|at|onto) {{N}}{_END}",
    rf"(?:(?:stay(?:s|ing)?|remain(?:s|ing)?|keep(?:s|ing)?|always) )*(?:locked|fixed|trained|aimed|pointed|glued) "
    rf"(?:on|onto|on to|at) {{N}}{_END}",
    rf"(?:(?:always|constantly|continuously|keeps?|keeping|while|never stop) )+(?:looking|facing|pointing|aiming|"
    rf"watching|pointed|aimed|turned) (?:(?:at|to|toward|towards|on) )?{{N}}{_END}",
    rf"the camera (?:is )?(?:facing|pointing at|pointed at|aimed at|turned to(?:wards?)?) {{N}}{_END}",
    rf"(?<=, )camera (?:is )?(?:facing|pointing at|pointed at|aimed at|turned to(?:wards?)?) {{N}}{_END}",
    r"(?:looking|facing|pointing|pointed|aimed|aiming) (?:at|toward|towards) {N}(?= (?:the whole|the entire|"
    r"throughout|all (?:the|along)))",
    r"(?:keep(?:s|ing)?|hold(?:s|ing)?) {N} (?:exactly |roughly |about )?(?:at )?the same (?:size|height)(?: in "
    r"(?:the )?frame)?",
    r"(?:so (?:that )?)?{N} (?:stays|remains|keeps) (?:exactly |roughly )?(?:at )?the same (?:size|height)(?: "
    r"in (?:the )?frame)?",
    rf"(?:counter-?)?(?:tilt|pan)(?:s|ing|ning)?(?: (?:up|down|left|right|L|R|dn))? to hold {{N}}{_END}",
    rf"(?:never|without(?: ever)?|not|don't|do not) (?:losing|lose|loses)(?: sight of| track of)? {{N}}{_END}",
    rf"(?:never|without(?: ever)?|not|don't|do not) (?:taking|take|takes) (?:(?:our|your|the|its) )?(?:eyes?|lens|"
    rf"camera) off(?: of)? {{N}}{_END}",
    r"(?:never|without(?: ever)?|not|don't|do not) (?:letting|let|lets) {N} (?:go )?(?:out of (?:the )?(?:frame|"
    r"shot|sight|view)|leave (?:the )?(?:frame|shot|view))",
    rf"(?:never|without(?: ever)?) (?:looking away from|leaving) {{N}}{_END}",
)
_TAIL = (
    r"(?:,?\s*(?:the (?:whole|entire) (?:time|way|shot|move|while)|throughout(?: (?:the|this) \w+)?|all (?:the time|"
    r"the "
    r"way(?: through)?|along)|at all times|during the (?:whole )?\w+))?"
)
_LEAD = (
    r"(?:[,;–—]?\s{0,3}\b(?:(?:while|whilst|with|and|but|as we|as|always|all the while|so that|so|still|the camera|"
    r"making sure|"
    r"make sure|meanwhile|at the same time) )*)"
)
# What is no thing that is looked at, and whose eyes are not the camera's.
_NO_THING = re.compile(
    r"\b(?:everything|everyone|all|both|camera|horizon|composition|action|frame|shot|movement|move|level|left|right|up|"
    r"down|forwards?|ahead|back|straight|things?|what|focus|subtly|it's|is|are|to|at|of|on|in|with|by|who|that)\b"
)
_NO_NAMES = (
    r"(?:ganz|gesamt|haut|bas\b|arriba|abajo|alto|basso|cima|baixo|tout|tod[oa]|tutt[oa]|izquierda|derecha|"
    r"sinistra|destra|esquerda|direita|gauche|droite|cielo\b)"
)
_SOMEBODY = re.compile(
    r"\b(?:his|her|their|he|she|they|who|man|woman|boy|girl|people|to|which|that)\s*$", re.IGNORECASE
)


def watching(text: str, language: Reader | None) -> str:
    """`text`, in `language` (None: English), with a mark for each thing that is looked at all along a way."""
    patterns = _english() if language is None else _patterns(language)
    made = text
    for pattern in patterns:
        made = pattern.sub(lambda match: _marked(match, language), made)
    return made if re.search(r"[^\W\d_]", _MARK.sub("", made)) else text


_MARK = re.compile(r"\bwatched[a-p]+\b")


def _marked(match: re.Match[str], language: Reader | None) -> str:
    groups = match.groupdict()
    name = (groups["n"] or groups["m"]).lower().replace("’", "'").strip()
    if language is None:
        if _NO_THING.search(name) or _SOMEBODY.search(match.string[: match.start()]):
            return match[0]
        return f" {watched(name)} "
    return f" {watched(language.noun_of(name))} "


@functools.cache
def _english() -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(rf"{_LEAD}(?<![\w'’]){said.replace('{N}', _NAME)}{_TAIL}", re.IGNORECASE) for said in _ENGLISH
    )


@functools.cache
def _patterns(reader: Reader) -> tuple[re.Pattern[str], ...]:
    name, known = reader.name, reader.bare.pattern
    if name in ARTICLES:
        noun = rf"(?:(?:{ARTICLES[name]})(?:(?<=['’])|\s+)(?!{_NO_NAMES})(?P<n>[^\W\d_]{{1,30}})|(?P<m>{known}))"
        lead = rf"(?:[,;–—]?\s{{0,3}}\b(?:(?:{LINKS[name]})\s{{1,3}})*)(?<![\w'’])"
    else:
        noun = rf"(?P<n>{known})"
        lead = rf"(?:[,，、;]?\s{{0,3}}(?:(?:{LINKS[name]})\s{{0,3}})*)"
    return tuple(re.compile(lead + said.replace("{N}", noun), re.IGNORECASE) for said in WATCHING[name])
