"""The direction in the prompt form of the model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.engines.happyhorse.request import prompt
from client.protocol import LANGUAGES, Line


def test_the_three_paragraphs():
    lines = [Line("ANNA", "English", "We are late."), Line("Herr Groß", "German", 'Er sagte "los".')]
    assert prompt.compose("anna turns to the window", lines, "rain on a window") == (
        'Anna turns to the window. ANNA says in English, "We are late." '
        "Herr Groß says in German, \"Er sagte 'los'.\"\n\n"
        'Dialogue:\n<ANNA, English>: "We are late."\n<Herr Groß, German>: "Er sagte \'los\'."\n\n'
        "Background Sound:\n<rain on a window>"
    )


def test_nothing_said_and_nothing_heard():
    assert prompt.compose("Push in.") == "Push in.\n\nBackground Sound:\n<No prominent background sound>"


def test_an_empty_direction_still_describes_something():
    assert prompt.compose("  ").startswith(prompt.DEFAULT_BODY)


def test_a_line_that_the_user_already_wove_in_is_not_told_twice():
    text = prompt.compose('Anna says, "We are late." and leaves', [Line("Anna", "English", "We are late.")])
    assert text.count("We are late.") == 2


@pytest.mark.parametrize(
    ("language", "line", "spoken"),
    [
        ("Mandarin", "我们迟到了，快走。", "我 们 迟 到 了，快 走。"),
        ("Cantonese", "我哋遲到喇 快啲", "我 哋 遲 到 喇 快 啲"),
        ("Japanese", "遅れるよ、カメラ", "遅 れ る よ、カ メ ラ"),
        ("Korean", "우리 늦었어.", "우 리 늦 었 어."),
        ("French", "On est en retard.", "On est en retard."),
        ("Mandarin", "去 IKEA 吧", "去 IKEA 吧"),
    ],
)
def test_letters_of_east_asia_stand_apart(language, line, spoken):
    assert f'<Li, {language}>: "{spoken}"' in prompt.compose("Li speaks.", [Line("Li", language, line)])


def test_scene_facts_join_the_body():
    facts = {
        "shot_size": "medium shot",
        "lens_mm": 35.0,
        "time_of_day": "dusk",
        "place": "interior",
        "objects": ["Sofa_Leather.003", "Cube.001", "Window", "window.002", "Camera"],
    }
    body = prompt.compose("Push in", scene=facts).split("\n\n")[0]
    assert body == ("Push in. A medium shot on a 35 mm standard lens. Interior, dusk. In view: sofa leather, window.")


@pytest.mark.parametrize(
    ("lens", "words"),
    [
        (18, "18 mm ultra-wide lens"),
        (24, "24 mm wide-angle lens"),
        (50, "50 mm standard lens"),
        (85, "85 mm short telephoto lens"),
        (200, "200 mm telephoto lens"),
        (0, ""),
        ("wide", ""),
        (True, ""),
        (float("nan"), ""),
    ],
)
def test_lens_words(lens, words):
    assert prompt.lens_words(lens) == words


def test_articles_read_right():
    assert prompt.scene_sentence({"lens_mm": 85}) == "A shot on an 85 mm short telephoto lens."
    assert prompt.scene_sentence({"shot_size": "extreme close-up"}) == "An extreme close-up."


plain = st.none() | st.booleans() | st.floats() | st.text()
anything = plain | st.lists(plain, max_size=3)
names = st.sampled_from(["shot_size", "lens_mm", "time_of_day", "place", "objects"])
facts = st.dictionaries(names, anything)
shorts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)


@given(shorts, shorts, shorts, shorts.filter(str.strip), st.sampled_from(LANGUAGES), facts)
def test_any_direction_keeps_the_form(text, sound, speaker, said, language, facts):
    paragraphs = prompt.compose(text, [Line(speaker, language, said)], sound, facts).split("\n\n")
    assert len(paragraphs) == 3
    assert paragraphs[-1].startswith("Background Sound:\n<")
    assert paragraphs[-1].endswith(">")
    assert paragraphs[-1].count("<") == 1
    if said.split():
        head, entry = paragraphs[1].split("\n")
        assert head == "Dialogue:"
        assert f', {language}>: "' in entry
        assert entry.count('"') == 2
