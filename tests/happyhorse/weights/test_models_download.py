"""Downloads from a hub over real HTTP: resumed, checked, asked for, and never half there."""

from __future__ import annotations

import errno
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
from tests.happyhorse.hub import Hub, _send, serving
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


@pytest.mark.parametrize(
    "path",
    [
        "turbo_vae/../../../evil.json",
        "../../evil.json",
        "/tmp/evil.json",
        "turbo_vae/sub/evil.json",
        "turbo_vae/..\\..\\evil.json",
        "turbo_vae/C:evil.json",
        "turbo_vae/.evil.json",
        "turbo_vae/Con.evil.json",
        "turbo_vae/ev\u0130l.evil.json",
        "evil.json",
    ],
)
def test_a_hub_that_names_files_outside_their_folder_writes_none(hub, path, tmp_path):
    hub.extra = [{"type": "file", "path": path, "size": 2, "oid": hashlib.sha1(b"blob 2\0{}").hexdigest()}]
    hub.files[MAGIHUMAN][path] = b"{}"
    with pytest.raises(store.ModelsError, match=r"can't be trusted .* lies outside its folder"):
        fetching.download(TURBO, quiet, hub.url, online=True)
    assert not list(tmp_path.rglob("*evil*"))
    assert not [entry for entry in hub.asked if "/resolve/" in entry[1]]


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        ({"size": 2}, "has no checksum"),
        ({"size": 2, "oid": "../" * 13 + "x"}, "has no checksum"),
        ({"size": 2, "oid": "0" * 40, "lfs": {"oid": "../../evil"}}, "has no checksum"),
        ({"size": 2, "oid": "0" * 40, "lfs": [1]}, "has no checksum"),
        ({"size": -5, "oid": "0" * 40}, "has no size"),
        ({"size": True, "oid": "0" * 40}, "has no size"),
        ({"size": 10**400, "oid": "0" * 40}, "has no size"),
        ({"size": 2, "oid": "0" * 39}, "has no checksum"),
        ({"size": 2, "oid": "0" * 40, "path": "turbo_vae/A.json"}, "two of its files have one name"),
        ({"size": 2, "oid": "0" * 40, "path": "turbo_vae/a.json"}, "two of its files have one name"),
        ({"size": "2", "oid": "0" * 40}, "has no size"),
    ],
)
def test_a_file_without_size_or_checksum_is_not_brought(hub, entry, wrong):
    hub.extra = [{"type": "file", "path": "turbo_vae/c.json"} | entry]
    with pytest.raises(store.ModelsError, match=wrong):
        fetching.download(TURBO, quiet, hub.url, online=True)


def test_a_link_in_the_place_of_a_part_is_not_filled(hub, tmp_path):
    document = tmp_path / "document.txt"
    document.write_text("mine")
    for file in fetching.published(TURBO[0], hub.url):
        file.part.symlink_to(document)
    fetching.download(TURBO, quiet, hub.url, online=True)
    assert document.read_text() == "mine"
    assert (store.models_folder() / "turbo_vae" / "a.json").read_bytes() == CONFIG


@pytest.mark.parametrize("place", ["turbo_vae", ".incoming", "", "turbo_vae/a.json/", ".incoming/turbo_vae.commit/"])
def test_what_stands_in_the_way_is_named(hub, place):
    way = store.models_folder() / place
    if place.endswith("/"):
        way.mkdir(parents=True)
    else:
        way.parent.mkdir(parents=True, exist_ok=True)
        way.write_text("in the way")
    with pytest.raises(store.ModelsError, match=r"can't be written: .* Move away what is there") as failure:
        fetching.download(TURBO, quiet, hub.url, online=True)
    assert str(way) in failure.value.message


def test_what_a_killed_download_left_of_its_commit_is_not_believed(hub):
    pin = store.models_folder() / ".incoming" / "turbo_vae.commit"
    pin.parent.mkdir(parents=True)
    pin.write_bytes(b"\xff\xfe")
    assert fetching.download(TURBO, quiet, hub.url, online=True) == len(CONFIG) + len(WEIGHTS)


@pytest.mark.parametrize(
    ("number", "said"), [(errno.ENOSPC, "is full"), (errno.EDQUOT, "is full"), (errno.EFBIG, "no file this large")]
)
def test_a_disk_that_takes_no_more_is_not_asked_again(hub, monkeypatch, number, said):
    def refuse(*_, **__):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fetching, "_append", refuse)
    monkeypatch.setattr(fetching.time, "sleep", lambda _: pytest.fail("tried again"))
    with pytest.raises(store.ModelsError, match=said) as failure:
        fetching.download(TURBO, quiet, hub.url, online=True)
    assert failure.value.fix == "free_space"


def test_a_host_that_knows_no_such_range_is_asked_from_the_beginning(hub, monkeypatch):
    part = next(file.part for file in fetching.published(TURBO[0], hub.url) if file.path.endswith("b.ckpt"))
    part.write_bytes(WEIGHTS[:1000])
    answer = hub.answer
    monkeypatch.setattr(
        hub, "answer", lambda handler: _send(handler, 416, b"") if handler.headers.get("Range") else answer(handler)
    )
    fetching.download(TURBO, quiet, hub.url, online=True)
    assert (store.models_folder() / "turbo_vae" / "b.ckpt").read_bytes() == WEIGHTS


