"""What a download adds to a part, which hub is asked, and what a terminal and another program are told of it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backend.weights import commands
from backend.weights import download as fetching
from backend.weights.store import ModelsError
from tests.happyhorse.weights.test_parts import ONE, TWO, remote, run

DATA = b"0123456789"


class Answer(io.BytesIO):
    def __init__(self, data: bytes, status: int) -> None:
        super().__init__(data)
        self.status = status


@pytest.mark.parametrize(
    ("status", "start", "sent", "part", "told"),
    [
        (206, 4, b"456789", DATA, [7, 10]),
        (206, 4, b"4567890123", DATA + b"0", [7, 10, 10]),  # a byte too many is the last that is read
        (200, 4, DATA, DATA, [3, 6, 9, 10]),  # the host knows no ranges: from the beginning
        (200, 0, DATA, DATA, [3, 6, 9, 10]),
        (206, 4, b"45678", None, [7, 9]),
        (200, 4, b"01", None, [2]),
    ],
)
def test_what_is_missing_of_a_part_is_added(
    home: Path, monkeypatch: pytest.MonkeyPatch, status: int, start: int, sent: bytes, part: bytes, told: list[int]
) -> None:
    file, asked, seen = remote(), list[tuple[Any, ...]](), list[int]()
    file.part.parent.mkdir(parents=True)
    file.part.write_bytes(DATA[:start])
    monkeypatch.setattr(fetching, "_BLOCK", 3)
    monkeypatch.setattr(fetching, "_open", lambda *what: (asked.append(what), Answer(sent, status))[1])
    if part is None:
        whole = DATA[: 4 if status == 206 else 0] + sent
        with pytest.raises(ConnectionError, match=rf"^the line dropped after {len(whole)} of 10 bytes$"):
            fetching._append(file, "https://hub/a", "https://hub", start, seen.append)
        assert file.part.read_bytes() == whole
    else:
        fetching._append(file, "https://hub/a", "https://hub", start, seen.append)
        assert file.part.read_bytes() == part
    assert asked == [("https://hub/a", ONE, "https://hub", start)] and seen == told


@pytest.mark.parametrize("damaged", [b"012345678x", b"01234567890"])
def test_what_is_not_what_was_published_goes(home: Path, damaged: bytes) -> None:
    file = remote("b.bin")
    file.part.parent.mkdir(parents=True)
    file.part.write_bytes(damaged)
    with pytest.raises(ModelsError, match=r"^in/b\.bin arrived damaged: .* Download it again\.$") as failure:
        fetching._fetch(file, "https://hub", lambda _: None)
    assert failure.value.fix == "retry" and not file.part.exists() and not file.here.exists()
    file.part.write_bytes(DATA)
    fetching._fetch(file, "https://hub", lambda _: None)
    assert file.here.read_bytes() == DATA and not file.part.exists()


@pytest.mark.parametrize(
    ("given", "asked"),
    [(None, "https://huggingface.co"), ("", "https://huggingface.co"), ("https://mine/hub//", "https://mine/hub")],
)
def test_which_hub_is_asked(monkeypatch: pytest.MonkeyPatch, given: str | None, asked: str) -> None:
    seen: list[tuple[Any, ...]] = []
    monkeypatch.setattr(fetching, "_bring", lambda *what: (seen.append(what), 7)[1])
    assert fetching.download([TWO], print, given, online=True, cancelled=bool) == 7
    assert seen == [([TWO], print, asked, bool)]
    for online, hub, fix in ((False, given, "online_access"), (True, "http://mine", "models")):
        with pytest.raises(ModelsError) as failure:
            fetching.download([TWO], print, hub, online)
        assert failure.value.fix == fix
    assert len(seen) == 1


def bringing(what: int | BaseException, asked: list[tuple[Any, ...]]) -> Callable[..., int]:
    def download(components: Any, progress: Callable[[int, int, str], None], *more: Any) -> int:
        asked.append(([one.name for one in components], *more))
        progress(10, 10, "a.bin")
        if isinstance(what, BaseException):
            raise what
        return what

    return download


@pytest.mark.parametrize(
    ("comes", "code", "words", "said"),
    [
        (2_500_000, 0, "large is here: 2.5 MB.", {"done": 2_500_000}),
        (ModelsError("No room.", "free_space"), 1, "No room.", {"error": {"message": "No room.", "fix": "free_space"}}),
        (KeyboardInterrupt(), 130, "Stopped: it will go on where it stopped.",
         {"error": {"message": "Stopped.", "fix": "retry"}}),
    ],
)  # fmt: skip
def test_how_a_download_ends(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    comes: int | BaseException, code: int, words: str, said: dict[str, Any],
) -> None:  # fmt: skip
    asked: list[tuple[Any, ...]] = []
    monkeypatch.delenv("TAKE_ONE_HUB", raising=False)
    monkeypatch.setattr(fetching, "download", bringing(comes, asked))
    assert run("download", "large") == code
    out, err = capsys.readouterr()
    assert out == "" and err.splitlines()[-1] == words
    assert run("download", "two", "--online", "--hub", "https://mine", "--json") == code
    out, err = capsys.readouterr()
    first, last = (json.loads(line) for line in out.splitlines())
    assert first == {"done": 10, "total": 10, "file": "a.bin", "eta_seconds": None} and err == ""
    assert last == said
    monkeypatch.setenv("TAKE_ONE_ONLINE", "1")
    run("download", "one")
    assert asked == [(["one", "two"], None, False), (["two"], "https://mine", True), (["one"], None, True)]


def test_progress_is_told_four_times_a_second(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """120 MB are here at the beginning; then 0.5 MB a second come, of 420 MB."""
    clock = [100.0]
    monkeypatch.setattr(commands, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    plain, other = commands._Meter(False), commands._Meter(True)
    told: list[tuple[str, Any]] = []
    for at, done in ((100, 120), (100.2, 120.1), (100.25, 120.125), (100.45, 120.2), (400, 270), (400.1, 420)):
        clock[0] = float(at)
        plain.report(round(done * 1e6), 420_000_000, "a.bin")
        line = capsys.readouterr().err
        other.report(round(done * 1e6), 420_000_000, "a.bin")
        told.append((line.strip("\r "), json.loads(capsys.readouterr().out or "null")))
    about = {"total": 420_000_000, "file": "a.bin"}
    assert told == [
        ("29% of 420.0 MB, 0 kB/s  a.bin", {"done": 120_000_000, "eta_seconds": None, **about}),
        ("", None),
        ("29% of 420.0 MB, 500 kB/s, 10 min left  a.bin", {"done": 120_125_000, "eta_seconds": 599.75, **about}),
        ("", None),
        ("64% of 420.0 MB, 500 kB/s, 5 min left  a.bin", {"done": 270_000_000, "eta_seconds": 300.0, **about}),
        ("100% of 420.0 MB, 1000 kB/s  a.bin", {"done": 420_000_000, "eta_seconds": 0.0, **about}),
    ]


def test_sizes_in_words() -> None:
    counts = (0, 400, 600, 2_400, 999_499, 1_000_000, 2_449_000, 999_000_000, 1_000_000_000, 22_360_000_000)
    assert [commands._size(count) for count in counts] == [
        "0 kB", "0 kB", "1 kB", "2 kB", "999 kB", "1.0 MB", "2.4 MB", "999.0 MB", "1.0 GB", "22.4 GB",
    ]  # fmt: skip
