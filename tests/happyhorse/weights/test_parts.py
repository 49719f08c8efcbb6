"""Published files piece by piece, with a catalogue that is made up: what a download asks, when it gives up, what a
folder is, and what the commands print."""

from __future__ import annotations

import argparse
import hashlib
import json
import struct
import urllib.error
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backend import __version__
from backend.weights import check, commands, failures, files, store
from backend.weights import download as fetching
from backend.weights.catalogue import Catalogue, Component
from backend.weights.download import Remote, Sum
from backend.weights.report import Report
from backend.weights.store import ModelsError, Store

ONE = Component("one", "The First", "who/first", "in", ("*.bin", "*.json"), 1.5, "the First Licence")
TWO = Component("two", "The Second", "who/second", "", ("*.bin",), 20.0, stand_in="one")


def recognise(folder: Path) -> Report | None:
    """A folder that says in a file what it is, and what is wrong with it."""
    if not (folder / "about.txt").is_file():
        return None
    fits, *problems = (folder / "about.txt").read_text().split("|")
    return Report(folder, tuple(fits.split()), f"a {fits}", tuple(problems), 2_500_000)


CATALOGUE = Catalogue({"one": ONE, "two": TWO}, {"small": ("one",), "large": ("one", "two")}, (recognise,))
STORE = Store(CATALOGUE)


def folder(path: Path, about: str) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    (path / "about.txt").write_text(about)
    return path


def remote(name: str = "a.bin", data: bytes = b"0123456789", kind: str = "sha256") -> Remote:
    digest = hashlib.sha256(data) if kind == "sha256" else hashlib.sha1(b"blob %d\0" % len(data) + data)
    return Remote(ONE, f"in/{name}", len(data), Sum(kind, digest.hexdigest()), "c" * 40)


@pytest.mark.parametrize("kind", ["sha256", "git"])
def test_a_file_is_here_by_its_size_and_a_small_one_by_its_sum(home: Path, kind: str) -> None:
    one = remote(kind=kind)
    assert one.here == home / "models" / "one" / "a.bin"
    assert one.part == home / "models" / ".incoming" / f"one-a.bin-{one.sum.digest[:16]}.part"
    assert not one.is_here
    one.here.parent.mkdir(parents=True)
    for data, here in ((b"012345678", False), (b"0123456789", True), (b"012345678x", kind == "sha256")):
        one.here.write_bytes(data)
        assert (one.is_here, one.sum.of(one.here)) == (here, data == b"0123456789")


