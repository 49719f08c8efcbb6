"""What each word of a command line becomes, and the codes with which commands end."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest

from backend import __main__ as command
from backend import __version__, cli
from backend.api import service
from backend.api.service import Settings
from backend.guide import command as guide
from backend.jobs.cluster.crew import Cluster


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the service was given, or a command."""
    found: list[Any] = []
    for module, name in ((service, "serve"), (cli, "animate"), (guide, "make")):
        monkeypatch.setattr(module, name, lambda one: (found.append(one), 5)[1])
    monkeypatch.setattr(cli, "models", lambda: 6)
    return found


def test_a_service_as_it_is_and_as_it_is_told(given: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    assert command.main(["serve"]) == 5
    assert given == [Settings("127.0.0.1", 8765, (), None, None, gpus=1, tokens=None, cluster=None)]
    words = "--host ::1 --port 0 --allow-host a --allow-host b --ready-file r --gpus all --tokens t --leases l"
    command.main(["serve", *words.split()])
    asked = Settings("::1", 0, ("a", "b"), Path("r"), Path("l"), gpus=0, tokens=Path("t"))
    assert given[1] == asked
    command.main(
        [
            "serve",
            "--ray",
            "auto",
            "--gpus",
            "2",
            "--draft-cpus",
            "1.5",
            "--drafts",
            "3",
            "--takes",
            "4",
            "--shared",
            "some/where",
        ]
    )
    assert given[2] == Settings(gpus=2, cluster=Cluster("auto", 2, 1.5, 3, 4, Path("/some/where")))
    command.main(["serve", "--ray", "local"])
    assert given[3].cluster == Cluster("local", 1, 1.0, None, None, None)
    command.main(["serve", "--drafts", "3"])  # of no cluster
    assert given[4].cluster is None


@pytest.mark.parametrize(
    "words",
    ["", "fly", "serve --gpus 0", "serve --gpus -1", "serve --gpus 1.5", "serve --gpus ALL", "serve --port x",
     "serve --draft-cpus 0", "serve --draft-cpus inf", "serve --draft-cpus nan", "serve --draft-cpus -1",
     "serve --draft-cpus x", "guide --view 0.5 a b", "bed", "accounts", "workflows", "key look x", "key get"],
)  # fmt: skip
def test_wrong_words_end_with_two(given: list[Any], capsys: pytest.CaptureFixture[str], words: str) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(words.split())
    assert (ended.value.code, given) == (2, [])
    assert "usage: python -m backend" in capsys.readouterr().err


def test_numbers_at_their_bounds() -> None:
    assert [command._positive(word) for word in ("0.001", "1", "1e300")] == [0.001, 1.0, 1e300]
    assert [command._gpus(word) for word in ("1", "16", "all")] == [1, 16, 0]
    with pytest.raises(argparse.ArgumentTypeError, match=r"^a number of GPUs, or all, not '0'$"):
        command._gpus("0")
    with pytest.raises(argparse.ArgumentTypeError, match=r"^a number of GPUs, or all, not 'many'$"):
        command._gpus("many")
    with pytest.raises(argparse.ArgumentTypeError, match=r"^a number above 0, not '0.0'$"):
        command._positive("0.0")


def test_a_take_and_a_guide_as_they_are_and_as_they_are_told(given: list[Any]) -> None:
    shot = {"still": None, "depth": None, "camera": None, "path": None, "prompt": "", "seconds": "5", "fps": "24",
            "size": "", "seed": ""}  # fmt: skip
    take = {**shot, "last_frame": None, "reference": [], "dialogue": [], "sound": "", "model": "", "options": "",
            "out": Path("take.mp4"), "estimate": False}  # fmt: skip
    assert command.main(["animate"]) == 5
    assert {name: value for name, value in vars(given[0]).items() if name not in ("command", "run")} == take
    words = "animate --still s --depth d --camera c --path p --last-frame l --reference 1 --reference 2 --dialogue x"
    command.main(
        [
            *words.split(),
            *["--dialogue", "y", "--estimate", "--out", "o.mp4", "--size", "10x20", "--seed", "7", "--fps", "25"],
        ]
    )
    told = {**take, "still": Path("s"), "depth": Path("d"), "camera": Path("c"), "path": Path("p"), "fps": "25",
            "last_frame": Path("l"), "reference": [Path("1"), Path("2")], "dialogue": ["x", "y"], "estimate": True,
            "out": Path("o.mp4"), "size": "10x20", "seed": "7"}  # fmt: skip
    assert {name: value for name, value in vars(given[1]).items() if name not in ("command", "run")} == told
    assert command.main(["guide", "--view", "0.5", "a", "b", "c", "--view", "1", "d", "e", "f"]) == 5
    seen = {**shot, "view": [["0.5", "a", "b", "c"], ["1", "d", "e", "f"]], "out": Path("guide.zip")}
    assert {name: value for name, value in vars(given[2]).items() if name not in ("command", "run")} == seen


def test_a_bed_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    from backend.engines.draft.sound import bed

    given: list[Any] = []
    monkeypatch.setattr(bed, "bed", lambda one: (given.append(one), 0)[1])
    assert command.main(["bed", "--seconds", "2.5"]) == 0
    [one] = given
    assert (one.sound, one.prompt, one.seconds, one.seed, one.lines, one.out) == (
        "",
        "",
        2.5,
        1,
        None,
        Path("bed.flac"),
    )


def test_models_without_a_word_are_the_engines(given: list[Any]) -> None:
    assert command.main(["models"]) == 6


def test_ctrl_c_and_the_version(
    given: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: Any) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(service, "serve", interrupted)
    assert command.main(["serve"]) == 130
    assert capsys.readouterr().err == "Interrupted.\n"
    with pytest.raises(SystemExit) as ended:
        command.main(["--version"])
    assert (ended.value.code, capsys.readouterr().out) == (0, f"{__version__}\n")
