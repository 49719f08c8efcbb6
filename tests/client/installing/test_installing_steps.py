"""An installation step by step, without pip: what is called, told and kept, and what is left of one that fails."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from client.events import InstallState
from client.installing import cards, install, pip, pythons
from client.installing.cards import Card
from client.installing.install import Installer
from client.installing.pip import Cancelled, PipError

OPTIONS = ["--no-input", "--disable-pip-version-check", "--only-binary", ":all:"]


class Calls:
    """An installer whose commands are answered from a list: (code, its output's lines)."""

    def __init__(self, home: Path, root: Path, profile: str, answers: list[tuple[int, list[str]]]) -> None:
        self.told: list[InstallState] = []
        self.seen: list[list[str]] = []
        self.variables: list[dict[str, str] | None] = []
        self.installer = Installer(home, root, profile, self.told.append, Path("/blender/python"))
        self.answers = answers
        self.installer._call = self.call  # type: ignore[method-assign]

    def call(self, command: Any, log: Any, on_line: Any = lambda _: None, environment: Any = None) -> Any:
        self.seen.append(command)
        self.variables.append(environment)
        if command[1:3] == ["-m", "venv"]:
            python = pythons.venv_python(Path(command[-1]))
            python.parent.mkdir(parents=True)
            python.touch()
        code, lines = self.answers.pop(0) if self.answers else (0, [])
        for line in lines:
            on_line(line)
        return code, "\n".join(lines)

    @property
    def said(self) -> list[tuple[str, float, str]]:
        return [(one.state, round(one.fraction, 4), one.message) for one in self.told]


@pytest.fixture
def make(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Calls]:
    monkeypatch.delenv("TAKE_ONE_PYTHON", raising=False)
    monkeypatch.setattr(install, "REMOVE_PAUSES", (0.0,))
    monkeypatch.setattr(pythons, "version_of", lambda python: (3, 13))
    root = tmp_path / "root"
    locks = root / "backend" / "requirements"
    locks.mkdir(parents=True)
    for name in ("draft.txt", "gpu.txt", "torch.txt", "hopper.txt"):
        (locks / name).write_text(f"{name}==1\n")
    home.mkdir(exist_ok=True)

    def made(*answers: tuple[int, list[str]], profile: str = "draft") -> Calls:
        return Calls(home, root, profile, list(answers))

    return made


def test_the_steps_of_an_installation(make: Any, home: Path) -> None:
    (home / "env-old" / "bin").mkdir(parents=True)
    (home / "env-half").mkdir()
    (home / "env.json").write_text(json.dumps({"folder": "env-old", "previous": ["env-older"]}))
    lines = [
        "Collecting numba==1 (from -r x)",
        "Progress 55000000 of 110000000",
        "Progress 110000000 of 110000000",
        "Using cached a ((",
        "Collecting numpy>=2",
        "Using cached numpy (1.0 kB)",
        "Installing collected packages: a, b",
    ]
    at = make((0, []), (0, []), (0, lines))
    before = os.umask(0o022)  # tests before may have set another
    assert at.installer.run()
    os.umask(before)
    assert at.said == [
        ("running", 0.0, "Looking for a Python"),
        ("running", 0.02, "Making the environment"),
        ("running", 0.06, "Downloading"),
        ("running", 0.06, "Downloading numba"),
        ("running", 0.2075, "Downloading numba"),
        ("running", 0.355, "Downloading numba"),
        ("running", 0.355, "Downloading numpy"),
        ("running", 0.355, "Downloading numpy"),
        ("running", 0.65, "Installing"),
        ("running", 0.75, "Checking"),
        ("running", 0.78, "Compiling the draft engine"),
        ("running", 0.98, "Switching over"),
        ("done", 1.0, "The backend is installed."),
    ]
    kept = json.loads((home / "env.json").read_text())
    folder = home / kept["folder"]
    python = str(pythons.venv_python(folder))
    root = at.installer._root
    assert at.seen[0] == ["/blender/python", "-m", "venv", "--without-pip", str(folder)]
    assert at.seen[1] == [python, "-m", "ensurepip"]
    locked = ["--require-hashes", "--no-deps", "-r", str(root / "backend" / "requirements" / "draft.txt")]
    assert at.seen[2][:4] == [python, "-m", "pip", "install"] and at.seen[2][4:8] == OPTIONS
    assert at.seen[2][8:] == ["--no-compile", *locked]
    assert at.seen[3:] == [[python, "-m", "backend", "models"], [python, "-m", "backend", "prepare"]]
    assert at.variables[3:] == [{"TAKE_ONE_HOME": str(home)}] * 2
    assert (kept["profile"], kept["recipe"]) == ("draft", install.recipe(root, "draft"))
    assert kept["previous"] == ["env-old"] and not (home / "env-half").exists()  # what is no more is not named
    assert (home / "env.json").stat().st_mode & 0o777 == 0o644
    assert (home / "logs" / "install.log").read_text() == "/blender/python\n"
    assert install.backend_python(home) == Path(python) and install.state(home, root) == install.CURRENT


def test_for_a_card_pip_is_called_twice_and_the_progress_goes_on(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "find", lambda: Card("a", 1, 560, (8, 9)))
    monkeypatch.setattr(install.shutil, "disk_usage", lambda _: SimpleNamespace(free=14e9))
    first = ["Progress 1600000000 of 1600000000", "Installing collected packages: a"]
    at = make((0, []), (0, []), (0, first), (0, ["Installing collected packages: torch"]), profile="gpu")
    assert at.installer.run()
    assert at.said[0] == ("running", 0.0, "Looking for a graphics card")
    assert ("running", 0.355, "Installing") in at.said and ("running", 0.65, "Installing") in at.said
    assert [call[9] for call in at.seen[2:4]] == ["--require-hashes", "--extra-index-url"]


@pytest.mark.parametrize(("free", "enough"), [(1.5e9, True), (1.5e9 - 1, False)])
def test_the_disk_has_room(make: Any, monkeypatch: pytest.MonkeyPatch, free: float, enough: bool) -> None:
    monkeypatch.setattr(install.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    at = make()
    assert at.installer.run() is enough
    if not enough:
        said = "The installation needs 1.5 GB, and the disk has 1.5 GB free. Free some space."
        assert (at.said, at.told[0].fix) == ([("failed", 0.0, said)], "free_space") and at.seen == []


@pytest.mark.parametrize(
    ("length", "platform", "fits"), [(110, "win32", True), (111, "win32", False), (111, "linux", True)]
)
def test_a_path_that_windows_can_hold(
    length: int, platform: str, fits: bool, make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installer = make().installer
    installer._home = Path("/" + "x" * (length - 1))
    monkeypatch.setattr(install.sys, "platform", platform)
    monkeypatch.setattr(install.shutil, "disk_usage", lambda _: SimpleNamespace(free=2e9))
    if fits:
        installer._check_place()
        return
    with pytest.raises(PipError, match=r"is too long for Windows\. Set the variable TAKE_ONE_HOME") as caught:
        installer._check_place()
    assert caught.value.fix == "open_log"


def test_a_python_that_was_chosen(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("TAKE_ONE_PYTHON", "/chosen")
    for version, right in (((3, 11), True), ((3, 10), False), (None, False)):
        monkeypatch.setattr(pythons, "version_of", lambda python, version=version: version)
        assert (install.wrong_choice() == "") is right
    assert "names /chosen, which is no Python from 3.11 to 3.14" in install.wrong_choice()
    assert install.backend_python(home) == Path("/chosen") and install.state(home, home) == install.CURRENT


@pytest.mark.parametrize(
    ("answers", "said", "fix", "fraction"),
    [
        ([(1, ["Errno 28"])], "The disk is full. Free some space.", "free_space", 0.02),
        ([(0, []), (1, ["Errno 13"])], "A file could not be written", "install", 0.06),
        ([(0, []), (0, []), (2, ["ERROR: odd"])], "The installation failed: odd", "open_log", 0.06),
        ([(0, [])] * 3 + [(1, ["a", "  libGL is missing ", ""])], "does not run: libGL is missing", "open_log", 0.75),
        ([(0, [])] * 3 + [(1, [])], "does not run: it said nothing", "open_log", 0.75),
        ([(0, [])] * 4 + [(1, ["error: no codec"])], "does not run: error: no codec", "open_log", 0.78),
    ],
)  # fmt: skip
def test_what_fails_leaves_nothing(make: Any, home: Path, answers: Any, said: str, fix: str, fraction: float) -> None:
    at = make(*answers)
    assert not at.installer.run()
    last = at.told[-1]
    assert (last.state, last.fix, round(last.fraction, 4)) == ("failed", fix, fraction) and said in last.message
    assert list(home.glob("env*")) == [] and len(at.seen) == len(answers)


def test_a_cancel_ends_it_where_it_is(make: Any, home: Path) -> None:
    at = make()
    killed: list[str] = []
    at.installer._process = SimpleNamespace(kill=lambda: killed.append("killed"))
    at.installer.cancel()
    assert not at.installer.run() and killed == ["killed"] and at.seen == []
    assert (at.said, at.told[0].fix) == ([("cancelled", 0.0, "The installation was cancelled.")], "install")
    full = make()

    def no_room(*_: Any) -> Any:
        raise OSError(28, "No space left on device")

    full.installer._call = no_room
    assert not full.installer.run() and list(home.glob("env*")) == []
    assert (full.told[-1].message, full.told[-1].fix) == ("The disk is full. Free some space.", "free_space")
    unknown = make(profile="moon")
    assert not unknown.installer.run() and unknown.said == [("failed", 0.0, "There is no profile 'moon'.")]
    at = make()
    del at.installer._call
    at.installer.cancel()
    with pytest.raises(Cancelled):
        at.installer._call([sys.executable, "-c", "import time; time.sleep(600)"], io.StringIO())


def test_which_python_is_taken(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    at = make()
    asked: list[tuple[int, int]] = []
    found = {(3, 11): Path("x")}
    monkeypatch.setattr(pythons, "find", lambda version: asked.append(version) or found.get(version))
    for version, taken in (((3, 14), "/blender/python"), ((3, 11), "/blender/python"), ((3, 10), "x"), (None, "x")):
        monkeypatch.setattr(pythons, "version_of", lambda python, version=version: version)
        assert at.installer._find_python() == Path(taken)
    assert asked == [(3, 13), (3, 12), (3, 11)] * 2
    monkeypatch.setattr(pythons, "find", lambda version: None)
    with pytest.raises(PipError, match=r"No Python from 3\.11 to 3\.14") as caught:
        at.installer._find_python()
    assert caught.value.fix == "install"


def test_environments_that_are_used_no_more(make: Any, home: Path) -> None:
    for name in ("env-a", "env-b", "env-c", "other"):
        (home / name).mkdir()
    (home / "env-file").touch()
    (home / "env.json").write_text(json.dumps({"folder": "env-a", "previous": ["env-b", ""]}))
    install.remove_leftovers(home)
    assert sorted(path.name for path in home.iterdir()) == ["env-a", "env-b", "env-file", "env.json", "other"]
    install.remove_leftovers(home, previous=True)
    assert sorted(path.name for path in home.iterdir()) == ["env-a", "env-file", "env.json", "other"]
    (home / "env.json").write_text('{"previous": "env-a"}')
    assert install._finished(home) == [] and install.backend_python(home) == home / "env" / "missing"


def test_a_folder_that_is_held_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    held = [True, True]

    def rmtree(folder: Path, ignore_errors: bool) -> None:
        assert ignore_errors
        if not (held and held.pop()):
            folder.rmdir()

    monkeypatch.setattr(install, "time", SimpleNamespace(sleep=pauses.append))
    monkeypatch.setattr(install.shutil, "rmtree", rmtree)
    (tmp_path / "a").mkdir()
    assert install.remove(tmp_path / "a") and pauses == [0.0, 0.2, 0.5]
    (tmp_path / "b").mkdir()
    held[:] = [True] * 9
    pauses.clear()
    assert not install.remove(tmp_path / "b") and pauses == [0.0, 0.2, 0.5, 1.0, 2.0]


def test_a_command_has_no_settings_of_this_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__", "PIP_NO_INDEX"):
        monkeypatch.setenv(name, "/x")
    code = "import os, sys; print('Progress 1 of 2')"
    code += "; print(sorted(n for n in os.environ if n[0] in 'PV_'), os.getcwd())"
    code += "; print(os.environ['A'], os.environ['PYTHONUTF8'], file=sys.stderr); sys.exit(7)"
    log, lines, started = io.StringIO(), list[str](), list[int]()
    command, noted = [sys.executable, "-c", code], lambda process: started.append(process.pid)
    done = pip.run(command, log, tmp_path, lines.append, noted, {"A": "b"})
    assert done == (7, log.getvalue()) and len(started) == 1
    assert lines[0] == "Progress 1 of 2" and "Progress" not in log.getvalue() and lines[2] == "b 1"
    names, _, folder = lines[1].rpartition(" ")
    assert folder == str(tmp_path) and "'PIP_NO_INDEX'" in names and "'PYTHONUNBUFFERED', 'PYTHONUTF8'" in names
    assert not any(name in names for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "__PYVENV"))
    code = "print('\\n'.join(map(str, range(500))))"
    _, output = pip.run([sys.executable, "-c", code], io.StringIO(), tmp_path, lambda _: None, lambda _: None)
    assert output.split() == [str(number) for number in range(99, 500)]


def test_the_proxies_that_pip_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    named = {
        "http": "http://a:1",
        "https": "b.example",
        "no": "x:5",
        "ftp": "https://c",
        "all": "http://[",
        "z": "z://",
    }
    monkeypatch.setattr(pip.urllib.request, "getproxies", lambda: named)
    monkeypatch.setenv("PIP_PROXY", "http://d:4")
    assert pip._proxies()[:2] == [("d", 4), ("b.example", 80)]
    assert sorted(pip._proxies()[2:]) == [("a", 1), ("c", 443)]
    monkeypatch.setattr(pip.urllib.request, "getproxies", dict)
    monkeypatch.delenv("PIP_PROXY")
    assert pip._proxies() == [] and pip.explain("") == ("The installation failed: it said nothing", "open_log")
    assert pip.explain("one\ntwo\n")[0] == "The installation failed: two"
    assert pip.explain("ERROR: first\nERROR: then")[0] == "The installation failed: first"


def python_that_says(path: Path, said: str, code: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {said}\nexit {code}\n")
    path.chmod(0o755)
    return path


def test_what_is_a_python(tmp_path: Path) -> None:
    strange = [("3 12 False", 0, None), ("3 12 True", 1, None), ("3 12", 0, None), ("3 12 True x", 0, None)]
    for index, (said, code, found) in enumerate([("3 12 True", 0, (3, 12)), *strange]):
        assert pythons.version_of(python_that_says(tmp_path / f"p{index}", said, code)) == found
    assert pythons.version_of(tmp_path / "nowhere") is None
    assert pythons.version_of(Path(sys.executable)) == sys.version_info[:2]


def test_where_pythons_are_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, bin = tmp_path / "home", tmp_path / "bin"
    for name in ("python3.9", "python3", "python"):
        python_that_says(bin / name, "3 9 True")
    places = [
        home / ".local" / "bin" / "python3.9",
        home / ".pyenv" / "versions" / "3.9.5" / "bin" / "python",
        home / ".pyenv" / "versions" / "3.9.2" / "bin" / "python",
        home / ".local" / "share" / "uv" / "python" / "cpython-3.9.7-linux" / "bin" / "python3",
        home / ".local" / "share" / "uv" / "python" / "cpython-3.9.1-linux" / "bin" / "python3",
    ]
    for place in (*places, home / ".pyenv" / "versions" / "3.10.1" / "bin" / "python"):
        python_that_says(place, "3 9 True")
    monkeypatch.setenv("PATH", f"{bin}:/bin")
    monkeypatch.setattr(Path, "home", staticmethod(lambda: home))
    for name in ("PYENV_ROOT", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert list(pythons._candidates((3, 9))) == [bin / "python3.9", bin / "python3", bin / "python", *places]
    here = list(pythons._candidates(sys.version_info[:2]))
    assert here[0] == Path(sys.executable)
    monkeypatch.setattr(sys, "executable", "")  # as where Python is embedded
    assert next(pythons._candidates(sys.version_info[:2])).name.startswith("python")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "none"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "none"))
    assert list(pythons._candidates((3, 9)))[3:] == places[:1]
    tried: list[Path] = []
    monkeypatch.setattr(pythons, "version_of", lambda python: tried.append(python) or (3, 8))
    assert pythons.find((3, 9), (places[0], places[0])) is None
    assert tried == [places[0], bin / "python3.9", bin / "python3", bin / "python"]


@pytest.mark.parametrize(
    ("driver", "capability", "build"),
    [
        (580, (7, 5), "locked"),
        (579, (7, 5), "cu126"),
        (580, (7, 4), "cu126"),
        (528, (9, 0), "cu126"),
        (527, (9, 0), None),
        (579, (9, 1), None),
    ],
)
def test_both_sides_of_what_a_build_needs(driver: int, capability: tuple[int, int], build: str | None) -> None:
    card = Card("Old", 1, driver, capability)
    if build is None:
        with pytest.raises(PipError) as caught:
            cards.pip_installs(card, Path("r"), "linux")
        assert caught.value.fix == "install" and f"Old is version {driver}, and 580 or later" in caught.value.message
        return
    calls = cards.pip_installs(card, Path("r"), "linux")
    if build == "locked":
        assert calls == [["--require-hashes", "--no-deps", "-r", "r/gpu.txt", "-r", "r/torch.txt"]]
    else:
        index = ["--extra-index-url", "https://download.pytorch.org/whl/cu126", "-r", "r/torch.in"]
        assert calls == [["--require-hashes", "--no-deps", "-r", "r/gpu.txt"], index]


def test_what_the_cards_program_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    told = "Large, 300, 570, 12\n"

    def run(command: Any, **options: Any) -> Any:
        asked.append((command, options["timeout"], options["check"]))
        return SimpleNamespace(stdout=told)

    monkeypatch.setattr(cards.shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(cards.subprocess, "run", run)
    query = "--query-gpu=name,memory.total,driver_version,compute_cap"
    assert cards.find() is None  # a capability is two numbers: "12" is none
    told = "Small, 100, 580.1, 8.6\n\nLarge, 300, 570, 12.0\nMiddle, 200, 1.2.3, 7.5\n"
    assert cards.find() == Card("Large", 300 << 20, 570, (12, 0))
    assert asked[-1] == (["/bin/nvidia-smi", query, "--format=csv,noheader,nounits"], 20.0, True)

    def slow(*_: Any, **__: Any) -> Any:
        raise subprocess.TimeoutExpired("nvidia-smi", 20)

    monkeypatch.setattr(cards.subprocess, "run", slow)
    assert cards.find() is None
