"""What is not done is said: what happens in the picture, a start that is not the still's, clauses that were not
understood; and what words say of a step's end: how large its thing is, its lens, on which side it passes."""

from __future__ import annotations

import pytest

from backend.engines.draft.direction.plain.amounts import numbers
from backend.engines.draft.direction.plain.amounts.measures import in_metres
from backend.engines.draft.direction.read import read_moves

HAPPENS = {
    "Lightning outside; very slow truck to the right": {"lightning"},
    "Static, rain against the window": {"rain"},
    "a storm rages outside while we push in 1 m": {"storm"},
    "Nada de movimiento; que Anna parpadee y sonría": {"people"},
    "O vento mexe a árvore; câmera totalmente parada": {"wind"},
    "Statische Einstellung, aber der Regen soll ans Fenster prasseln": {"rain"},
    "Ben nimmt das Glas, langsamer Schwenk nach rechts": {"people"},
    "La caméra avance d'un mètre pendant qu'Anna sourit": {"people"},
    "La caméra traverse la porte": set(),
    "il pleut, plan fixe": {"rain"},
    "nevica, avanza di un metro": {"snow"},
    "onweer buiten, 1 m vooruit": {"storm"},
    "雨、カメラは固定": {"rain"},
    "번개가 친다, 천천히 앞으로 이동": {"lightning"},
    "下雪，镜头推近": {"snow"},
    "アンナが笑う、ゆっくり前進": {"people"},
    "안나가 웃는다, 천천히 앞으로 이동": {"people"},
    "安娜笑了，镜头慢慢推近": {"people"},
    "Ben frobnicates; push in 1 m": {"people"},
    "Shallow focus drifting from the lamp to the tree while we inch right 25 cm": {"focus"},
    "nothing moves except the curtains in the breeze": {"curtains"},
    "Slow push in on the table": set(),
}
UNREAD = {
    "gribble the camera, then pan left 20 degrees": ("gribble the camera",),
    "push in 1 m, then florp to the left": ("florp to the left",),
    "wibble 2 m forward": ("wibble 2 m forward",),
    "keep Anna in the left third as you push in 1 m": ("keep anna in the left third",),
    "Kamera frobniziert nach links": ("Kamera frobniziert nach links",),
    "la cámara bailotea a la derecha": ("la cámara bailotea a la derecha",),
    "la caméra papillonne vers la gauche": ("la caméra papillonne vers la gauche",),
    "warm light, a lamp to the left, slow push in": (),
    "A pool, palms to the right. Pan left 20 degrees": (),
}
STARTS = {
    "start high and float down 1.5 m onto the car": "high",
    "Level out from a Dutch tilt while pulling back 5 ft": "canted",
    "pan across from Anna to Ben in three seconds": "on Anna",
    "tilt from the floor to the ceiling": "on the floor",
    "pan from left to right": "",
    "push in, then pan to the lamp": "",
}
ENDS = {
    "Close in until Anna fills the frame": ("fills", 0, None),
    "push in on the lamp until it fills half the frame": ("half", 0, None),
    "slow zoom to a close-up of Ben": ("close", 0, None),
    "push in to a medium shot of Anna": ("medium", 0, None),
    "slow push, ends CU on Anna": ("close", 0, None),
    "dolly in to an extreme close-up of her eyes": ("extreme", 0, None),
    "Zoom auf Ben bis zur Nahaufnahme": ("close", 0, None),
    "Acércate a Ben hasta un primer plano": ("close", 0, None),
    "aproxima até um close da Anna": ("close", 0, None),
    "zoom lento su Ben fino al primo piano": ("close", 0, None),
    "avance vers Ben jusqu'au gros plan": ("close", 0, None),
    "镜头推近安娜，直到充满画面": ("fills", 0, None),
    "zoom to 85mm": ("", 0, 85.0),
    "Lens only: 28 to 85": ("", 0, 85.0),
    "punch out from 50mm to 24mm fast": ("", 0, 24.0),
    "Squeeze past Ben on his right and end at the lamp": ("", 1, None),
    "Skirt the table on its left side and head for the window": ("", -1, None),
    "past the table to the window": ("", 0, None),
    "ソファの右側を通ってドアへ": ("", 1, None),
    "passe à droite de la table puis va vers la porte": ("", 1, None),
    "从沙发左侧经过，停在门前": ("", -1, None),
}
IN_METRES = {
    ("german", "zwei Schritte, ein halber Fuß, anderthalb Zoll"): "1.4 m, 0.1524 m, anderthalb Zoll",
    ("french", "un pied de lampe, trois pieds, deux pas et demi"): "un pied de lampe, 0.9144 m, 1.75 m",
    ("spanish", "yarda y media, unos pocos pasos, un cuerpo"): "1.3716 m, 2.1 m, un cuerpo",
    ("italian", "un ottavo di giro, tre quarti di giro, un quarto di giro"): " 45° ,  270° , un quarto di giro",
    ("dutch", "drie verdiepingen, 2 meter"): "9 m, 2 meter",
    ("japanese", "三歩, 2階分, 8分の3周"): "2.1メートル, 6メートル, 135度周回",
    ("korean", "3 걸음, 2층, 4분의 3바퀴"): "2.1미터, 6미터, 270도 ",
    ("chinese", "两步半, 三尺, 八分之一圈"): "1.75米, 0.999米, 45度",
}
WRITTEN = {
    ("german", "zweihundertsiebzig, einhundertachtzig, zwei"): "270, 180, zwei",
    ("french", "soixante-quinze, quatre-vingt-onze, deux cent soixante-dix, septante"): "75, 91, 270, 70",
    ("spanish", "ciento ochenta, veintidos, treinta y un"): "180, 22, 31",
    ("italian", "centottanta, ventitré, trentuno, centoventi"): "180, 23, 31, 120",
    ("portuguese", "cento e oitenta, duzentos e setenta"): "180, 270",
    ("dutch", "drieëndertig, honderdtachtig"): "33, 180",
    ("japanese", "百八十度, 十字路"): "180度, 十字路",
    ("chinese", "一百二, 二百零五, 三米"): "120, 205, 三米",
    ("korean", "이백칠십도, 열두 걸음, 이미지"): "270도, 12 걸음, 이미지",
}


