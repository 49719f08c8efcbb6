"""Downloads from a hub over real HTTP: resumed, checked, asked for, and never half there."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import namedtuple

import pytest

from backend.engines.happyhorse.files.catalogue import CATALOGUE, MAGIHUMAN, STORE
from backend.weights import download as fetching
from backend.weights import store
from tests.happyhorse.hub import Hub, serving
from tests.happyhorse.paths import ROOT

TURBO = (CATALOGUE.components["turbo_vae"],)
CONFIG = b'{"decoder_block_out_channels": [4]}'
WEIGHTS = os.urandom(30 << 20)


@pytest.fixture
def hub(tmp_path, monkeypatch):
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TAKE_ONE_ONLINE", raising=False)
    files = {
        MAGIHUMAN: {"turbo_vae/a.json": CONFIG, "turbo_vae/b.ckpt": WEIGHTS, "turbo_vae/notes.md": b"no"},
        "stabilityai/stable-audio-open-1.0": {"model_config.json": b"{}"},
    }
    with serving(Hub(files)) as served:
        yield served


def quiet(*_):
    pass


def test_a_download_is_whole_told_and_not_repeated(hub):
    told = []
    total = fetching.download(TURBO, lambda *what: told.append(what), hub.url, online=True)
    folder = store.models_folder() / "turbo_vae"
    assert total == len(CONFIG) + len(WEIGHTS)
    assert (folder / "b.ckpt").read_bytes() == WEIGHTS
    assert not (folder / "notes.md").exists()
    done = [what[0] for what in told]
    assert done == sorted(done)
    assert len(set(done)) > 3
    assert done[-1] == told[-1][1] == total
    before = len(hub.asked)
    fetching.download(TURBO, quiet, hub.url, online=True)
    assert not [entry for entry in hub.asked[before:] if "/resolve/" in entry[1]]


def test_a_broken_download_goes_on_where_it_stopped(hub):
    seen = 0

    def tell(done, *_):
        nonlocal seen
        seen = done

    with pytest.raises(store.ModelsError):
        fetching.download(TURBO, tell, hub.url, online=True, cancelled=lambda: seen > 12 << 20)
    assert not (store.models_folder() / "turbo_vae" / "b.ckpt").exists()
    fetching.download(TURBO, quiet, hub.url, online=True)
    ranges = [
        int(asked[6:-1]) for method, path, asked in hub.asked if method == "GET" and path.endswith("b.ckpt") and asked
    ]
    assert 12 << 20 <= ranges[-1] < len(WEIGHTS)
    assert (store.models_folder() / "turbo_vae" / "b.ckpt").read_bytes() == WEIGHTS


def test_a_line_that_drops_is_taken_up_again(hub, monkeypatch):
    hub.dropping["turbo_vae/b.ckpt"] = [5 << 20, 9 << 20]
    waited = []
    monkeypatch.setattr(fetching.time, "sleep", waited.append)
    fetching.download(TURBO, quiet, hub.url, online=True)
    assert len(waited) == 2
    assert (store.models_folder() / "turbo_vae" / "b.ckpt").read_bytes() == WEIGHTS


def test_the_token_goes_to_the_hub_alone(hub, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    with serving(Hub(hub.files)) as elsewhere:
        hub.redirect_to = elsewhere.url
        fetching.download(TURBO, quiet, hub.url, online=True)
        assert set(hub.tokens) == {"Bearer hf_secret"}
        assert elsewhere.asked
        assert set(elsewhere.tokens) == {None}


def test_a_damaged_file_is_not_kept(hub):
    hub.wrong_sum.add("turbo_vae/b.ckpt")
    with pytest.raises(store.ModelsError, match="damaged") as failure:
        fetching.download(TURBO, quiet, hub.url, online=True)
    assert failure.value.fix == "retry"
    assert not (store.models_folder() / "turbo_vae" / "b.ckpt").exists()
    hub.wrong_sum.clear()
    fetching.download(TURBO, quiet, hub.url, online=True)
    assert STORE.report("turbo_vae").ok


def test_no_network_without_leave(hub):
    with pytest.raises(store.ModelsError) as failure:
        fetching.download(TURBO, quiet, hub.url)
    assert failure.value.fix == "online_access"
    assert hub.asked == []


def test_the_disk_is_asked_first(hub, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(fetching.shutil, "disk_usage", lambda _: usage(0, 0, 10 << 20))
    with pytest.raises(store.ModelsError) as failure:
        fetching.download(TURBO, quiet, hub.url, online=True)
    assert failure.value.fix == "free_space"
    assert not [entry for entry in hub.asked if "/resolve/" in entry[1]]


def test_a_gated_model_says_what_to_accept(hub):
    hub.gated.add("stabilityai/stable-audio-open-1.0")
    with pytest.raises(store.ModelsError, match=r"accept the Stability AI .* HF_TOKEN"):
        fetching.download((CATALOGUE.components["stable_audio"],), quiet, hub.url, online=True)


def test_no_hub_there(hub):
    with pytest.raises(store.ModelsError, match="can't be reached") as failure:
        fetching.download(TURBO, quiet, "http://127.0.0.1:9", online=True)
    assert failure.value.fix == "retry"


def test_the_command_tells_json_lines(hub, tmp_path):
    code = (
        "import argparse; from backend.weights.commands import add_commands\n"
        "from backend.engines.happyhorse.files.catalogue import STORE\n"
        "parser = argparse.ArgumentParser(); add_commands(parser.add_subparsers(), STORE)\n"
        "arguments = parser.parse_args(); raise SystemExit(arguments.run(arguments))"
    )
    command = [sys.executable, "-c", code, "download", "turbo_vae", "--online", "--json", "--hub", hub.url]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert ended.returncode == 0, ended.stderr
    assert lines[-1] == {"done": len(CONFIG) + len(WEIGHTS)}
    assert lines[-2]["done"] == lines[-2]["total"]
    kept = store.models_folder() / "turbo_vae" / "b.ckpt"
    assert hashlib.sha256(kept.read_bytes()).digest() == hashlib.sha256(WEIGHTS).digest()
