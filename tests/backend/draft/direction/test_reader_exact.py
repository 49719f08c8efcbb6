"""A clause of another language in English: which of its moves are made, with which sides, figures and things."""

from __future__ import annotations

import pytest

from backend.engines.draft.direction.plain.grammar import Reader
from backend.engines.draft.direction.plain.which import reader_of

TELLING = {
    "german": "die Kamera schwenkt nach links", "french": "la caméra avance vers la gauche",
    "spanish": "la cámara avanza hacia la izquierda", "italian": "la camera va avanti verso sinistra",
    "japanese": "カメラが左に", "korean": "카메라가 왼쪽으로", "chinese": "镜头向左移动",
}  # fmt: skip


def reader(name: str) -> Reader:
    found = reader_of(TELLING[name])
    assert found is not None and found.name == name
    return found


# A move with its sides, its things, its figures, whether another goes with it and whether its form says so.
SAID = [
    ("move", ["left"], [], "", False, False, "truck left"),
    ("move", ["up"], [("level", "sofa")], "", False, False, "pedestal up level with the sofa"),
    ("move", ["down"], [("level", "sofa")], "", False, False, "pedestal down level with the sofa"),
    ("move", [], [("level", "sofa")], "", False, False, "pedestal down level with the sofa"),
    ("crane", ["up"], [("level", "sofa")], "", False, False, "crane up level with the sofa"),
    ("move", [], [("to", "sofa")], "", False, False, "push in to the sofa"),
    ("move", [], [("from", "sofa")], "", False, False, "pull out from the sofa"),
    ("move", [], [("around", "sofa")], "", False, False, "orbit around the sofa"),
    ("move", [], [("between", "sofa")], "", False, False, "push in between the sofas"),
    ("move", [], [("whole", "sofa")], "", False, False, "pull out to reveal the whole sofa"),
    ("move", [], [], "2 metres", False, False, ""),
    ("turn", ["left"], [], "20 degrees", False, False, "pan left 20 degrees"),
    ("turn", ["up"], [], "", False, False, "tilt up"),
    ("turn", [], [("around", "sofa")], "", False, False, "orbit around the sofa"),
    ("turn", [], [("to", "sofa")], "", False, False, "pan to the sofa"),
    ("turn", [], [], "", False, False, "pan"),
    ("turn", ["clockwise"], [], "", False, False, "roll clockwise"),
    ("orbit", ["left"], [("around", "sofa")], "", False, False, "orbit left around the sofa"),
    ("orbit", ["up"], [], "", False, False, "orbit"),
    ("push in", [], [("around", "sofa")], "", False, False, "orbit around the sofa"),
    ("pedestal up", [], [("to", "sofa")], "", False, False, "rise to the sofa"),
    ("pedestal down", [], [("to", "sofa")], "", False, False, "descend to the sofa"),
    ("pedestal up", [], [], "", False, False, "pedestal up"),
    ("follow", [], [("with", "sofa")], "", False, False, "follow sofa"),
    ("follow", [], [("to", "sofa")], "", False, False, "follow to the sofa"),
    ("follow", [], [("past", "sofa")], "", False, False, "push in past the sofa"),
    ("static shot", [], [("to", "sofa")], "", False, False, "stop to the sofa"),
    ("static shot", [], [("past", "sofa")], "", False, False, "stop past the sofa"),
    ("static shot", [], [("along", "sofa")], "", False, False, "static shot"),
    ("handheld", [], [("to", "sofa")], "", False, False, "handheld"),
    ("look", [], [("to", "sofa")], "20 degrees", False, False, "look at the sofa 20 degrees"),
    ("look", [], [("to", "sofa")], "", True, False, "looking at the sofa"),
    ("look", [], [("to", "sofa")], "", False, True, "looking at the sofa"),
    ("look", [], [("past", "sofa")], "", False, False, ""),
    ("look", ["left"], [("to", "sofa")], "", False, False, "pan left to the sofa"),
    ("start", [], [("to", "sofa"), ("to", "tür")], "", False, False, "start on the sofa"),
    ("start", [], [], "", False, False, ""),
    ("back", [], [("to", "sofa"), ("past", "tür")], "2 metres", False, False, "back 2 metres to the sofa"),
    ("back", [], [], "", False, False, "back"),
    ("pan", ["right", "left"], [("to", "sofa")], "20 degrees", False, False, "pan right 20 degrees to the sofa"),
    ("zoom", ["in"], [], "", False, False, "zoom in"),
    ("tilt", ["left"], [], "", False, False, "roll left"),
]
ALONE: dict[tuple[str, str], str | None] = {
    ("german", "30 cm links"): "30 centimetres left",
    ("german", "2 meter hoch"): "pedestal up 2 metres",
    ("german", "links"): "left",
    ("german", "langsam"): "slow",
    ("german", "2 meter links am sofa vorbei"): "truck left 2 metres past the sofa",
    ("german", "zwischen den sofas"): "push in between the sofas",
    ("german", "um das sofa"): "orbit around the sofa",
    ("german", "durch die tür"): "push in through the door",
    ("german", "sofa"): None,
    ("german", "zur tür"): "to the door",
    ("german", "schnell links 20 grad"): "fast 20 degrees left",
    ("french", "vers la gauche"): "left",
    ("japanese", "左に2メートル"): "2 metres left",
    ("japanese", "ソファの周りを"): "orbit around the sofa",
}
ENGLISH = {
    ("german", "2 sekunden, dann schwenk nach links"): "after 2 seconds, pan left",
    ("german", "Die Kamera fährt nach rechts, am Regal vorbei"): "truck right, past the shelf",
    ("german", "fährt vor, am Regal vorbei"): "push in, past the shelf",
    ("german", "Anna geht zur Tür. Die Kamera fährt vor"): "anna geht zur tür. push in",
    ("german", "fahr zurück, dann wieder zurück"): "pull out, then back",
    ("german", "kein Schwenk, kein Zoom"): "no pan, no zoom in",
    ("german", "nicht schwenken oder zoomen"): "no pan, no zoom",
    ("german", "nur schwenken"): "only pan",
    ("german", "leichte handkamera und langsam vor"): "slight handheld and slow push in",
    ("german", "fährt die treppe hoch"): "move up the stairs",
    ("german", "fährt 2 meter hoch an der treppe"): "rise 2 metres to the stairs",
    ("french", "monte l'escalier"): "move up the stairs",
    ("french", "descend l'escalier lentement"): "slow move down the stairs",
    ("german", "zoom und schwenk nach links 20 grad"): "zoom in and pan left 20 degrees",
    ("korean", "문으로 들어간다"): "push in through the door",
    ("french", "passe par la porte"): "push in through the door",
    ("french", "dépasse le canapé"): "push in past the sofa",
    ("german", "nach 2 sekunden langsam zurück"): "after 2 seconds,  slow back",
    ("spanish", "avanza dos metros y panea 20 grados a la izquierda"): "push in 2 metres and pan left 20 degrees",
    ("italian", "gira a destra di 20 gradi e avanza di 2 metri"): "pan right 20 degrees and push in 2 metres",
    ("french", "avance le long du mur avec Anna"): "push in along the wall",
    ("spanish", "sube mirando la ciudad"): "pedestal up and looking at the city",
    ("french", "monte et regarde la ville"): "pedestal up and look at the city",
    ("german", "statisch, ohne schwenk"): "static shot, no pan",
    ("german", "dolly in zum sofa"): "push in to the sofa",
    ("german", "push in 2 m"): "push in 2 metres",
    ("german", "sie fährt vor"): "sie fährt vor",
}


