"""The list of models, downloads and links, through the real `python -m backend models`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from client.commands.models import Models

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def models(tmp_path, monkeypatch):
    monkeypatch.setenv("TAKE_ONE_PYTHON", sys.executable)
    monkeypatch.delenv("TAKE_ONE_ONLINE", raising=False)
    made = Models(tmp_path, ROOT)
    yield made
    made.close()


def finish(models: Models, seconds: float = 60.0) -> None:
    ends = time.monotonic() + seconds
    while models.busy:
        assert time.monotonic() < ends
        models.poll()
        time.sleep(0.02)


def test_the_list_says_what_is_here_and_what_each_quality_needs(models):
    models.refresh()
    assert models.busy
    finish(models)
    assert models.state.state == "done"
    assert {one["state"] for one in models.state.models} == {"missing"}
    names = {one["name"] for one in models.state.models}
    assert set(models.state.sets) == {"256p", "540p", "1080p"}
    assert all(set(needed) <= names for needed in models.state.sets.values())


def test_a_download_without_the_network_is_refused_with_its_fix(models):
    models.download("256p", online=False)
    finish(models)
    assert (models.state.state, models.state.fix) == ("failed", "online_access")
    assert models.state.message


def test_a_folder_that_holds_no_model_is_said(models, tmp_path):
    (tmp_path / "empty").mkdir()
    models.link("turbo_vae", tmp_path / "empty")
    finish(models)
    assert models.state.state == "failed"
    assert "empty" in models.state.message


@pytest.mark.parametrize(("online", "words"), [(True, ["--json", "--online"]), (False, ["--json"])])
def test_a_download_goes_online_only_where_it_may(online, words, tmp_path, monkeypatch):
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path / "words"}\n')
    python.chmod(0o755)
    monkeypatch.setenv("TAKE_ONE_PYTHON", str(python))
    models = Models(tmp_path, ROOT)
    models.download("256p", online)
    ends = time.monotonic() + 60
    while not (tmp_path / "words").exists() or not (tmp_path / "words").read_text().endswith(words[-1] + "\n"):
        assert time.monotonic() < ends
        time.sleep(0.02)
    assert (tmp_path / "words").read_text().split() == ["-m", "backend", "models", "download", "256p", *words]
    models.close()


def test_one_command_at_a_time(models):
    models.refresh()
    models.link("all", Path("/nowhere"))  # not begun
    finish(models)
    assert models.state.state == "done"


def test_without_a_backend_it_says_install(tmp_path, monkeypatch):
    monkeypatch.setenv("TAKE_ONE_PYTHON", str(tmp_path / "python"))
    models = Models(tmp_path, ROOT)
    models.refresh()
    assert (models.state.state, models.state.fix) == ("failed", "install")


def test_how_far_a_download_is_and_that_it_was_stopped(models):
    told = {"done": 3, "total": 4, "eta_seconds": 7.5, "file": "a/b.safetensors"}
    models._on_message(told)
    assert (models.state.fraction, models.state.seconds, models.state.message) == (0.75, 7.5, "b.safetensors")
    models._on_message(told | {"done": 0, "total": 0})
    assert models.state.fraction == 0
    ended = {"ended": 1, "errors": "noise\nIt broke.", "command": "download"}
    models._on_message(ended)
    assert (models.state.state, models.state.message) == ("failed", "It broke.")
    models.cancel()
    models._on_message(ended)
    assert (models.state.state, models.state.message) == ("cancelled", "")
