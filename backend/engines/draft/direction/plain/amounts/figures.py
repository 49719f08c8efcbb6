"""The figures of a clause in another language: how far, how long, after how long."""

from __future__ import annotations

import re

from ...languages.language import Language
from ..patterns import compiled
from .shares import in_shares

_FIGURE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(degrees|metres|centimetres|seconds|delay|late\w+|\w+shot|same|x)")
_BARE_FIGURE = re.compile(r"\b(?:di|de|um|d') ?(\d+|un[oa]?|deux|dos|due|zwei|dois|duas|tre|três|tres|trois|drei)\s*$")
# A figure alone, which is no number of things: "30 à gauche", "右に30パン", "avanza 2".
_FIGURE_ALONE = r"(\d{1,3}(?:[.,]\d+)?)"
_ON = (
    r"nach|à |a |alla|al |vers|hacia|verso|para|naar|links|rechts|hoch|runter|vor|zurück|"
    r"in |en |y |e |et |und |right|left|up|down"
)
_ON_IN_THE_EAST = (
    r"パン|ティルト|ロール|前|後|左|右|上|下|摇|移|推|拉|"
    r"패닝|팬|틸트|이동|움직|뒤|앞|왼|오른|$"
)
_WITHOUT_A_UNIT = re.compile(
    rf"(?<![\w.,:/°-])(?:um |di |de |d')?{_FIGURE_ALONE}(?=\s*(?:$|[,;](?!\d)|{_ON}))"
    rf"|(?<=[ぁ-んァ-ヶー一-鿿가-힣 ]){_FIGURE_ALONE}(?=\s*(?:{_ON_IN_THE_EAST}))"
)
_ARTICLES = ("una", "une", "uma", "eine", "einen", "einer", "einem", "ein", "een", "six", "ten")
_TURNS_ITSELF = re.compile(r"\b(?:gir[aeio]\w*|ruot\w+|rot[ae]\w*|vir[ae]\w*|panoramic\w*|panorâmic\w*|pane[aeo]\w*)\b")
_ROUND = re.compile(r"attorno|intorno|alrededor|en torno|em volta|em torno|ao redor|à volta")


class Figures:
    """One language's patterns for numbers and units, compiled."""

    def __init__(self, language: Language, name: str) -> None:
        self.name = name
        self.units = compiled(language.units)
        numbers = enumerate(language.numbers.split(), start=1)
        self.number_of = {word: str(number) for number, words in numbers for word in words.split("/")}
        counted = rf"({'|'.join(self.number_of)})(?=\s*(?:{language.counted}))"
        self.numbers = re.compile((r"\b" if language.blanks else "") + counted if language.numbers else r"(?!)")
        told = "|".join(word for word in self.number_of if len(word) > 2 and word not in _ARTICLES)
        self.last = re.compile(rf"(?<=\w) ({told})\s*$" if language.blanks and told else r"(?!)")

    def taken_of(self, clause: str) -> tuple[str, list[str], str]:
        """The clause without its figures, and in English each of them and what it begins after."""
        clause = in_shares(self.numbers.sub(lambda match: self.number_of[match[1]], clause), self.name)
        for pattern, english in self.units:
            clause = pattern.sub(english, clause)
        if _TURNS_ITSELF.search(clause) and not _ROUND.search(clause):  # "gira di un quarto di giro"
            clause = clause.replace("orbita ", "")
        clause = _BARE_FIGURE.sub(lambda match: f" {self.number_of.get(match[1], match[1])} same", clause)
        if len(clause.split()) < 5:  # "sube tres metros y baja uno"
            clause = self.last.sub(lambda match: f" {self.number_of[match[1]]} same", clause)
        clause = _WITHOUT_A_UNIT.sub(lambda match: f" {match[1] or match[2]} same ", clause)
        found = _FIGURE.findall(clause)
        far = [number for number, unit in found if unit == "same"]
        far += [f"{number} {unit}" for number, unit in found if unit in ("degrees", "metres", "centimetres", "x")]
        long = [f"over {number} seconds" for number, unit in found if unit == "seconds"]
        long += [f"for {number} {unit}" for number, unit in found if unit.endswith("shot") and unit[:4] != "late"]
        long += [f"for last {number} {unit[4:]}" for number, unit in found if unit[:4] == "late"]
        late = [f"after {number} seconds, " for number, unit in found if unit == "delay"]
        return _FIGURE.sub(" ", clause), far + long, "".join(late)
