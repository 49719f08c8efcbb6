"""Options, sizes and lengths."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.engines.engine import EngineError
from backend.engines.happyhorse.request import settings
from backend.engines.happyhorse.request.options import OPTIONS
from devtools.take_requests import take_request

ALL = ("256p", "540p", "1080p")
REQUEST = take_request(size=(1920, 1080))


def read(request=REQUEST, qualities=ALL, models=("distill", "base"), **options):
    return settings.read(dataclasses.replace(request, options=options), qualities, models)


@pytest.mark.parametrize(
    ("quality", "size", "grid"),
    [
        ("256p", (1920, 1080), (448, 256)),
        ("540p", (1920, 1080), (896, 512)),
        ("1080p", (1920, 1080), (1920, 1088)),
        ("256p", (1080, 1920), (256, 448)),
        ("256p", (1000, 1000), (352, 352)),
        ("540p", (2048, 858), (1056, 448)),
    ],
)
def test_published_sizes_and_other_shapes(quality, size, grid):
    assert settings.grid_size(quality, *size) == grid


@given(st.sampled_from(ALL), st.integers(16, 8192), st.integers(16, 8192))
def test_every_size_is_on_the_grid(quality, width, height):
    w, h = settings.grid_size(quality, width, height)
    assert w % 32 == h % 32 == 0
    assert min(w, h) >= 32
    if 0.4 < width / height < 2.5:
        assert abs(math.log(w * h / math.prod(settings.QUALITIES[quality]))) < 0.2
        assert abs(math.log((w / h) / (width / height))) < 0.15


@pytest.mark.parametrize(
    ("seconds", "latents", "sounds"),
    [(4, 26, 101), (5, 32, 126), (1, 7, 26), (3, 20, 77), (0.04, 1, 2), (10, 64, 253)],
)
def test_lengths(seconds, latents, sounds):
    """4 and 5 s as published; others are never shorter than asked for."""
    assert settings.latent_frames(seconds) == latents
    assert settings.audio_frames(seconds) == sounds


@given(st.floats(0.02, 10))
def test_a_clip_is_long_enough_and_not_too_long(seconds):
    latents, sounds = settings.latent_frames(seconds), settings.audio_frames(seconds)
    frames = settings.frame_count(latents)
    assert -0.001 <= frames / 25 - seconds < 0.161
    assert sounds / 25 >= frames / 25
    assert (sounds - 1) // 4 + 1 == latents


def test_the_engines_own_choice_follows_the_size():
    assert read().quality == "1080p"
    assert read(dataclasses.replace(REQUEST, size=(1280, 720))).quality == "540p"
    assert read(dataclasses.replace(REQUEST, size=(640, 360))).quality == "540p"
    assert read(dataclasses.replace(REQUEST, size=(480, 270))).quality == "256p"
    assert read(qualities=("256p",)).quality == "256p"


def test_qualities_by_word_and_by_name():
    assert read(quality="fast").quality == "256p"
    assert read(quality="best").quality == "1080p"
    assert read(quality="best", qualities=("256p", "540p")).quality == "540p"
    assert read(quality="540p").quality == "540p"
    with pytest.raises(EngineError) as failure:
        read(quality="1080p", qualities=("256p",))
    assert failure.value.code == "quality_unavailable"
    assert failure.value.param == "extra_params.options.quality"


def test_a_word_means_a_quality_that_refines_where_a_take_is_refined():
    small = dataclasses.replace(REQUEST, size=(320, 180))
    saved = {"refine_from": "a" * 64}
    assert [read(small, quality=word, **saved).quality for word in ("fast", "standard", "best")] == [
        "540p",
        "540p",
        "1080p",
    ]
    assert read(REQUEST, **saved).quality == "1080p"
    with pytest.raises(EngineError) as failure:
        read(small, qualities=("256p",), **saved)
    assert (failure.value.code, failure.value.fix) == ("quality_unavailable", "models")


def test_models_and_steps():
    assert (read().model, read().steps) == ("distill", 8)
    assert (read(model="base").model, read(model="base").steps) == ("base", 32)
    assert read(models=("base",)).model == "base"
    assert read(steps=3).steps == 3
    assert [read(precision=word).eight_bit for word in ("full", "8-bit")] == [False, True]
    with pytest.raises(EngineError, match="distill model is not on this machine"):
        read(model="distill", models=("base",))


@pytest.mark.parametrize(
    "options",
    [
        *({"quality": wrong} for wrong in (1, "4k", "FAST", None)),
        *({"steps": wrong} for wrong in (-1, 2.5, True, 101)),
        {"model": "huge"},
        {"refine_from": "../../etc/passwd"},
        {"refine_from": "a" * 64, "quality": "256p"},
        {"final_prompt": 7},
        {"scene": "dusk"},
        {"precision": 8},
    ],
)
def test_wrong_options_are_named(options):
    with pytest.raises(EngineError) as failure:
        read(**options)
    assert failure.value.code == "invalid_request"
    assert failure.value.param.removeprefix("extra_params.options.") in options


def test_what_the_card_shows_is_what_is_checked():
    """Each option that is declared is read: what does not fit its declaration is refused by its name."""
    wrong = {"bool": 7, "int": "many", "float": "much", "enum": "none of these", "text": 7}
    for option in OPTIONS:
        assert option.label and option.tooltip
        with pytest.raises(EngineError) as failure:
            read(**{option.name: wrong[option.kind]})
        assert failure.value.param == f"extra_params.options.{option.name}"
        assert str(failure.value).startswith(f"The option {option.name} is not right: it must")


def test_the_defaults_that_are_declared_are_those_of_a_request_without_options():
    assert read(**{option.name: option.default for option in OPTIONS}) == read()
    assert read(models=("base",), model="auto", steps=0).steps == 32


def test_every_quality_can_be_chosen_and_made():
    [quality] = [option for option in OPTIONS if option.name == "quality"]
    values = [choice.value for choice in quality.choices]
    assert values == ["fast", "standard", *settings.QUALITIES, "best"]  # Refine takes the last one for the most work
    assert {read(quality=value).quality for value in values} == set(ALL)
