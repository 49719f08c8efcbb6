"""Which sounds the words ask for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.engines.draft.sound.ambience import MAKERS
from backend.engines.draft.sound.events import SoundEvent
from backend.engines.draft.sound.read import read_sound
from backend.engines.draft.sound.vocabulary import KINDS, NOT_SOUNDS, ONLY_AS_SOUND, WORDS

HEARD = {
    "room tone": "room",
    "wind": "wind",
    "Rain on a window.": "rain",
    "waves on the shore": "sea",
    "birds": "birds",
    "city": "traffic",
    "traffic noise": "traffic",
    "a crowd": "crowd",
    "a crackling fire": "fire",
    "footsteps on gravel": "footsteps room",
    "machinery": "machinery",
    "rain and thunder": "rain thunder",
    "distant traffic, birds, footsteps": "birds footsteps traffic",
    "thunderstorm": "rain thunder wind",
    "café": "crowd dishes room",
    "seaside": "gulls sea",
    "Fireplace": "fire",
    "walking on snow": "footsteps room",
    "wind, no birds": "wind",
    "forest without birds": "leaves wind",
    "an old clock ticking": "clock room",
    "crickets": "insects",
    "a siren far away": "siren",
    "spaceship": "drone engine",
    "church bells": "bells room",
    "babbling brook": "water",
    "fire escape, wind": "wind",
    "window": "room",
    "": "room",
    "qwertz": "room",
}


@pytest.mark.parametrize("words", HEARD)
def test_words_of_the_sound_field(words: str) -> None:
    assert sorted({event.kind for event in read_sound(words, "").events}) == HEARD[words].split()


@pytest.mark.parametrize(
    ("prompt", "kinds"),
    [
        ("She stands in the rain", "rain"),
        ("A storm over the ocean", "rain sea thunder wind"),
        ("she waves goodbye", "room"),
        ("a bird's eye view of a valley", "room"),
        ("a woman walks to the window", "room"),
        ("he climbs the steps", "room"),
        ("a robot holds a fan", "room"),
        ("the fire truck stops", "room"),
        ("a crowded market", "crowd"),
    ],
)
def test_words_of_the_prompt(prompt: str, kinds: str) -> None:
    assert sorted({event.kind for event in read_sound("", prompt).events}) == kinds.split()


@pytest.mark.parametrize(
    ("sound", "kind"),
    [
        ("Regen am Fenster", "rain"),
        ("Meeresrauschen", "sea"),
        ("bruits de pas", "footsteps"),
        ("la foule", "crowd"),
        ("海浪", "sea"),
        ("脚步声", "footsteps"),
        ("鳥のさえずり", "birds"),
        ("雨音", "rain"),
        ("파도 소리", "sea"),
    ],
)
def test_words_of_other_languages(sound: str, kind: str) -> None:
    assert one(sound).kind == kind
    assert read_sound("静音", "").events == read_sound("Stille", "").events == ()


def one(sound: str) -> SoundEvent:
    return read_sound(sound, "").events[-1]


def test_how_strong_and_how_far() -> None:
    assert one("light rain").strength < one("rain").strength == 1 < one("heavy rain").strength
    assert one("rain, pouring").kind == "rain"
    assert one("distant thunder").distance > 0.5 == one("thunder").distance + 0.5
    assert one("distant thunder").level < one("thunder").level
    assert "gravel" in one("footsteps on gravel").near


def test_the_prompt_lies_under_the_sound_field() -> None:
    events = {event.kind: event for event in read_sound("rain on a window", "a street in the city").events}
    assert events["traffic"].level < 0 == events["rain"].level
    assert {event.kind for event in read_sound("rain, no traffic", "a street in the city").events} == {"rain"}


@pytest.mark.parametrize("words", ["silence", "no sound", "Silent.", "mute"])
def test_silence_is_honoured(words: str) -> None:
    reading = read_sound(words, "a storm at sea")
    assert reading.events == () and reading.notes == ()


def test_what_is_not_known_is_said() -> None:
    assert read_sound("gloop", "").notes == ("No sound words known: room tone was used.",)
    assert read_sound("", "").notes == ("No sound words known: room tone was used.",)
    assert read_sound("wind", "").notes == ()
    assert "no music" in " ".join(read_sound("soft piano music", "").notes)


def test_the_vocabulary_is_whole() -> None:
    assert set(MAKERS) == set(KINDS)
    for phrase, sounds in WORDS.items():
        assert phrase == phrase.lower()
        for sound in sounds:
            kind, _, offset = sound.partition(":")
            assert kind in KINDS and -30 <= float(offset or 0) <= 10
        assert {event.kind for event in read_sound(phrase, "").events} >= {sounds[0].partition(":")[0]}, phrase
    assert set(ONLY_AS_SOUND) <= set(WORDS)
    for phrase in NOT_SOUNDS:
        assert {event.kind for event in read_sound("", phrase).events} == {"room"}, phrase


@settings(max_examples=200, deadline=None)
@given(sound=st.text(max_size=120), prompt=st.lists(st.sampled_from(sorted(WORDS)), max_size=20).map(" ".join))
def test_any_words_can_be_heard(sound: str, prompt: str) -> None:
    reading = read_sound(sound, prompt)
    assert len(reading.events) <= 7
    for event in reading.events:
        assert 0.2 < event.strength <= 2 and 0 <= event.distance <= 1 and -40 < event.level < 12


READ = {
    ("distant rain", ""): ("rain 1 0.9 -6.3 distant rain",),
    ("very loud heavy rain on a tin roof", ""): ("rain 2 0 5.6 heavy loud very on a tin roof rain",),
    ("faint quiet wind", ""): ("wind 0.3 0 -8.8 quiet faint wind",),
    ("deafening quiet low surf", ""): ("sea 0.6 0 0.8 low quiet deafening surf",),
    ("a soft wind, far away thunder", ""): ("wind 0.5 0 -4 soft a wind", "thunder 1 0.8 -5.6 away far thunder"),
    ("kitchen", ""): ("room 1 0 0 kitchen", "hum 1 0 -4 kitchen", "dishes 1 0 -6 kitchen"),
    ("storm, light rain", ""): ("rain 0.5 0 0 light rain", "wind 1 0 0 storm", "thunder 1 0 0 storm"),
    ("light rain, storm", ""): ("rain 0.5 0 0 light rain", "wind 1 0 0 storm", "thunder 1 0 0 storm"),
    ("rain over the sea far off", ""): (
        "rain 1 0 0 rain over the sea far off",
        "sea 1 0.8 -5.6 the far off sea rain over",
    ),
    ("footsteps in the street", ""): (
        "footsteps 1 0 0 in the street footsteps",
        "traffic 1 0 0 the in street footsteps",
    ),
    ("not a single bird in the wide open field", ""): ("wind 1 0 -4 open wide the field not a single bird in",),
    ("without the old and cold wind, rain", ""): ("rain 1 0 0 rain",),
    ("no song of that old wind", ""): ("room 1 0 0",),
    ("no song of that very old wind", ""): ("wind 1 0 0 old very that wind no song of",),
    ("waves at the shore", ""): ("sea 1 0 0 the at shore waves",),
    ("waves crashing", ""): ("sea 1.6 0 0 crashing waves",),
    ("the man waves", ""): ("room 1 0 0",),
    ("waves to us", ""): ("room 1 0 0",),
    ("", "loud thunder far away over the hills"): ("thunder 1.7 0.8 0 loud far away thunder over the hills",),
    ("", "running boots"): ("room 1 0 0",),
    ("rain without wind", "wind and birds"): ("birds 1 0 -6 birds wind and", "rain 1 0 0 without rain wind"),
    ("room, no hum", "kitchen"): ("room 1 0 0 room", "dishes 1 0 -12 kitchen"),
    ("quiet rain behind the window", ""): ("rain 0.5 0.3 -6.1 quiet behind the window rain",),
    ("raging fire behind a muffled door close by", ""): ("fire 2 0.8 -5.6 raging behind a muffled door fire close by",),
    ("heavy boots walking on gravel", ""): ("room 1 0 -12", "footsteps 1 0 0 on gravel walking heavy boots"),
    ("clock, heartbeat", ""): ("room 1 0 -12", "clock 1 0 0 clock", "heartbeat 1 0 0 heartbeat"),
}


@pytest.mark.parametrize(("sound", "prompt"), READ)
def test_how_strong_how_far_how_loud_and_beside_which_words_a_sound_is(sound: str, prompt: str) -> None:
    """Each as: kind, strength, distance, dB, the words near it."""
    found = read_sound(sound, prompt).events
    wanted = [line.split() for line in READ[sound, prompt]]
    assert [event.kind for event in found] == [line[0] for line in wanted]
    for event, line in zip(found, wanted, strict=True):
        assert (event.strength, event.distance, event.level) == pytest.approx([*map(float, line[1:4])], abs=1e-6)
        assert event.near == tuple(line[4:])


def test_music_is_said_to_be_missing_and_leaves_the_rest() -> None:
    no_music = ("The draft engine makes no music.",)
    assert read_sound("piano", "").notes == no_music and read_sound("", "a piano").notes != no_music
    assert (read_sound("piano, silence", "rain").events, read_sound("piano, silence", "").notes) == ((), no_music)
    assert [event.kind for event in read_sound("music and rain", "").events] == ["rain"]
    assert [event.kind for event in read_sound("silence, rain", "wind").events] == ["wind", "rain"]