def test_a_line_that_gives_nothing_is_tried_five_times_ever_later(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    tried: list[int] = []
    monkeypatch.setattr(fetching.time, "sleep", waited.append)

    def drops(file: Remote, url: str, hub: str, start: int, report: Any) -> None:
        tried.append(start)
        assert url == f"https://hub/who/first/resolve/{'c' * 40}/in/a%20b.bin"
        raise ConnectionError("the line dropped")

    monkeypatch.setattr(fetching, "_append", drops)
    with pytest.raises(ModelsError, match=r"^The download of in/a b\.bin broke off: the line dropped$") as failure:
        fetching._fetch(remote("a b.bin"), "https://hub", lambda _: None)
    assert (waited, tried, failure.value.fix) == ([2.0, 4.0, 8.0, 16.0], [0] * 5, "retry")


def test_a_line_that_gives_something_is_tried_again_soon(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(fetching.time, "sleep", waited.append)
    data, one = b"0123456789", remote()

    def adds(file: Remote, url: str, hub: str, start: int, report: Any) -> None:
        file.part.write_bytes(data[: start + 3])
        if start + 3 < len(data):
            raise ConnectionError("the line dropped")

    monkeypatch.setattr(fetching, "_append", adds)
    fetching._fetch(one, "https://hub", lambda _: None)
    assert (waited, one.here.read_bytes(), one.part.exists()) == ([1.0] * 3, data, False)


Usage = namedtuple("Usage", "total used free")


def test_a_disk_has_room_for_what_is_missing_and_some_more(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = [0]
    monkeypatch.setattr(fetching.shutil, "disk_usage", lambda path: Usage(0, 0, free[0]))
    big = [Remote(ONE, "in/a.bin", 3_000_000_000, Sum("sha256", "a" * 64), "c"), remote()]
    free[0] = 3_000_000_010 + fetching.SPARE
    fetching._check_disk(big)
    free[0] -= 1
    with pytest.raises(ModelsError, match=r"^The models need 3\.0 GB more and .* has 5\.1 GB free\.") as full:
        fetching._check_disk(big)
    assert (full.value.fix, fetching.SPARE) == ("free_space", 2 << 30)
    big[1].part.parent.mkdir(parents=True)
    big[1].part.write_bytes(b"0")  # which came before
    fetching._check_disk(big)
    big[1].here.parent.mkdir(parents=True)
    big[1].here.write_bytes(b"0123456789")
    free[0] = 0
    fetching._check_disk(big[1:])  # nothing is missing


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://hub.example", True),
        ("http://hub.example", False),
        ("http://127.0.0.1:9", True),
        ("http://[::1]/x", True),
        ("http://localhost", True),
        ("ftp://localhost", False),
        ("https://", False),
        ("http://127.0.0.2", False),
    ],
)
def test_which_addresses_are_safe(url: str, safe: bool) -> None:
    assert fetching._is_safe(url) is safe


@pytest.mark.parametrize(
    ("before", "after", "follows"),
    [("https://a", "https://b", True), ("https://a", "http://127.0.0.1", False),
     ("http://localhost", "http://127.0.0.1", True), ("http://localhost", "https://b", True),
     ("http://localhost", "http://b", False)],
)  # fmt: skip
def test_a_redirect_never_leaves_what_is_safe(before: str, after: str, follows: bool) -> None:
    asked = fetching.urllib.request.Request(f"{before}/x")
    if follows:
        found = fetching._Redirects().redirect_request(asked, None, 302, "Found", {}, f"{after}/y")  # type: ignore[arg-type]
        assert found is not None and found.full_url == f"{after}/y"
        return
    with pytest.raises(urllib.error.HTTPError, match="which is not safe"):
        fetching._Redirects().redirect_request(asked, None, 302, "Found", {}, f"{after}/y")  # type: ignore[arg-type]


def test_what_is_asked_says_who_asks_from_where_on_and_the_token_to_its_hub_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Any] = []
    opener = SimpleNamespace(open=lambda request, timeout: asked.append(request))
    monkeypatch.setattr(fetching.urllib.request, "build_opener", lambda kind: opener)
    monkeypatch.setenv("HF_TOKEN", "hf_x")
    fetching._open("https://hub/a", ONE, "https://hub")
    fetching._open("https://hub/a", ONE, "https://hub", 7)
    fetching._open("https://other/a", ONE, "https://hub")
    fetching._open("http://hub/a", ONE, "https://hub")
    assert [one.get_header("Range") for one in asked] == [None, "bytes=7-", None, None]
    assert {one.get_header("User-agent") for one in asked} == {f"take-one/{__version__}"}
    kept = [one.unredirected_hdrs.get("Authorization") for one in asked]
    assert kept == ["Bearer hf_x", "Bearer hf_x", None, None]


def failing(code: int, reason: str = "Why") -> urllib.error.HTTPError:
    return urllib.error.HTTPError("https://hub", code, reason, {}, None)  # type: ignore[arg-type]


def test_what_a_hub_refuses_is_said_with_what_helps() -> None:
    said = "who/first asks you to accept the First Licence first. Do so on its page, then set HF_TOKEN"
    assert [failures.refused(failing(code), ONE).message.startswith(said) for code in (401, 403)] == [True, True]
    assert "accept its terms first" in failures.refused(failing(401), TWO).message
    gone = failures.refused(failing(404), ONE)
    assert (type(gone), gone.message) == (fetching.NotThere, "There is no who/first with one on this hub.")
    later = failures.refused(failing(503, "Busy"), ONE)
    assert (later.message, later.fix) == ("who/first can't be downloaded now (503 Busy).", "retry")


