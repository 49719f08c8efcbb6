"""Directions as directors write them, in every language of the product."""

from __future__ import annotations

import pytest

from backend.engines.draft.direction.plain.english.slips import spelled
from backend.engines.draft.direction.read import read_moves
from backend.engines.draft.direction.where.target import which_of
from tests.backend.draft.direction.sets.directors import FIRST, OTHERS, SECOND, THIRD, notation
from tests.backend.draft.direction.sets.directors_again import SEVENTH, SIXTH
from tests.backend.draft.direction.sets.directors_eighth import EIGHTH
from tests.backend.draft.direction.sets.directors_eleventh import ELEVENTH
from tests.backend.draft.direction.sets.directors_fifteenth import FIFTEENTH
from tests.backend.draft.direction.sets.directors_fourteenth import FOURTEENTH
from tests.backend.draft.direction.sets.directors_later import FIFTH, FOURTH
from tests.backend.draft.direction.sets.directors_ninth import NINTH
from tests.backend.draft.direction.sets.directors_sixteenth import SIXTEENTH
from tests.backend.draft.direction.sets.directors_tenth import TENTH
from tests.backend.draft.direction.sets.directors_thirteenth import THIRTEENTH
from tests.backend.draft.direction.sets.directors_twelfth import TWELFTH
from tests.backend.draft.direction.sets.forms import FORMS

LATER = {
    **THIRD,
    **FOURTH,
    **FIFTH,
    **SIXTH,
    **SEVENTH,
    **EIGHTH,
    **NINTH,
    **TENTH,
    **ELEVENTH,
    **TWELFTH,
    **THIRTEENTH,
    **FOURTEENTH,
    **FIFTEENTH,
    **SIXTEENTH,
}


@pytest.mark.parametrize("text", FIRST)
def test_directions_that_were_written_before_the_reader(text: str) -> None:
    assert notation(text) == FIRST[text]


@pytest.mark.parametrize("text", SECOND)
def test_directions_that_went_wrong_once(text: str) -> None:
    assert notation(text) == SECOND[text]


@pytest.mark.parametrize("text", LATER)
def test_directions_of_every_kind(text: str) -> None:
    assert notation(text) == LATER[text]


def test_any_form_of_a_verb_is_known_in_each_language() -> None:
    read = {text: notation(text) for text in FORMS}
    assert read == FORMS


@pytest.mark.parametrize("text", OTHERS)
def test_what_happens_in_the_picture_moves_no_camera_in_any_language(text: str) -> None:
    assert notation(text) == ""


def test_a_side_that_is_said_is_not_open_to_a_seed() -> None:
    for text in (
        "the frame drifts down and left",
        "truck along the hedge, left to right",
        "camera moves past the columns, right to left",
    ):
        assert [step.open_side for step in read_moves(text).steps if step.kind == "truck"] == [False], text
    assert [step.open_side for step in read_moves("truck along the fence").steps] == [True]
    (drift,) = read_moves("barely moving, only a hint of drift").steps
    assert (drift.kind, drift.amount, drift.open_side) == ("truck", 0.3, True)


def test_words_that_say_which_of_several() -> None:
    for said, which in (
        ("push in on the chair to the left of the table", "left of table"),
        ("pan to the lamp in front of the window", "before window"),
        ("dolly to the lamp behind the sofa", "behind sofa"),
        ("truck right past the third column from the left", "3 left"),
        ("pan from the left chair to the right chair", "right"),
        ("push in on the chair on the left of the frame", "left"),
    ):
        (step,) = read_moves(said).steps
        assert which_of(step.said, step.target) == which, said


def test_a_way_through_knows_what_it_leads_to() -> None:
    (step,) = read_moves("gimbal walk through the living room to the terrace door").steps
    assert (step.relation, step.target, step.onward) == ("through", "living room", "terrace door")
    (step,) = read_moves("fly through the archway into the chapel").steps
    assert (step.target, step.onward) == ("archway", "")


def test_a_word_of_its_own_is_no_slip_of_another() -> None:
    for word in ("form", "though", "angel", "quiet", "odor", "titling", "second", "plan", "stair"):
        assert spelled(word) == word
    assert [spelled(word) for word in ("slwo", "tabel", "paning", "foward", "teh")] == [
        "slow",
        "table",
        "panning",
        "forward",
        "the",
    ]
    assert read_moves("pan left 20 degrees though she turns away").forbidden == frozenset()


