"""Numbers in words in other languages, exactly, and where they end."""

from __future__ import annotations

import pytest

from backend.engines.draft.direction.plain.amounts import numbers

IN_FIGURES = {
    "german": {
        "zehn": "10",
        "zwölf": "12",
        "neunundneunzig": "99",
        "einundzwanzig": "21",
        "dreißig": "30",
        "dreissig": "30",
        "hundert": "100",
        "zweihundert": "200",
        "dreihundertneunundneunzig": "399",
        "hundertundeins": "101",
        "neun": "neun",
        "vierhundert": "vierhundert",
        "zwanzig-grad": "20-grad",
    },
    "french": {
        "dix": "10",
        "seize": "16",
        "vingt-deux": "22",
        "soixante et onze": "71",
        "soixante-dix-neuf": "79",
        "quatre-vingts": "80",
        "quatre-vingt-dix-neuf": "99",
        "huitante": "80",
        "nonante": "90",
        "cent un": "101",
        "deux-cents": "200",
        "trois cent soixante": "360",
        "vingt, deux": "20, deux",
        "trente et un": "31",
        "neuf": "neuf",
    },
    "spanish": {
        "diez": "10",
        "veintiuno": "21",
        "treinta y dos": "32",
        "noventa y nueve": "99",
        "ciento uno": "101",
        "doscientos setenta": "270",
        "trescientas": "300",
        "quince": "15",
        "veinte": "20",
    },
    "italian": {
        "dieci": "10",
        "ventuno": "21",
        "ventotto": "28",
        "trentadue": "32",
        "novantanove": "99",
        "centuno": "101",
        "centotto": "108",
        "centottantotto": "188",
        "duecentosettanta": "270",
        "trecento sessanta": "360",
        "quaranta": "40",
        "ottantuno": "81",
    },
    "portuguese": {
        "dez": "10",
        "dezasseis": "16",
        "vinte e um": "21",
        "noventa e nove": "99",
        "cento e um": "101",
        "duzentas": "200",
        "trezentos e sessenta": "360",
        "cem vinte": "120",
    },
    "dutch": {
        "tien": "10",
        "twaalf": "12",
        "eenentwintig": "21",
        "drieëndertig": "33",
        "negenennegentig": "99",
        "honderdeen": "101",
        "tweehonderd zeventig": "270",
        "driehonderdenzestig": "360",
        "honderd": "100",
    },
    "chinese": {
        "十": "10",
        "十二": "12",
        "二十": "20",
        "九十九": "99",
        "一百": "100",
        "一百零五": "105",
        "一百二": "120",
        "三百六十": "360",
        "两百": "200",
        "兩百二十": "220",
        "百八十": "180",
        "九": "九",
        "一百二十三": "123",
        "十字": "十字",
        "二百一十": "210",
    },
    "japanese": {
        "二十五度": "25度",
        "百二十度": "120度",
        "三百": "300",
        "十字路": "十字路",
        "七": "七",
    },
    "korean": {
        "십오초": "15초",
        "백도": "100도",
        "이백칠십도": "270도",
        "삼백육십 도": "360 도",
        "오십 센티": "50 센티",
        "열한 걸음": "11 걸음",
        "스무 걸음": "20 걸음",
        "마흔 걸음": "40 걸음",
        "석 미터": "3 미터",
        "이도시": "이도시",
        "구십보": "90보",
        "백 미터": "100미터",
        "일초": "일초",
        "아흔 번": "90 번",
    },
}
# Below ten a number stays as it is, here as before a unit.
COUNTED = {
    "german": {"eins": 1, "zwo": 2, "siebzehn": 17, "fünfundfünfzig": 55, "einhundertzwölf": 112, "dreihundert": 300},
    "french": {"deux": 2, "dix-sept": 17, "cinquante cinq": 55, "soixante-dix": 70, "soixante et quinze": 75,
               "quatre-vingt-dix": 90, "quatre-vingt-seize": 96, "octante deux": 82, "cent douze": 112},
    "spanish": {"dos": 2, "diecisiete": 17, "cincuenta cinco": 55, "veintinueve": 29, "ciento doce": 112,
                "trescientos": 300},
    "italian": {"due": 2, "diciassette": 17, "cinquantacinque": 55, "ventotto": 28, "centootto": 108, "centotto": 108,
                "centuno": 101, "trecentoundici": 311},
    "portuguese": {"dois": 2, "dezassete": 17, "cinquenta e cinco": 55, "cem": 100, "cento e doze": 112,
                   "trezentas": 300},
    "dutch": {"twee": 2, "zeventien": 17, "vijfenvijftig": 55, "tweeëntwintig": 22, "honderdentwaalf": 112,
              "driehonderd": 300},
}  # fmt: skip


@pytest.mark.parametrize("name", IN_FIGURES)
def test_a_number_in_words_from_ten_on_is_in_figures(name: str) -> None:
    assert {text: numbers.in_figures(text, name) for text in IN_FIGURES[name]} == IN_FIGURES[name]


@pytest.mark.parametrize("name", COUNTED)
def test_each_number_below_four_hundred_has_its_words(name: str) -> None:
    values = numbers.numbers_of(name)
    assert {words: values[numbers.plain(words)] for words in COUNTED[name]} == COUNTED[name]
    assert set(values.values()) == set(range(1, 400))


def test_a_number_may_have_accents_hyphens_and_capitals() -> None:
    assert numbers.plain("Dieciséis") == "dieciseis" and numbers.plain("Quatre-Vingt  dix") == "quatre vingt dix"
    assert "".join(numbers._latin("die elf-zwölf, dann neun und zwanzig", {"elf": 11, "zwolf": 12, "zwanzig": 20})) == (
        "die 11-12, dann neun und 20"
    )
    seven = "un " * 6 + "deux"  # a number has six words at most
    assert "".join(numbers._latin(seven, {numbers.plain(seven): 99})) == seven
    six = "un " * 5 + "deux"
    assert "".join(numbers._latin(six, {numbers.plain(six): 99})) == "99"
