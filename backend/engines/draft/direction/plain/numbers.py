"""Numbers that other languages write in words, as digits: "fünfundvierzig Grad", "trente degrés", "三十度"."""

from __future__ import annotations

import functools
import re

# Eleven to nineteen, then the tens from twenty to ninety, by language; forms of one number separated by "/".
_TEENS = {
    "german": "elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn",
    "french": "onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf",
    "spanish": "once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve",
    "italian": "undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove",
    "portuguese": (
        "onze doze treze catorze/quatorze quinze dezesseis/dezasseis dezessete/dezassete dezoito dezenove/dezanove"
    ),
    "dutch": "elf twaalf dertien veertien vijftien zestien zeventien achttien negentien",
}
_TENS = {
    "german": "zwanzig dreißig/dreissig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "french": "vingt trente quarante cinquante soixante soixante-dix quatre-vingts/quatre-vingt quatre-vingt-dix",
    "spanish": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "italian": "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "portuguese": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
    "dutch": "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
}
# One to nine as they stand in compounds, and how: {tens} and {ones}.
_ONES = {
    "german": ("ein zwei drei vier fünf sechs sieben acht neun", "{ones}und{tens}"),
    "french": ("et-un deux trois quatre cinq six sept huit neuf", "{tens}[- ]{ones}"),
    "spanish": ("uno dos tres cuatro cinco seis siete ocho nueve", "{tens} y {ones}"),
    "italian": ("uno due tre quattro cinque sei sette otto nove", "{tens}{ones}"),
    "portuguese": ("um dois três quatro cinco seis sete oito nove", "{tens} e {ones}"),
    "dutch": ("een twee drie vier vijf zes zeven acht negen", "{ones}[eë]n{tens}"),
}
_LARGE = {
    "dreihundertsechzig": 360,
    "trois cent soixante": 360,
    "trescientos sesenta": 360,
    "trecentosessanta": 360,
    "trezentos e sessenta": 360,
    "driehonderdzestig": 360,
}
_DIGITS = {figure: value for value, figure in enumerate("〇一二三四五六七八九")} | {"两": 2, "兩": 2}
_CHINESE = re.compile(r"(?:([一二三四五六七八九两])百)?(?:零)?([一二三四五六七八九])?十([一二三四五六七八九])?")
_KOREAN = {
    "십": 10,
    "이십": 20,
    "삼십": 30,
    "사십": 40,
    "사십오": 45,
    "오십": 50,
    "육십": 60,
    "구십": 90,
    "백팔십": 180,
    "삼백육십": 360,
}
_SINO_KOREAN = re.compile(rf"(?<![가-힣])({'|'.join(sorted(_KOREAN, key=len, reverse=True))})(?= ?(?:도|초|미터|센티))")


def in_figures(text: str, name: str) -> str:
    """`text` in the language called `name` with its numbers from ten on as digits."""
    if name in ("chinese", "japanese"):
        return _CHINESE.sub(_of_chinese, text)
    if name == "korean":
        return _SINO_KOREAN.sub(lambda match: str(_KOREAN[match[1]]), text)
    pattern, values = _words(name)
    return pattern.sub(lambda match: str(values[_plain(match[0])]), text)


def _of_chinese(match: re.Match[str]) -> str:
    hundreds, tens, ones = match.groups()
    return str(100 * _DIGITS.get(hundreds, 0) + 10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0))


def _plain(word: str) -> str:
    return re.sub(r"[\s-]+", " ", word.lower()).strip()


@functools.cache
def _words(name: str) -> tuple[re.Pattern[str], dict[str, int]]:
    """A pattern for the numbers of a language of the Latin script from eleven on, and the value of each."""
    values: dict[str, int] = dict(_LARGE)
    for number, forms in enumerate(_TEENS[name].split(), start=11):
        values |= dict.fromkeys(map(_plain, forms.split("/")), number)
    ones, joined = _ONES[name]
    for tens, forms in enumerate(_TENS[name].split(), start=2):
        for form in forms.split("/"):
            values[_plain(form)] = 10 * tens
            for number, one in enumerate(ones.split(), start=1):
                stem = form[:-1] if name == "italian" and one[0] in "uo" else form
                said = joined.replace("[- ]", "-").replace("[eë]", "e").format(tens=stem, ones=one)
                values.setdefault(_plain(said), 10 * tens + number)
                if name == "dutch":
                    values.setdefault(_plain(said.replace("en", "ën", 1)), 10 * tens + number)
    if name == "spanish":
        values |= {f"veinti{one}": 20 + number for number, one in enumerate(ones.split(), start=1)}
    below = dict(values)
    glue = {"french": "cent ", "spanish": "ciento ", "portuguese": "cento e "}
    hundred = glue.get(name, {"german": "hundert", "italian": "cento", "dutch": "honderd"}.get(name, ""))
    values |= {_plain(hundred + form): 100 + number for form, number in below.items() if number < 100}
    if name == "german":
        values |= {f"ein{form}": number for form, number in values.items() if form.startswith("hundert")}
    values |= dict.fromkeys(
        {"french": ("cent",), "spanish": ("cien",), "portuguese": ("cem",)}.get(name, (hundred,)), 100
    )
    written = sorted((re.escape(form).replace(r"\ ", r"[\s-]+") for form in values), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(written)})(?!\w)", re.IGNORECASE), values