def test_a_host_that_starts_again_and_again_is_left(hub, monkeypatch):
    """Each try is longer or shorter than the last one, and none is longer than all before."""
    monkeypatch.setattr(fetching.time, "sleep", lambda _: None)
    lengths = iter([5, 35] * 20)

    def starts_again(file, *_):
        file.part.write_bytes(b"x" * next(lengths))
        raise ConnectionError("the line dropped")

    monkeypatch.setattr(fetching, "_append", starts_again)
    hub.files[MAGIHUMAN].pop("turbo_vae/a.json")
    with pytest.raises(store.ModelsError, match="broke off"):
        fetching.download(TURBO, quiet, hub.url, online=True)


@pytest.mark.parametrize("place", ["https://[x", "http://[::1"])
def test_what_is_no_address_is_said(hub, place):
    with pytest.raises(store.ModelsError, match="no https:// address"):
        fetching.download(TURBO, quiet, place, online=True)
    hub.next_page = place
    with pytest.raises(store.ModelsError, match="goes on at no address"):
        fetching.download(TURBO, quiet, hub.url, online=True)
    hub.next_page, hub.redirect_to = "", place
    with pytest.raises(store.ModelsError, match="what is no address"):
        fetching.download(TURBO, quiet, hub.url, online=True)


def test_a_token_with_a_line_end_is_the_token(hub, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", " hf_secret\n")
    fetching.download(TURBO, quiet, hub.url, online=True)
    assert set(hub.tokens) == {"Bearer hf_secret"}
    monkeypatch.setenv("HF_TOKEN", "hf_\u20ac")
    with pytest.raises(store.ModelsError, match="HF_TOKEN is no access token"):
        fetching.download(TURBO, quiet, hub.url, online=True)


def test_a_small_file_is_checked_too(hub):
    hub.wrong_sum.add("turbo_vae/a.json")
    with pytest.raises(store.ModelsError, match=r"a\.json arrived damaged"):
        fetching.download(TURBO, quiet, hub.url, online=True)
    hub.wrong_sum.clear()
    fetching.download(TURBO, quiet, hub.url, online=True)
    config = store.models_folder() / "turbo_vae" / "a.json"
    config.write_bytes(CONFIG.replace(b"4", b"5"))  # of the same size
    fetching.download(TURBO, quiet, hub.url, online=True)
    assert config.read_bytes() == CONFIG


def test_a_hub_that_sends_more_than_it_announced_fills_no_disk(hub):
    hub.more = bytes(8 << 20)
    sizes = []
    with pytest.raises(store.ModelsError, match="arrived damaged"):
        fetching.download(TURBO, lambda done, *_: sizes.append(done), hub.url, online=True)
    assert max(sizes) <= len(CONFIG)
    assert not list(store.models_folder().rglob("*.part"))


def test_the_token_does_not_follow_a_listing_to_another_host(hub, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    with serving(Hub(hub.files)) as elsewhere:
        hub.next_page = f"{elsewhere.url}/api/models/{MAGIHUMAN}/tree/main/turbo_vae?cursor=2"
        with pytest.raises(store.ModelsError, match="its listing goes on at"):
            fetching.download(TURBO, quiet, hub.url, online=True)
        assert elsewhere.asked == []


def test_a_listing_without_end_is_left(hub):
    hub.next_page = f"/api/models/{MAGIHUMAN}/tree/main/turbo_vae"
    with pytest.raises(store.ModelsError, match="its listing has no end"):
        fetching.download(TURBO, quiet, hub.url, online=True)
    assert len(hub.asked) == 1 + fetching.MOST_PAGES


@pytest.mark.parametrize("hub_url", ["http://example.com", "ftp://127.0.0.1/", "file:///etc", "example.com", ""])
def test_only_what_nobody_can_change_on_the_way(hub, hub_url, monkeypatch):
    monkeypatch.setattr(fetching, "HUB", "http://huggingface.co")
    with pytest.raises(store.ModelsError, match="is no https:// address"):
        fetching.download(TURBO, quiet, hub_url, online=True)


@pytest.mark.parametrize("place", ["http://example.com", "ftp://127.0.0.1:9"])
def test_a_redirect_leads_to_safe_addresses_only(hub, place, monkeypatch):
    monkeypatch.setattr(fetching.time, "sleep", lambda _: None)
    hub.redirect_to = place
    with pytest.raises(store.ModelsError, match="which is not safe"):
        fetching.download(TURBO, quiet, hub.url, online=True)


def test_all_files_are_of_one_commit_also_of_a_download_that_goes_on(hub):
    hub.wrong_sum.add("turbo_vae/b.ckpt")
    with pytest.raises(store.ModelsError, match="damaged"):
        fetching.download(TURBO, quiet, hub.url, online=True)
    first, hub.commit = hub.commit, "9" * 40
    hub.wrong_sum.clear()
    hub.asked.clear()
    with pytest.raises(store.ModelsError, match="There is no"):  # this hub forgot the commit that was begun with
        fetching.download(TURBO, quiet, hub.url, online=True)
    assert [entry[1] for entry in hub.asked] == [f"/api/models/{MAGIHUMAN}/tree/{first}/turbo_vae"]
    hub.asked.clear()
    fetching.download(TURBO, quiet, hub.url, online=True)
    asked = [entry[1] for entry in hub.asked if "/resolve/" in entry[1]]
    assert asked == [f"/{MAGIHUMAN}/resolve/{'9' * 40}/turbo_vae/b.ckpt"]
    assert not list((store.models_folder() / ".incoming").iterdir())


def test_a_hub_that_knows_no_commits_is_taken_at_its_newest(hub):
    hub.commit = None
    fetching.download(TURBO, quiet, hub.url, online=True)
    assert (store.models_folder() / "turbo_vae" / "b.ckpt").read_bytes() == WEIGHTS


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