@pytest.mark.parametrize(("move", "sides", "things", "figures", "beside", "at_once", "said"), SAID)
def test_a_move_in_english(
    move: str, sides: list[str], things: list[tuple[str, str]], figures: str, beside: bool, at_once: bool, said: str
) -> None:
    assert reader("german")._said(move, sides, things, figures, beside, at_once) == said


@pytest.mark.parametrize(("name", "text"), ALONE)
def test_a_clause_without_a_verb(name: str, text: str) -> None:
    assert reader(name)._sentence(text, False) == ALONE[name, text]


@pytest.mark.parametrize(("name", "text"), ENGLISH)
def test_a_text_of_another_language_in_english(name: str, text: str) -> None:
    assert reader(name).english(text) == ENGLISH[name, text]


def test_things_in_english() -> None:
    german, japanese = reader("german"), reader("japanese")
    named = {"sofa": "sofa", " sofa ": "sofa", "alte sofa": "sofa", "rotes ding": "ding", "": "", "anna hier": "anna"}
    assert {name: german.noun_of(name) for name in named} == named
    assert {name: japanese.noun_of(name) for name in ("ソファ", "白いソファ", "謎")} == {
        "ソファ": "sofa", "白いソファ": "sofa", "謎": "謎",
    }  # fmt: skip
    for things, said in (
        ([("with", "anna"), ("to", "tür")], "anna to the door"),
        ([("to", "tür"), ("with", "anna")], "anna to the door"),
        ([("whole", "zimmer"), ("to", "tür")], "to the door to reveal the whole room"),
        ([("between", "sofa")], "between the sofas"),
        ([("level", "sofa")], "level with the sofa"),
        ([("along", "frau")], "woman"),
        ([("along", "zaun")], "along the fence"),
        ([("to", "sie")], "to her"),
        ([("to", "")], ""),
    ):
        assert german.names.named(things) == said


