"""What is said of how a step ends, in each language and exactly: how large its thing is, on which side it is passed,
how many times it is zoomed; when it begins; and which of a list of moves are denied."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from backend.engines.draft.direction import clauses, marks, words
from backend.engines.draft.direction.denials import each_denied
from backend.engines.draft.direction.languages.language import Language
from backend.engines.draft.direction.languages.tables.routes import from_and_to
from backend.engines.draft.direction.plain.amounts.framing import earlier_first, in_marks
from backend.engines.draft.direction.plain.denials import NEAR_BY, denied, link_of
from backend.engines.draft.direction.plain.splitting import Splitter
from backend.engines.draft.direction.read import read_moves
from backend.engines.draft.direction.steps import Step

MARKED = {
    "german": {
        "zoom auf ben bis zur nahaufnahme": "zoom auf ben  frameclose ",
        "näher an die lampe bis sie das bild füllt": "näher an die lampe  framefills ",
        "fahre zur halbtotale der lampe": "fahre  framefull auf  lampe",
        "zoom dreifach": "zoom dreifach",
        "zoom 3-fach": "zoom  3x ",
        "zoom 2,5fach": "zoom  2,5x ",
        "zoom aufs doppelte": "zoom  2x ",
        "dreifach schwenken": "dreifach schwenken",
        "nach einem moment schwenken": "nach 1 sekunde schwenken",
        "in sekunde vier schwenken": "nach 3 sekunden schwenken",
        "ab der sekunde 3 schwenken": "nach 2 sekunden schwenken",
        "links an anna vorbei": " passedleft an anna vorbei",
        "rechts an der lampe vorbei": " passedright an der lampe vorbei",
        "umrunde ihn und behält ihn im bild": "umrunde ihn ",
        "detailaufnahme der hand": " frameextreme  der hand",
    },
    "french": {
        "zoom sur ben jusqu'au gros plan": "zoom sur ben  frameclose ",
        "approche en plan moyen de la lampe": "approche  framemedium sur  lampe",
        "zoom 3 fois": "zoom  3x ",
        "zoom au double": "zoom  2x ",
        "après un moment panoramique": "après 1 seconde panoramique",
        "à la seconde trois": "après 2 secondes",
        "passe à gauche de la table": " passedleft passe devant la table",
        "passer par la droite du lit": " passedright passe devant lit",
        "en la gardant au centre": " ",
        "très gros plan de la main": " frameextreme  de la main",
        "rempli tout le cadre": " framefills ",
        "plein cadre": " framefills ",
    },
    "spanish": {
        "zoom hasta un primer plano de ben": "zoom  frameclose hacia  ben",
        "hasta que llene el cuadro": " framefills ",
        "zoom 3 veces": "zoom  3x ",
        "zoom al doble": "zoom  2x ",
        "tras una pausa": "después de 1 segundo",
        "en el segundo cuatro": "después de 3 segundos",
        "pasa por la izquierda de la mesa": " passedleft pasa junto a la mesa",
        "pasa a la derecha del sofá": " passedright pasa junto a sofá",
        "manteniéndola en el centro": " ",
        "plano medio de ana": " framemedium  de ana",
        "primerísimo primer plano": " frameextreme ",
        "llena la mitad del cuadro": " framehalf ",
    },
    "italian": {
        "zoom fino al primo piano di ben": "zoom  frameclose verso  ben",
        "zoom 3 volte": "zoom  3x ",
        "zoom al doppio": "zoom  2x ",
        "dopo un attimo": "dopo 1 secondi",
        "al secondo quattro": "dopo 3 secondi",
        "passa a sinistra della lampada": " passedleft passa accanto a lampada",
        "passa a destra del divano": " passedright passa accanto a divano",
        "tenendola al centro": " ",
        "primo piano terra": "primo piano terra",
        "mezza figura di anna": " framemedium  di anna",
        "riempie tutto il quadro": " framefills ",
        "riempie metà schermo": " framehalf ",
        "primissimo piano": " frameextreme ",
    },
    "portuguese": {
        "zoom até um primeiro plano de ben": "zoom  frameclose até a  ben",
        "close da ana": " frameclose  da ana",
        "zoom 3 vezes": "zoom  3x ",
        "zoom até o dobro": "zoom  2x ",
        "após uma pausa": "após 1 segundo",
        "no segundo quatro": "após 3 segundos",
        "passa pela esquerda da mesa": " passedleft passa por mesa",
        "passa à direita do sofá": " passedright passa por sofá",
        "mantendo-a no centro": " ",
        "plano médio": " framemedium ",
        "enche o quadro": " framefills ",
        "ocupa metade do quadro": " framehalf ",
    },
    "dutch": {
        "zoom tot een close-up van ben": "zoom  frameclose op  ben",
        "medium shot van anna": " framemedium  van anna",
        "zoom 3 keer": "zoom  3x ",
        "zoom tot het dubbele": "zoom  2x ",
        "na een moment": "na 1 seconde",
        "in seconde vier": "na 3 seconden",
        "links langs de tafel": " passedleft langs de tafel",
        "rechts langs het bed": " passedright langs het bed",
        "houdt haar in beeld": " ",
        "beeldvullend": " framefills ",
        "het halve beeld vult": " framehalf ",
        "detailshot": " frameextreme ",
    },
    "japanese": {
        "3倍にズーム": " 3x ズーム",
        "二倍にズーム": " 2x ズーム",
        "3倍": "3倍",
        "少し間を置いて": "1秒後に",
        "4秒目に": "3秒後に",
        "ソファの左側を通る": " passedleft ソファの横を通る",
        "ソファの右側を通る": " passedright ソファの横を通る",
        "中央に保ちながら": " ",
        "クローズアップ": "  frameclose  ",
        "画面いっぱいになるまで": "  framefills  ",
        "ミディアムショット": "  framemedium  ",
        "画面の半分を占めるまで": "  framehalf  ",
        "大写し": "  frameextreme  ",
    },
    "korean": {
        "3배로 줌": " 3x  줌",
        "두 배로 줌": " 2x  줌",
        "3배로": "3배로",
        "잠시 후": "1초 후",
        "4초째에": "3초 후",
        "소파 왼쪽으로 지나": " passedleft 소파 옆을 지나",
        "소파의 오른쪽을 지나": " passedright 소파 옆을 지나",
        "중앙에 유지하며": " ",
        "클로즈업까지": "  frameclose  ",
        "화면을 가득 채울 때까지": "  framefills  ",
        "미디엄 샷": "  framemedium  ",
        "익스트림 클로즈업": "  frameextreme  ",
        "화면의 절반을 채울 때까지": "  framehalf  ",
    },
    "chinese": {
        "放大3倍": "放大 3x ",
        "放大三倍": "放大 3x ",
        "放大两倍": "放大 2x ",
        "3倍": "3倍",
        "片刻后": "1秒后",
        "第四秒": "3秒后",
        "第4秒时": "3秒后",
        "从沙发左侧经过": " passedleft 从沙发旁经过",
        "从沙发右边绕过": " passedright 从沙发旁经过",
        "始终保持她在画面中心": " ",
        "到特写": "  frameclose  ",
        "充满画面": "  framefills  ",
        "中景": "  framemedium  ",
        "大特写": "  frameextreme  ",
        "占据画面的一半": "  framehalf  ",
    },
}
EARLIER = {
    "german": {
        "fahre vor, davor 2 s halten": "2 s halten, dann fahre vor",
        "fahre vor. vorher warten.": "warten, dann fahre vor",
        "fahre vor": "fahre vor",
    },
    "french": {
        "avance; auparavant attends": "attends, puis avance",
        "avance, avant ça attends": "attends, puis avance",
    },
    "spanish": {
        "avanza, antes de eso espera": "espera, luego avanza",
        "avanza, antes de la puerta": "avanza, antes de la puerta",
    },
    "italian": {
        "avanza, prima aspetta": "aspetta, poi avanza",
        "avanza, prima di andare": "avanza, prima di andare",
    },
    "portuguese": {
        "avança, antes disso espera": "espera, depois avança",
        "avança, antes de ir": "avança, antes de ir",
    },
    "dutch": {
        "vooruit, daarvoor wachten": "wachten, daarna vooruit",
        "vooruit; ervoor wachten": "wachten, daarna vooruit",
    },
    "japanese": {
        "前進、その前に右にパン": "右にパン、その後前進",
        "前進、それまで静止。": "静止。、その後前進",
    },
    "korean": {
        "전진, 그 전에 오른쪽 패닝": "오른쪽 패닝, 그 다음 전진",
        "전진, 그전까지 고정": "고정, 그 다음 전진",
    },
    "chinese": {
        "推近，此前右摇": "右摇，然后推近",
        "推近，在那之前，静止。": "静止。，然后推近",
    },
}  # A list under one negation, and what is none: the clauses with their links.
LISTS = {
    "no pan, tilt or zoom": "no pan | comma: no tilt no zoom",
    "no pan or tilt, push in": "no pan no tilt | comma: push in",
    "no pan, push in": "no pan | comma: push in",
    "no pan, tilt, push in": "no pan | comma: tilt | comma: push in",
    "no pan, tilt and zoom": "no pan | comma: no tilt | comma: no zoom",
    "no pan, then tilt or zoom": "no pan | then: tilt or zoom",
    "no pan while tilting or zooming": "no pan | with: tilting or zooming",
    "no pan, tilt left, or zoom": "no pan | comma: tilt left | comma: or zoom",
    "no pan, tilt left and zoom": "no pan | comma: tilt left | and: zoom",
    "no pan, the sofa, tilt or zoom": "no pan | comma: the sofa | comma: tilt or zoom",
    "no camera pan, tilt or zoom": "no camera pan | comma: no tilt no zoom",
    "no zoom in, tilt or pan": "no zoom in | comma: no tilt no pan",
    "no zoom in or pan": "no zoom in no pan",
    "no zoom out, tilt or pan": "no zoom out | comma: tilt or pan",
    "no any pan or the tilt": "no any pan the tilt",
    "no hold or pan": "no hold or pan",
    "no static or pan": "no static or pan",
    "no panned or tilt": "no panned or tilt",
    "no walking or panning": "no walking no panning",
    "pan, tilt or zoom": "pan | comma: tilt or zoom",
    "no movement, pan or tilt": "no movement | comma: pan or tilt",
    "no, pan or tilt": "no | comma: pan or tilt",
    "no pan nor tilt": "no pan no tilt",
    "no pan, no tilt, zoom": "no pan | comma: no tilt | comma: zoom",
}


@pytest.mark.parametrize("text", LISTS)
def test_a_negation_is_of_each_move_of_its_list(text: str) -> None:
    made = each_denied(clauses.clauses(words.tokens(text)))
    said = " | ".join((f"{one.link}: " if i else "") + " ".join(one.words) for i, one in enumerate(made))
    assert said == LISTS[text]
    assert all(len(one.words) == len(one.named) for one in made)


@pytest.mark.parametrize("name", MARKED)
def test_what_is_said_of_an_end_is_a_mark(name: str) -> None:
    assert {text: in_marks(text, name) for text in MARKED[name]} == MARKED[name]


@pytest.mark.parametrize("name", EARLIER)
def test_what_comes_before_is_said_first(name: str) -> None:
    assert {text: earlier_first(text, name) for text in EARLIER[name]} == EARLIER[name]


def test_the_marks_and_what_they_say() -> None:
    assert {size: marks.mark(marks.framed(size).strip()) for size in marks.FRAMES} == {
        size: ("frames", size) for size in marks.FRAMES
    }
    assert marks.mark("passedleft") == ("beside", -1) and marks.mark("passedright") == ("beside", 1)
    assert marks.mark("lens35mm") == ("lens", 35.0)
    for word in ("frame", "framesclose", "passed", "passedup", "lensmm", "lens35", "xlens35mm", "passedlefts"):
        assert marks.mark(word) is None
    # How high a person is, a thing, and how much larger all gets: from the widest framing to the nearest.
    assert marks.FRAMES == {
        "wide": (0.35, 0.25, 1.0), "half": (0.5, 0.5, 1.3), "full": (0.9, 0.7, 1.4), "fills": (1.0, 1.0, 2.0),
        "medium": (1.8, 0.8, 1.7), "nearer": (2.6, 0.9, 2.2), "close": (3.6, 1.0, 2.6), "extreme": (7.0, 1.8, 4.5),
    }  # fmt: skip


def test_a_mark_is_the_last_steps_that_it_can_be_about() -> None:
    push, pan, zoom = Step("push", 1), Step("pan", 1), Step("zoom", 1)
    past, truck = Step("push", 1, relation="past", target="bed"), Step("truck", 1, relation="past", target="sofa")
    via = Step("push", 1, relation="to", target="door", via="bed")
    assert marks.marked([push, zoom, pan], {"frames": "close"}, 0) == [push, replace(zoom, frames="close"), pan]
    assert marks.marked([push, pan], {"frames": "close"}, 1) == [replace(push, frames="close"), pan]
    assert marks.marked([push, pan, zoom], {"frames": "full"}, 2)[2].frames == "full"
    assert marks.marked([pan], {"frames": "close", "lens": 35.0, "beside": 1}, 0) == [pan]
    assert marks.marked([zoom, push], {"lens": 35.0}, 0) == [replace(zoom, lens=35.0), push]
    assert marks.marked([Step("dolly zoom", 1), push], {"lens": 85.0}, 0)[0].lens == 85.0
    assert marks.marked([past, push], {"beside": -1}, 1) == [replace(past, beside=-1), push]
    assert marks.marked([past, truck, zoom], {"beside": 1}, 0) == [past, replace(truck, beside=1), zoom]
    assert marks.marked([past, via], {"beside": 1}, 0) == [past, replace(via, beside=1)]
    assert marks.marked([past, replace(pan, relation="past")], {"beside": 1}, 1)[0].beside == 1
    assert marks.marked([past], {"beside": 1, "frames": "half"}, 0) == [replace(past, beside=1, frames="half")]
    assert marks.marked([push, push], {"frames": "wide"}, 0) == [push, replace(push, frames="wide")]


def test_marks_of_a_clause_of_nothing_else_are_of_the_one_beside_it() -> None:
    def told(text: str) -> list[tuple[str, dict[str, object]]]:
        return [(" ".join(one.words), dict(one.told)) for one in clauses.clauses(words.tokens(text))]

    assert told("push in frameclose, pan left") == [("push in", {"frames": "close"}), ("pan left", {})]
    assert told("push in, frameclose") == [("push in", {"frames": "close"})]
    assert told("framehalf, push in, pan left") == [("push in", {"frames": "half"}), ("pan left", {})]
    assert told("push in lens35mm, frameclose") == [("push in", {"lens": 35.0, "frames": "close"})]
    assert told("frameclose, framehalf, push in framewide") == [("push in", {"frames": "wide"})]


NEVER = re.compile("no")


@pytest.mark.parametrize(
    ("text", "moves", "after", "said"),
    [
        ("no pan", "pan", False, "pan"),
        ("no small quiet pan", "pan", False, "pan"),
        (f"no{'-' * NEAR_BY}pan", "pan", False, "pan"),
        (f"no{'-' * (NEAR_BY + 1)}pan", "pan", False, ""),
        ("pan no", "pan", False, ""),
        ("pan no", "pan", True, "pan"),
        ("no pan", "pan", True, ""),
        (f"pan{'-' * NEAR_BY}no", "pan", True, "pan"),
        (f"pan{'-' * (NEAR_BY + 1)}no", "pan", True, ""),
        ("no pan o zoom", "pan zoom", False, "pan zoom"),
        ("no pan, zoom", "pan zoom", False, "pan zoom"),
        ("no pan pero zoom", "pan zoom", False, "pan"),
        ("zoom, no pan", "zoom pan", False, "pan"),
        ("pan o zoom no", "pan zoom", True, "pan zoom"),
        ("pan pero zoom no", "pan zoom", True, "zoom"),
        ("pan zoom", "pan zoom", False, ""),
        ("pan ni tilt", "pan tilt", False, "pan"),
        ("no pan o tilt y zoom", "pan tilt zoom", False, "pan tilt zoom"),
        ("no pan de tilt pero no zoom", "pan tilt zoom", False, "pan tilt zoom"),
    ],
)
def test_which_moves_a_negation_denies(text: str, moves: str, after: bool, said: str) -> None:
    found = [(text.index(move), text.index(move) + len(move), move) for move in moves.split()]
    assert " ".join(move for _, _, move in denied(text, found, NEVER, after, "spanish")) == said


def test_a_move_before_one_that_is_denied_is_made() -> None:
    reading = read_moves("右パンでズームなし")
    assert [(step.kind, step.sign) for step in reading.steps] == [("pan", 1)]


def test_what_joins_the_moves_of_a_clause() -> None:
    for name, text in {
        "german": "schwenk oder zoom", "french": "pan ou zoom", "spanish": "pan u zoom", "italian": "pan oppure zoom",
        "portuguese": "pan nem zoom", "dutch": "pan of zoom", "japanese": "パンまたはズーム", "korean": "팬이나 줌",
        "chinese": "摇或推",
    }.items():  # fmt: skip
        assert link_of(text, name) == " or ", name
        assert link_of(text.replace("o", "x").replace("u", "x"), "dutch") == " and ", name


def test_of_two_links_in_a_row_the_stronger_counts() -> None:
    splits = ((r",", ","), (r"\band\b", "and"), (r"\bwhile\b", "while"), (r"\bthen\b", "then"), (r"\.", "."))
    split = Splitter(Language({}, "", "", splits, (), (), (), (), (), "", ""))
    assert split.of("One, two") == [(".", "One"), (",", " two")]
    assert split.of("One, and two") == [(".", "One"), ("and", " two")]
    assert split.of("One and, two") == [(".", "One "), ("and", " two")]
    assert split.of("One then, while two") == [(".", "One "), ("then", " two")]
    assert split.of("One. then two, THEN Three") == [(".", "One"), (".", " two"), ("then", " Three")]
    assert split.of(", One,") == [(".", " One")]
    assert split.of("İ, THEN b") == [(".", "İ"), (",", " THEN b")]  # longer in lower case: its places are others
    assert split.of("") == []


def test_a_look_from_one_thing_to_another_is_at_the_other() -> None:
    for name, text, thing in (
        ("german", "von anna zu ben", "ben"),
        ("french", "d'anna à ben", "ben"), ("french", "de la table à la porte", "porte"),
        ("spanish", "de la mesa a la puerta", "puerta"), ("spanish", "desde el sofá hasta lámpara", "lámpara"),
        ("italian", "dalla porta alla finestra", "finestra"), ("italian", "dal tavolo fino al letto", "letto"),
        ("portuguese", "da mesa até a porta", "porta"), ("portuguese", "do sofá para o quadro", "quadro"),
    ):  # fmt: skip
        ((pattern, relation),) = from_and_to(name)
        pattern = pattern.replace(
            "{N}", r"(?P<n>ben|porte|puerta|lámpara|finestra|letto|porta|quadro|izquierda|sinistra)"
        )
        match = re.search(pattern, text)
        assert match and (match["n"], relation) == (thing, "to"), text
        for sides in ("de la derecha a la izquierda", "da destra a sinistra"):
            assert re.search(pattern, sides) is None
    for name in ("dutch", "japanese", "korean", "chinese"):
        assert from_and_to(name) == []