def test_a_side_that_is_said_later_is_the_moves() -> None:
    for said in ("tracking shot, keeping pace with the car, left to right", "parallax shot: truck right"):
        (step,) = read_moves(said).steps
        assert (step.name, step.open_side) == ("truck right", False), said
    (step,) = read_moves("parallax shot: truck left").steps
    assert (step.name, step.open_side) == ("truck left", False)


def test_what_is_ruled_out_needs_no_comma() -> None:
    for said in ("no pan no tilt, slide right", "no pan, no tilt, slide right", "Neither pan nor tilt, slide right"):
        assert read_moves(said).forbidden == {"pan", "tilt"}, said


def test_a_way_on_may_be_told_after_an_and() -> None:
    for said, through, onward in (
        ("move through the window and over to the tree outside", "window", "tree"),
        ("手持跟拍，穿过门走到台灯前", "door", "lamp"),
    ):
        (step, *_) = [step for step in read_moves(said).steps if step.kind == "push"]
        assert (step.relation, step.target, step.onward) == ("through", through, onward), said


def test_where_a_shot_should_start_is_known_in_each_language() -> None:
    for said in (
        "Start on the clock, then pan left",
        "Start tight on the clock and drift back",
        "Kamera startet auf der Uhr und schwenkt dann zum Tisch",
        "Commencer sur l'horloge et descendre",
        "Empieza en el reloj y baja hasta la mesa",
        "Parti dall'orologio e scendi fino al tavolo",
        "Comece no relógio e desça até à mesa",
        "時計から始めて、テーブルまで下にティルト",
        "시계에서 시작해서 테이블까지 아래로 틸트",
        "从时钟开始，向下摇到桌子",
    ):
        assert read_moves(said).start == "on the clock", said
    assert read_moves("pan left to the clock").start == ""


def test_what_is_said_of_the_camera_and_not_understood_is_kept() -> None:
    assert read_moves("the camera frobs the wall, then pan left").unread == ("the camera frobs the wall",)
    assert read_moves("the camera pans left, then holds on the door").unread == ()


def test_what_a_way_passes_and_how_near_it_ends() -> None:
    (step,) = read_moves("push past the sofa to the door").steps
    assert (step.relation, step.target, step.via, step.gap) == ("to", "door", "sofa", None)
    walk, _ = read_moves("Walk to the door, stop a metre and a half short of it").steps
    assert (walk.target, walk.via, walk.gap) == ("door", "", 1.5)
    advance, _ = read_moves("avancer vers la porte et s'arrêter à deux mètres").steps
    assert (advance.target, advance.gap) == ("door", 2.0)


def test_a_pace_is_nobodys_doing() -> None:
    assert read_moves("Enter through the door and proceed to the window, at walking pace.").beyond == ()
    assert read_moves("Glide toward the door at constant speed").beyond == ()
    assert read_moves("カメラは動かさない。カーテンだけが揺れる。").beyond == ("curtains",)


def test_any_letter_too_many_or_too_few_in_the_cameras_own_words() -> None:
    for slip, meant in (("pusch", "push"), ("trakc", "track"), ("zom", "zoom"), ("dollly", "dolly"), ("upp", "up")):
        assert spelled(slip) == meant
    for word in ("plush", "tack", "cane", "rolls", "prowl", "lefty", "obit", "tracts", "holed"):
        assert spelled(word) == word


def test_what_happens_after_some_seconds_waits_for_them() -> None:
    (step,) = read_moves("After two seconds, begin to push in").steps
    assert (step.kind, step.delay, step.seconds) == ("push", 2.0, None)


def test_how_a_move_ends_is_no_move_of_its_own() -> None:
    for said, ease in (
        ("Cam lerps from door to table, ease-out.", "out"),
        ("ease out on the push in", "out"),
        ("Approach the house, slowing as the entrance is reached", "out"),
        ("push in, ease-in", "in"),
        ("glide toward the door at a constant velocity", "linear"),
        ("Seitlich nach rechts, 1,5 m, gleichmäßig", "linear"),
    ):
        (step,) = read_moves(said).steps
        assert step.ease == ease, said


def test_a_move_that_is_not_wanted_is_forbidden_where_another_is_told() -> None:
    reading = read_moves("The camera should not pan. It should slide right.")
    assert ([step.name for step in reading.steps], reading.forbidden) == (["truck right"], {"pan"})