def test_a_side_is_the_nearest_moves() -> None:
    german = reader("german")
    assert [german._nearest([(0, 5, "a"), (20, 25, "b")], at) for at in (0, 8, 12, 13, 17, 40)] == [0, 0, 0, 1, 1, 1]
    assert [german._nearest([(10, 12, "a"), (20, 25, "b")], at) for at in (0, 14, 15, 17)] == [0, 0, 0, 1]


def test_which_moves_a_clause_has() -> None:
    for name, text, moves in (
        ("spanish", "gira mirando la fuente", "turn look"), ("spanish", "panea mirando la fuente", "pan"),
        ("spanish", "avanza mirando la fuente", "push in, look"), ("spanish", "avanza y mira la fuente", "push in"),
        ("german", "fährt und schwenkt", "pan"), ("german", "dreht und schwenkt", "pan"), ("german", "fährt", "move"),
        ("german", "kran hoch steigt", "crane up"), ("german", "umkreist und dreht", "orbit"),
        ("french", "avance et avance", "push in"),
    ):  # fmt: skip
        assert [move for _, _, move in reader(name)._moves(text)] == moves.replace("turn look", "turn, look").split(
            ", "
        )


def test_a_clause_of_which_nothing_was_understood() -> None:
    for name, text, unread, acts in (
        ("german", "Die Kamera frobnelt hin", ["Die Kamera frobnelt hin"], False),
        ("german", "Kamera frobnelt", [], False),
        ("german", "nicht nach frobnelt links", [], False),
        ("german", "Anna geht nach links", [], True),
        ("german", "die Kamera fährt nach links", [], False),
        ("german", "ein Sofa steht links", [], False),
        ("german", "die kamera links rechts", ["die kamera links rechts"], False),
        ("german", "Die Kamera frobnelt hin, frobnelt 2 meter. Langsam", ["Die Kamera frobnelt hin"], False),
        ("japanese", "カメラがふにゃる", ["カメラがふにゃる"], False),
        ("japanese", "カメラが", [], False),
    ):
        assert reader(name).unread(text, str) == unread, text
        assert reader(name).somebody_acts(text) is acts, text


def test_the_numbers_of_each_language_begin_with_one() -> None:
    for name, words in (
        ("german", "ein zwei drei"), ("french", "un deux trois"), ("spanish", "un dos tres"),
        ("italian", "un due tre"),
    ):  # fmt: skip
        numbers = reader(name).figures.number_of
        assert [numbers[word] for word in words.split()] == ["1", "2", "3"]