def test_a_file_may_have_a_name_and_a_size_of_its_own_kind() -> None:
    def entry(name: str, size: Any = 5) -> dict[str, Any]:
        return {"path": f"in/{name}", "size": size, "oid": "a" * 40}

    for name in ("a", "a" * 200, "model-1_2+x.bin", "_x", "comx.bin", "a.b.c"):
        assert fetching._remote(ONE, entry(name), "c").here.name == name
    for name in ("a" * 201, "com1.bin", "NUL", "a.", "-a", ".a", "a b", "", "a/b"):
        with pytest.raises(ModelsError, match="lies outside its folder"):
            fetching._remote(ONE, entry(name), "c")
    assert fetching._remote(ONE, entry("a", 0), "c").size == 0
    assert fetching._remote(ONE, entry("a", 1 << 42), "c").size == 1 << 42
    for size in ((1 << 42) + 1, -1, 1.5, None):
        with pytest.raises(ModelsError, match="has no size"):
            fetching._remote(ONE, entry("a", size), "c")


def header(path: Path, text: bytes, body: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + bytes(body))
    return path


def tensors(*names: str) -> bytes:
    entries = {
        name: {"dtype": "F32", "shape": [2, 3], "data_offsets": [8 * at, 8 * at + 8]} for at, name in enumerate(names)
    }
    return json.dumps({"__metadata__": {"a": "b"}, **entries}).encode()


def test_a_file_of_weights_is_whole_or_said_to_be_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    assert set(files.read_header(header(path, tensors("x", "y"), 16))) == {"x", "y"}
    assert files.read_header(header(path, b"{}")) == {}
    whole = 8 + len(tensors("x", "y")) + 16
    for body in (15, 17):
        says = f"a.safetensors has {whole - 16 + body:,} bytes and should have {whole:,}: it is not complete."
        with pytest.raises(ValueError, match=says):
            files.read_header(header(path, tensors("x", "y"), body))
    with pytest.raises(ValueError, match=r"^a\.safetensors is cut short or damaged\.$"):
        files.read_header(header(path, b"{x"))
    for data in (b"", b"\x05\0\0\0\0\0\0", struct.pack("<Q", 1) + b"{", struct.pack("<Q", (100 << 20) + 1)):
        path.write_bytes(data)
        with pytest.raises(ValueError, match=r"^a\.safetensors is not a safetensors file\.$"):
            files.read_header(path)


def test_a_folder_of_weights_by_its_index(tmp_path: Path) -> None:
    header(tmp_path / "1.safetensors", tensors("x"), 8)
    header(tmp_path / "2.safetensors", tensors("y", "z"), 16)
    found = files.read_folder(tmp_path)
    assert (found.tensors["y"], set(found.tensors), found.problems) == (((2, 3), "F32"), {"x", "y", "z"}, [])
    assert found.bytes == sum(path.stat().st_size for path in tmp_path.iterdir())
    header(tmp_path / "0.safetensors", b"{x")
    found = files.read_folder(tmp_path)
    assert (set(found.tensors), found.problems) == ({"x", "y", "z"}, ["0.safetensors is cut short or damaged."])
    (tmp_path / "0.safetensors").unlink()
    index = tmp_path / "a.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"x": "1.safetensors", "w": "1.safetensors", "q": "../3.safetensors"}}))
    found = files.read_folder(tmp_path)
    assert set(found.tensors) == {"x"}
    assert found.problems == ["../3.safetensors is missing.", "1.safetensors lacks w."]
    index.write_text("{")
    assert files.read_folder(tmp_path).problems == ["a.safetensors.index.json can't be read."]


