"""The card that is found, and the torch that fits it. Where no card is, a program answers as NVIDIA's does."""

from __future__ import annotations

from pathlib import Path

import pytest

from client.events import InstallState
from client.installing import cards
from client.installing.cards import Card
from client.installing.install import Installer
from client.installing.pip import PipError

GIB = 1 << 30
REQUIREMENTS = Path(__file__).parents[3] / "backend" / "requirements"
H100 = "NVIDIA H100 80GB HBM3, 81559, 580.159.04, 9.0"  # as one answered
RTX_4090 = "NVIDIA GeForce RTX 4090, 24564, 581.29, 8.9"


def nvidia_smi(folder: Path, monkeypatch: pytest.MonkeyPatch, answer: str, code: int = 0) -> None:
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{answer}\nEND\nexit {code}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/bin:/usr/bin")


def test_the_card_with_the_most_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nvidia_smi(tmp_path, monkeypatch, f"{RTX_4090}\n{H100}")
    card = cards.find()
    assert card == Card("NVIDIA H100 80GB HBM3", 81559 << 20, 580, (9, 0))


@pytest.mark.parametrize(
    ("answer", "code"),
    [("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.", 9), ("No devices", 0), ("", 0)],
)
def test_no_card_that_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, code: int) -> None:
    nvidia_smi(tmp_path, monkeypatch, answer, code)
    assert cards.find() is None


def test_no_driver(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cards.find() is None
    with pytest.raises(PipError, match="No NVIDIA card was found") as failure:
        cards.pip_installs(None, REQUIREMENTS)
    assert failure.value.fix == "connect"


@pytest.mark.parametrize(
    ("driver", "capability", "system", "index", "files"),
    [
        (581, (8, 9), "linux", None, ["gpu.txt", "torch.txt"]),
        (580, (12, 0), "linux", None, ["gpu.txt", "torch.txt"]),
        (580, (9, 0), "linux", None, ["gpu.txt", "torch.txt", "hopper.txt"]),
        (581, (8, 9), "win32", "cu130", ["gpu.txt"]),
        (560, (8, 9), "linux", "cu126", ["gpu.txt"]),
        (560, (8, 9), "win32", "cu126", ["gpu.txt"]),
        (581, (6, 1), "linux", "cu126", ["gpu.txt"]),
    ],
)
def test_torch_for_the_card(
    driver: int, capability: tuple[int, int], system: str, index: str | None, files: list[str]
) -> None:
    locked, *torch = cards.pip_installs(Card("a card", 24 * GIB, driver, capability), REQUIREMENTS, system)
    assert locked[:2] == ["--require-hashes", "--no-deps"]
    assert [Path(word).name for word in locked[3::2]] == files
    assert all(Path(word).is_file() for word in locked[3::2])
    if index is None:
        assert torch == []
        return
    ((option, url, _, file),) = torch
    assert (option, url.rpartition("/")[2], Path(file).name) == ("--extra-index-url", index, "torch.in")
    assert Path(file).is_file()


@pytest.mark.parametrize("name", ["draft.txt", "gpu.txt", "torch.txt", "hopper.txt", "ray.txt"])
def test_every_package_of_a_lock_has_hashes_and_no_host_is_named(name: str) -> None:
    text = (REQUIREMENTS / name).read_text()
    packages = [line for line in text.splitlines() if not line.startswith(("#", " "))]
    assert packages and all("==" in line and line.endswith("\\") for line in packages)
    assert "://" not in text and "--index" not in text and "--find-links" not in text


def test_all_that_people_ask_for_is_locked() -> None:
    profiles = {"gpu": ["gpu", "torch"], "hopper": ["gpu", "torch", "hopper"], "ray": ["draft", "ray"]}
    for profile, locks in {"draft": ["draft"], **profiles}.items():
        asked = [line for name in ("draft", profile, "torch") for line in (REQUIREMENTS / f"{name}.in").open()]
        wanted = {line.split(";")[0].strip().lower() for line in asked if "==" in line}
        wanted -= {"torch==2.13.0"} if profile in ("draft", "ray") else set()
        texts = [(REQUIREMENTS / f"{name}.txt").read_text() for name in locks]
        assert wanted <= {line.split(" ")[0] for text in texts for line in text.splitlines()}


@pytest.mark.parametrize(("driver", "capability"), [(472, (8, 6)), (560, (12, 0))])
def test_a_driver_that_is_too_old_is_named(driver: int, capability: tuple[int, int]) -> None:
    with pytest.raises(PipError, match=f"driver of a card is version {driver}, and 580 or later"):
        cards.pip_installs(Card("a card", 24 * GIB, driver, capability), REQUIREMENTS)


def test_nothing_is_downloaded_where_no_card_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "find", lambda: None)
    told: list[InstallState] = []
    assert not Installer(tmp_path, REQUIREMENTS.parents[1], "gpu", told.append).run()
    assert (told[-1].state, told[-1].fix) == ("failed", "connect")
    assert "No NVIDIA card was found" in told[-1].message
    assert not list(tmp_path.glob("env-*"))