@pytest.mark.parametrize("text", HAPPENS)
def test_what_happens_in_the_picture_is_noted(text: str) -> None:
    assert set(read_moves(text).beyond) - {"following"} == HAPPENS[text]


def test_somebody_with_a_name_is_followed() -> None:
    assert read_moves("follow Ben toward the stairs").beyond == ("following",)
    assert read_moves("chase Anna to the door").beyond == ("following",)


@pytest.mark.parametrize("text", UNREAD)
def test_a_clause_that_was_not_understood_is_named(text: str) -> None:
    assert read_moves(text).unread == UNREAD[text]


@pytest.mark.parametrize("text", STARTS)
def test_a_start_that_is_not_the_stills_is_known(text: str) -> None:
    assert read_moves(text).start == STARTS[text]


@pytest.mark.parametrize("text", ENDS)
def test_how_a_step_ends_and_passes(text: str) -> None:
    step = next(step for step in read_moves(text).steps if step.kind in ("push", "zoom"))
    assert (step.frames, step.beside, step.lens) == ENDS[text]


@pytest.mark.parametrize(("name", "text"), IN_METRES)
def test_units_of_other_languages_are_metres_and_degrees(name: str, text: str) -> None:
    assert in_metres(text, name) == IN_METRES[name, text]


@pytest.mark.parametrize(("name", "text"), WRITTEN)
def test_numbers_in_words_below_four_hundred(name: str, text: str) -> None:
    assert numbers.in_figures(text, name) == WRITTEN[name, text]


def test_a_list_under_one_negation_is_forbidden_as_a_whole() -> None:
    for text in (
        "no pan, tilt or zoom: push in 1 m",
        "kein Schwenk, Neigen oder Zoom, nur 1 m vor",
        "sin paneos, inclinaciones ni zooms: avanza un metro",
        "geen pan, tilt of zoom, alleen 1 m vooruit",
    ):
        reading = read_moves(text)
        assert reading.forbidden == {"pan", "tilt", "zoom"}, text
        assert [(step.kind, step.metres) for step in reading.steps] == [("push", 1.0)], text
    assert read_moves("no zoom, pan left 20 degrees").forbidden == {"zoom"}
