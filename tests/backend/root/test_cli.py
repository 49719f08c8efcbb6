"""`animate` and `models` in this process: what an engine is asked, and every line that is printed."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backend import __main__ as command
from backend import cli
from backend.engines import registry
from backend.engines.engine import EngineError
from backend.media.encode import Written
from client.protocol import EngineInfo
from client.protocol.engine import Price

ABLE = EngineInfo("made up", "Made Up", max_seconds=12.5, max_pixels=2_073_600, depth=True, last_frame=True, sound=True,
                  dialogue=True, references=3)  # fmt: skip


class Engine:
    """Can do all that a command asks for, at a price."""

    def __init__(self, able: EngineInfo = ABLE, price: Price | None = None) -> None:
        self.able, self.price, self.asked = able, price, []

    def capabilities(self) -> EngineInfo:
        return self.able

    def estimate(self, request: Any) -> Price | None:
        self.asked.append(request)
        return self.price


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, still: bytes, depth: bytes) -> list[tuple[Any, ...]]:
    """What a take was made of; the folder is the one that commands run in."""
    found: list[tuple[Any, ...]] = []

    def make(*given: Any) -> Any:
        found.append(given)
        written = Written(24, Fraction(24000, 1001), 64, 48, 1.0015, b"")
        return SimpleNamespace(written=written, notes=("first", "second"))

    monkeypatch.setattr(cli, "make_take", make)
    monkeypatch.setattr(registry, "engine", lambda name: Engine(replace(ABLE, id=name)))
    clock = iter([100.0, 103.25, *[110.0] * 50])
    monkeypatch.setattr(cli.time, "monotonic", lambda: next(clock))
    monkeypatch.chdir(tmp_path)
    for name in ("still.png", "last.png", "one.png", "two.png"):
        (tmp_path / name).write_bytes(still)
    (tmp_path / "depth.exr").write_bytes(depth)
    return found


def test_a_take_is_made_of_all_that_was_named(
    made: list[tuple[Any, ...]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "--still still.png --depth depth.exr --last-frame last.png --reference one.png --reference two.png"
    more = ["--dialogue", "ANNA|English|Late | again.", "--sound", "rain", "--options", '{"steps": 3}', "--seed", "9"]
    assert (
        command.main(["animate", *words.split(), *more, "--seconds", "2", "--out", "new/x.mov", "--prompt", "go"]) == 0
    )
    [(engine, request, out, sidecar, notes, bar, cancelled, _)] = made
    assert isinstance(engine, Engine) and engine.able.id == "draft"
    assert (out, sidecar) == (tmp_path / "new" / "x.mov", tmp_path / "new" / "x.json")
    assert (tmp_path / "new").is_dir()
    assert isinstance(bar, cli.Bar) and cancelled() is False and notes == ()
    words = request.direction
    assert (request.size, request.seconds, request.seed) == ((64, 48), 2.0, 9)
    assert (words.prompt, words.sound) == ("go", "rain")
    [line] = words.dialogue
    assert (line.speaker, line.language, line.line) == ("ANNA", "English", "Late | again.")
    assert dict(request.options) == {"steps": 3}
    first, last = request.views
    assert (first.image, first.depth) == (tmp_path / "still.png", tmp_path / "depth.exr")
    assert (last.image, last.depth, last.t) == (tmp_path / "last.png", None, 1.0)
    assert list(request.references) == [tmp_path / "one.png", tmp_path / "two.png"]
    printed = capsys.readouterr()
    assert printed.err == "note: first\nnote: second\n"
    line = "new/x.mov: 24 frames of 64x48 at 24000/1001, 1.002 s of sound, seed 9, in 10.0 s\n"
    assert printed.out == line


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ("--still gone.png", 2, "There is no file gone.png."),
        ("--still depth.exr", 2, "--still"),
        ("--still still.png --depth still.png", 2, "--depth"),
        ("--still still.png --last-frame depth.exr", 2, "--last-frame"),
        ("--still still.png --reference depth.exr", 2, "depth.exr"),
        ("--still still.png --camera gone.json", 1, "gone.json"),
        ("--still still.png --dialogue A|B", 2, "--dialogue 'A|B' is not of the form WHO|LANGUAGE|LINE."),
        ("--still still.png --seconds 13", 2, "12.5"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_made(
    made: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str], words: str, code: int, says: str
) -> None:
    assert command.main(["animate", *words.split()]) == code
    printed = capsys.readouterr()
    assert printed.err.startswith("error: ") and says in printed.err
    assert (printed.out, made) == ("", [])


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (EngineError("invalid_request", "So it is."), 2),
        (EngineError("invalid_file", "So it is."), 2),
        (EngineError("unknown_model", "So it is."), 2),
        (EngineError("engine_failed", "So it is."), 1),
        (OSError("So it is."), 1),
    ],
)
def test_only_what_was_told_wrongly_ends_with_two(
    capsys: pytest.CaptureFixture[str], error: EngineError | OSError, code: int
) -> None:
    assert cli.refused(error) == code
    assert capsys.readouterr().err == "error: So it is.\n"


FREE, UNKNOWN = "It costs nothing.\n", "What a take of Made Up costs is not known here.\n"
SENDS, KEYED = replace(ABLE, sends_to="x"), replace(ABLE, account="fal")


@pytest.mark.parametrize(
    ("able", "price", "says"),
    [
        (ABLE, None, FREE),
        (SENDS, None, UNKNOWN),
        (KEYED, None, UNKNOWN),
        (SENDS, Price(0.0, exact=True), FREE),
        (SENDS, Price(1.5, "EUR", "2026-02-01", "page", exact=True), "quoted 1.50 EUR, price of 2026-02-01 (page)\n"),
        (ABLE, Price(0.126, source="list"), "about 0.13 USD, price of today (list)\n"),
    ],
)  # fmt: skip
def test_what_a_take_would_cost(
    made: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], able: EngineInfo,
    price: Price | None, says: str,
) -> None:  # fmt: skip
    engine = Engine(able, price)
    monkeypatch.setattr(registry, "engine", lambda _: engine)
    assert command.main(["animate", "--still", "still.png", "--estimate", "--seconds", "3"]) == 0
    assert (capsys.readouterr().out, made, engine.asked[0].seconds) == (says, [], 3.0)
    assert command.main(["animate", "--still", "still.png", "--estimate", "--seconds", "13"]) == 2
    assert len(engine.asked) == 1
    command.main(["animate", "--still", "still.png", "--estimate", "--size", "80x50"])
    assert [one.size for one in engine.asked] == [(64, 48), (80, 50)]


def test_the_engines_are_a_table_with_the_reasons_below(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    able = {
        "one": ABLE,
        "long-name": EngineInfo("long-name", "Second", available=False, reason="No card.", max_seconds=5.0),
    }

    def engine(name: str) -> Engine:
        if name in able:
            return Engine(able[name])
        raise ImportError("no torch") if name == "bare" else EngineError("broken", "It is broken.")

    monkeypatch.setattr(registry, "names", lambda: ("one", "bare", "long-name", "torn"))
    monkeypatch.setattr(registry, "engine", engine)
    assert cli.models() == 0
    assert capsys.readouterr().out.splitlines() == [
        "ENGINE     RUNS HERE  UP TO           NAME",
        "one        yes        12.5 s, 2.1 MP  Made Up",
        "bare       no",
        "long-name  no         5 s, 0.0 MP     Second",
        "torn       no",
        "bare: no torch",
        "long-name: No card.",
        "torn: It is broken.",
    ]


def test_a_file_of_json_is_read_or_named(tmp_path: Path) -> None:
    (tmp_path / "path.json").write_text('{"keyframes": [1]}')
    assert cli.json_file(tmp_path / "path.json", "--path") == {"keyframes": [1]}
    (tmp_path / "path.json").write_text("{")
    with pytest.raises(EngineError, match=r"^--path is not valid JSON"):
        cli.json_file(tmp_path / "path.json", "--path")


def test_without_a_depth_or_a_still_there_is_none() -> None:
    assert cli.checked({}) == ({}, None)
    assert cli.json_file(None, "--camera") is None
    assert cli._files(Namespace(still=None, last_frame=None, depth=None, reference=[])) == ({}, None)
