"""Parts of the shot that other languages name, as figures: "in der zweiten Hälfte", "les deux dernières secondes"."""

from __future__ import annotations

import functools
import re

from ...lists import Replacements, replaced, replacements

_HALF, _THIRD, _QUARTER = "1 halfshot ", "1 thirdshot ", "1 quartershot "
_LATE = "1 late"
# First part, last part, and the last seconds, by language: {n} is their number.
_SAID: dict[str, tuple[str, str, str]] = {
    "german": (
        r"(?:in |während |für |im )?(?:der |die |das )?erste[nsr]? {part}",
        r"(?:in |während |für |im )?(?:der |die |das )?(?:zweite|letzte)[nsr]? {part}",
        r"(?:in |während )?(?:der |den |die )?letzten? {n}sekunden?",
    ),
    "french": (
        r"(?:dans |pendant |sur )?(?:la |le )?(?:première|premier) {part}",
        r"(?:dans |pendant |sur )?(?:la |le )?(?:deuxième|seconde|dernière|dernier) {part}",
        r"(?:dans |pendant |sur |à )?(?:la |les )(?:{n}dernières|dernière) secondes?",
    ),
    "spanish": (
        r"(?:en |durante )?(?:la |el )?(?:primera|primer) {part}",
        r"(?:en |durante )?(?:la |el )?(?:segunda|última|último) {part}",
        r"(?:en |durante )?(?:el |los )?últimos? {n}segundos?",
    ),
    "italian": (
        r"(?:nella |nel |per la |per il )?(?:la |il )?(?:prima|primo) {part}",
        r"(?:nella |nel |nell'|per la |per l')?(?:la |l')?(?:seconda|ultima|ultimo) {part}",
        r"(?:negli |nell'|gli |l')?ultim[oi] {n}second[oi]",
    ),
    "portuguese": (
        r"(?:na |no |durante )?(?:a |o )?(?:primeira|primeiro) {part}",
        r"(?:na |no |durante )?(?:a |o )?(?:segunda|última|último) {part}",
        r"(?:no |nos |durante )?(?:os |o )?últimos? {n}segundos?",
    ),
    "dutch": (
        r"(?:in |tijdens )?(?:de |het )?eerste {part}",
        r"(?:in |tijdens )?(?:de |het )?(?:tweede|laatste) {part}",
        r"(?:in |tijdens )?(?:de )?laatste {n}secon\w+",
    ),
    "japanese": (
        r"(?:最初の|前の){part}(?:は|で|に)?",
        r"(?:最後の|後の|残りの){part}(?:は|で|に)?",
        r"最後の{n}秒(?:間)?(?:で|に|は)?",
    ),
    "korean": (
        r"(?:처음|첫) {part}(?:은|는|에)?",
        r"(?:마지막|나머지) {part}(?:은|는|에)?",
        r"마지막 {n}초(?:에|는|동안)?",
    ),
    "chinese": (r"前{part}", r"最?[后後]{part}", r"最[后後]{n}秒(?:钟)?"),
}
_PARTS: dict[str, tuple[str, str, str]] = {
    "german": ("hälfte", "drittel", "viertel"),
    "french": ("moitié", "tiers", "quart"),
    "spanish": ("mitad", "tercio", "cuarto"),
    "italian": ("metà", "terzo", "quarto"),
    "portuguese": ("metade", "terço", "quarto"),
    "dutch": ("helft", "derde", "kwart"),
    "japanese": ("半分", "三分の一", "四分の一"),
    "korean": ("절반", "3분의 1", "4분의 1"),
    "chinese": ("(?:一)?半(?:段|程|部分)?", "三分之一", "四分之一"),
}
_OF_THE_SHOT = r"(?: (?:der|des|de la|du|del|della|do|da|van de|van het) \w+)?"
_HALVES = replacements(
    (
        (r"前半(?:部分)?(?:は|で|に)?|전반부?(?:에|는|에는)?", _HALF),
        (r"[後后]半(?:部分)?(?:は|で|に)?|후반부?(?:에|는|에는)?", "1 latehalfshot "),
    )
)


_FIRST_SECONDS = re.compile(
    r"\b(?:in |während |dans |pendant |en |durante |nei |per |nos |tijdens )?(?:den |die |der |les |los |i |os |de )?"
    r"(?:ersten|premières|primeros|primi|primeiros|eerste) (?=\d+(?:[.,]\d+)? (?:sek|sec|seg|premi))"
)


_FRENCH_SECONDS = re.compile(r"\b(?:dans |pendant )?les (\d+(?:[.,]\d+)?) premières (?=seconde)")


def in_shares(text: str, name: str) -> str:
    """`text` in the language called `name`, in lower case, with such times as figures of plain/grammar.py."""
    text = _FIRST_SECONDS.sub(" ", _FRENCH_SECONDS.sub(r"\1 ", text))
    return replaced(text, (*_HALVES, *_rules(name)) if name in ("japanese", "korean") else _rules(name))


@functools.cache
def _rules(name: str) -> Replacements:
    first, last, seconds = _SAID[name]
    of = _OF_THE_SHOT if name not in ("japanese", "korean", "chinese") else ""
    rules = []
    for part, figure in zip(_PARTS[name], (_HALF, _THIRD, _QUARTER), strict=True):
        rules.append((last.replace("{part}", part) + of, figure.replace("1 ", _LATE)))
        rules.append((first.replace("{part}", part) + of, figure))
    bound = r"(?<!\w)" if of else ""
    rules = [(bound + pattern, f" {figure}") for pattern, figure in rules]
    counted = bound + seconds.replace("{n}", r"(\d+(?:[.,]\d+)?) ?")
    return replacements(
        (*rules, (counted, r" \1 lateseconds "), (bound + seconds.replace("{n}", "(?:一)?"), " 1 lateseconds "))
    )