def test_torchs_files_and_long_lists(tmp_path: Path) -> None:
    (tmp_path / "a.pth").write_bytes(b"")
    (tmp_path / "b.ckpt").write_bytes(b"PK but no archive")
    (tmp_path / "c.bin").write_bytes(b"\x80\x02 an old one")
    (tmp_path / "d.safetensors").write_bytes(b"")
    said = files.cut_short(sorted(tmp_path.iterdir()))
    assert said == ("a.pth is empty.", "b.ckpt is cut short or damaged.")
    assert [files.some(list("abcdef")[:count]) for count in (0, 3, 4, 6)] == [
        "",
        "a, b, c",
        "a, b, c and 1 more",
        "a, b, c and 3 more",
    ]


def test_folders_are_looked_into_two_levels_deep_and_a_whole_one_counts(tmp_path: Path) -> None:
    folder(tmp_path / "a" / "b", "one|torn")
    folder(tmp_path / "c", "one")
    folder(tmp_path / "d" / "e" / "f", "two")
    folder(tmp_path / ".hidden", "two")
    folder(tmp_path / "c" / "inner", "two")  # of a folder that is known nothing else is asked
    found = check.scan(tmp_path, CATALOGUE)
    assert {name: report.folder for name, report in found.items()} == {"one": tmp_path / "c"}
    folder(tmp_path / "d" / "two", "one two")  # by its name
    assert check.scan(tmp_path, CATALOGUE)["two"].folder == tmp_path / "d" / "two"
    folder(tmp_path / "b", "one|torn")  # before the whole one at c, and one after it
    folder(tmp_path / "e", "one|torn")
    assert check.scan(tmp_path, CATALOGUE)["one"].folder == tmp_path / "c"
    folder(tmp_path / "x" / "vae", "two")
    assert check.inspect(tmp_path / "x", CATALOGUE).folder == tmp_path / "x" / "vae"
    with pytest.raises(NotADirectoryError):
        check.inspect(tmp_path / "gone", CATALOGUE)


@pytest.mark.parametrize(
    ("names", "looks"),
    [(["a.txt", "b.txt"], "a folder with a.txt, b.txt"), ([".x"], "an empty folder"),
     (["b.gguf", "a.pth", "n.txt"], "a folder of weights of another kind (a.pth, b.gguf)")],
)  # fmt: skip
def test_what_a_strange_folder_looks_like(tmp_path: Path, names: list[str], looks: str) -> None:
    for name in names:
        (tmp_path / name).write_text("")
    report = check.inspect(tmp_path, CATALOGUE)
    assert (report.looks_like, report.problems) == (looks, ("This is none of the folders that the engine needs.",))
    (tmp_path / "config.json").write_text('{"model_type": "llama"}')
    assert check.inspect(tmp_path, CATALOGUE).looks_like == "a model of another kind (llama)"
    (tmp_path / "model_index.json").write_text("{}")
    assert check.inspect(tmp_path, CATALOGUE).looks_like == "a diffusers pipeline (of an unknown kind)"


def test_a_models_name_changes_with_its_files(tmp_path: Path) -> None:
    import os

    for name, text in (("a.json", "{}"), ("b.bin", "12"), (".hidden", "x")):
        (tmp_path / name).write_text(text)
        os.utime(tmp_path / name, (5, 5))
    before = store.fingerprint(tmp_path)
    os.utime(tmp_path / "a.json", (9, 9))
    (tmp_path / ".hidden").write_text("y")
    (tmp_path / "folder").mkdir()
    assert store.fingerprint(tmp_path) == before
    found = {before}
    changes = (
        lambda: (tmp_path / "a.json").write_text("[]"),
        lambda: os.utime(tmp_path / "b.bin", (6, 6)),
        lambda: (tmp_path / "b.bin").rename(tmp_path / "c.bin"),
        lambda: (tmp_path / "d").touch(),
    )
    for change in changes:
        change()
        found.add(store.fingerprint(tmp_path))
    assert len(found) == 5


def run(*words: object) -> int:
    parser = argparse.ArgumentParser()
    commands.add_commands(parser.add_subparsers(), STORE)
    parsed = parser.parse_args([str(word) for word in words])
    code: int = parsed.run(parsed)
    return code


def test_the_list_is_a_table_with_what_each_set_needs(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[:3]] == [
        ["MODEL", "STATE", "SIZE", "WHERE"],
        ["one", "missing", "about", "1.5", "GB", "who/first"],
        ["two", "missing", "about", "20", "GB", "who/second"],
    ]
    assert len({line.index(word) for line, word in zip(lines, ("STATE", "missing", "missing"), strict=False)}) == 1
    assert lines[3:] == ["", "small: needs one", "large: needs one, two"]
    mine = folder(tmp_path / "mine", "one")
    assert run("link", "one", mine) == 0
    assert capsys.readouterr().out == f"one -> {mine}\n"
    folder(home / "models" / "two", "two|It is torn.")
    run("list", "--json")
    said = json.loads(capsys.readouterr().out)
    assert [(one["name"], one["state"], one["size"], one["bytes"]) for one in said["models"]] == [
        ("one", "linked", "2.5 MB", 2_500_000), ("two", "damaged", "2.5 MB", 2_500_000),
    ]  # fmt: skip
    run("list")
    assert capsys.readouterr().out.splitlines()[3:] == ["", "small: ready", "large: ready"]  # one stands in for two
    folder(home / "models" / "two", "two")
    other = folder(tmp_path / "other", "one")
    assert run("link", "one", other) == 0
    assert capsys.readouterr().out == f"one -> {other}\n" and STORE.folder("one") == other  # in the first one's stead
    run("list", "--json")
    assert json.loads(capsys.readouterr().out)["models"][1]["state"] == "ready"
    with pytest.raises(ModelsError, match=r"^There is no model called 'x'\. The models are: one, two\.$"):
        STORE.locate("x")
    assert run("link", "two", mine) == 1
    assert capsys.readouterr().err == f"{mine} can't be used as two: it looks like a one.\n"


def test_a_folder_is_checked_part_by_part(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = folder(tmp_path / "a", "one"), folder(tmp_path / "b", "two|It is torn.|Twice.")
    assert run("check", tmp_path) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"one: {one} is a one, 2.5 MB.", f"two: {two} is a two, 2.5 MB and can't be used:", "  It is torn.", "  Twice.",
    ]  # fmt: skip
    assert run("check", one) == 0
    (tmp_path / "none").mkdir()
    capsys.readouterr()
    assert run("check", tmp_path / "none") == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{tmp_path / 'none'} looks like an empty folder.", "  This is none of the folders that the engine needs.",
    ]  # fmt: skip
    assert run("check", tmp_path / "gone") == 1
    assert capsys.readouterr() == ("", f"There is no folder {tmp_path / 'gone'}.\n")


def test_a_pointer_that_cannot_be_read_and_a_folder_that_is_gone(home: Path) -> None:
    (home / "models").mkdir(parents=True)
    pointer = home / "models" / "one.json"
    for text in ("{", "[]", '{"folder": "x"}'):
        pointer.write_text(text)
        with pytest.raises(ModelsError, match=r"can't be read .* Link one again\.$"):
            STORE.locate("one")
    pointer.write_text('{"path": "/nowhere/at all"}')
    report = STORE.report("one")
    assert report is not None and report.problems == ("/nowhere/at all is gone. Link one again.",)
    with pytest.raises(ModelsError, match=r"^The Second \(two\) is not on this machine\."):
        STORE.folder("two")
    folder(home / "models" / "two", "one")
    with pytest.raises(ModelsError, match=r"^The Second \(two\) in .* can't be used\. It looks like a one\.$"):
        STORE.folder("two")
