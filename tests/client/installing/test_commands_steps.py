"""The commands of accounts, models, tokens and exports without a backend: what is called and made of it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from client.commands import accounts, export, models, secrets
from client.commands.accounts import Account, Accounts, AccountsState
from client.commands.export import Exporter, ExportState, Step
from client.commands.models import Models, ModelsState

ROW = {
    "provider": "fal",
    "label": "Fal",
    "variable": "FAL_KEY",
    "console": "https://c",
    "kept": "keyring",
    "address": "https://a",
    "own_address": 1,
    "keyless": 0,
    "workflows": True,
    "models": ["a", 5],
    "more": 1,
}


@pytest.fixture
def python(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The interpreter of an environment that is there."""
    path = tmp_path / "python"
    path.touch()
    monkeypatch.setenv("TAKE_ONE_PYTHON", str(path))
    monkeypatch.setenv("PYTHONHOME", "/x")
    home.mkdir(exist_ok=True)
    return path


class Runs:
    """`subprocess.run` that answers from a list, and what it was given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: Any, *answers: Any) -> None:
        self.answers, self.seen = list(answers), list[Any]()
        told = SimpleNamespace(run=self.run, TimeoutExpired=subprocess.TimeoutExpired)
        monkeypatch.setattr(module, "subprocess", told)

    def run(self, command: Any, **options: Any) -> Any:
        self.seen.append((command, options))
        one = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(one, Exception):
            raise one
        code, out, err = one
        return SimpleNamespace(returncode=code, stdout=out, stderr=err)


def asked(home: Path, root: Path, do: Callable[[Accounts], None]) -> AccountsState:
    """The state after a command."""
    one = Accounts(home, root)
    one.state = AccountsState(accounts=(Account("before", "B"),))
    do(one)
    assert one.busy and one.state.accounts == (Account("before", "B"),)
    until = threading.Event()
    for _ in range(2000):
        if one.poll():
            return one.state
        until.wait(0.005)
    raise AssertionError("it does not end")


@pytest.mark.parametrize(
    ("do", "words", "key", "about"),
    [
        (lambda one: one.refresh(), ["accounts", "list"], "", ""),
        (lambda one: one.add("fal", "sk", "a"), ["accounts", "add", "fal", "--address", "a"], "sk", "fal"),
        (lambda one: one.add("fal", "sk"), ["accounts", "add", "fal"], "sk", "fal"),
        (lambda one: one.add("v", "", "a"), ["accounts", "add", "v", "--address", "a", "--no-key"], "", "v"),
        (lambda one: one.test("fal"), ["accounts", "test", "fal"], "", "fal"),
        (lambda one: one.remove("fal"), ["accounts", "remove", "fal"], "", "fal"),
        (lambda one: one.add_workflow("comfyui", Path("/w.json")), ["workflows", "add", "/w.json"], "", "comfyui"),
        (lambda one: one.remove_workflow("comfyui", "W"), ["workflows", "remove", "W"], "", "comfyui"),
    ],
)  # fmt: skip
def test_what_a_command_of_accounts_is_called_with(
    do: Any, words: list[str], key: str, about: str, home: Path, python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = Runs(monkeypatch, accounts, (0, "noise\n" + json.dumps({"accounts": [ROW], "said": "Good."}) + "\n", ""))
    state = asked(home, home, do)
    ((command, options),) = runs.seen
    assert command == [str(python), "-m", "backend", *words, "--json"]
    assert (options["input"], options["timeout"], options["cwd"]) == (key, 90.0, home)
    assert options["env"]["TAKE_ONE_HOME"] == str(home) and "PYTHONHOME" not in options["env"]
    found = Account("fal", "Fal", "FAL_KEY", "https://c", True, False, True, "keyring", "https://a", ("a", "5"))
    assert state == AccountsState("done", (found,), about, "Good.")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((1, '{"error": {"message": "No such key."}}\n', "noise"), "No such key."),
        ((1, '{"error": {}}', ""), ""),
        ((1, " \n", "one\ntwo\n"), "two"),
        ((1, "", ""), "It failed."),
        ((0, "no json", ""), "It failed: JSONDecodeError."),
        (OSError("x"), "It failed: OSError."),
        (subprocess.TimeoutExpired("x", 90), "It failed: TimeoutExpired."),
    ],
)
def test_what_a_command_of_accounts_says_instead(
    answer: Any, said: str, home: Path, python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Runs(monkeypatch, accounts, answer)
    state = asked(home, home, lambda one: one.test("fal"))
    assert state == AccountsState("failed", (Account("before", "B"),), "fal", said)


def test_one_command_of_accounts_at_a_time(home: Path, python: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Runs(monkeypatch, accounts, (0, '{"accounts": []}', ""))
    one = Accounts(home, home)
    assert not one.busy and not one.poll()
    one.state = AccountsState("busy")
    one.refresh()
    assert runs.seen == []
    one.state = AccountsState("done", (Account("a", "A"),))
    python.unlink()
    one.test("fal")
    assert one.state == AccountsState("failed", (Account("a", "A"),), "fal", "The backend is not installed.")


class Process:
    """A process of models: what it prints, says went wrong, and its code."""

    def __init__(self, lines: list[str], errors: str = "", code: int = 0) -> None:
        self.stdout, self.stderr, self.code = io.StringIO("\n".join(lines)), io.StringIO(errors), code
        self.terminated = 0

    def wait(self) -> int:
        return self.code

    def terminate(self) -> None:
        self.terminated += 1


def run_models(home: Path, monkeypatch: pytest.MonkeyPatch, *processes: Process) -> tuple[Models, list[Any]]:
    seen: list[Any] = []
    left = list(processes)

    def popen(command: Any, **options: Any) -> Process:
        seen.append((command, options))
        return left.pop(0)

    told = SimpleNamespace(Popen=popen, DEVNULL=subprocess.DEVNULL, PIPE=subprocess.PIPE)
    monkeypatch.setattr(models, "subprocess", told)

    class Now:
        def __init__(self, target: Any, args: Any, daemon: bool) -> None:
            self.start = lambda: target(*args)

    monkeypatch.setattr(models, "threading", SimpleNamespace(Thread=Now))
    return Models(home, home), seen


def test_a_download_and_the_list_after_it(home: Path, python: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    progress = '{"done": 1, "total": 4, "eta_seconds": 8, "file": "x/y.bin"}'
    listed = '{"models": [{"name": "m"}], "sets": {"256p": ["m"]}}'
    one, seen = run_models(home, monkeypatch, Process(["noise", progress]), Process([listed]))
    one.download("256p", online=True)
    assert one.busy and one.poll() and not one.busy
    words = [command[1:] for command, _ in seen]
    assert words[0] == ["-m", "backend", "models", "download", "256p", "--json", "--online"]
    assert words[1] == ["-m", "backend", "models", "list", "--json"] and len(words) == 2
    assert seen[0][0][0] == str(python) and seen[0][1]["cwd"] == home and seen[0][1]["env"]["PYTHONUTF8"] == "1"
    assert one.state == ModelsState("done", ({"name": "m"},), {"256p": ["m"]}, 1.0)
    assert not one.poll()


def test_a_link_that_fails_keeps_the_list(home: Path, python: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = '{"error": {"message": "No room.", "fix": "free_space"}}'
    ends = Process([told], "noise", 1), Process([], " one\ntwo \n", 2), Process([], "", 3)
    one, seen = run_models(home, monkeypatch, *ends)
    one.state = ModelsState("done", ({"name": "m"},), fraction=0.5, message="old", fix="old")
    one.link("m", Path("/there"))
    assert seen[0][0][4:] == ["link", "m", "/there"]
    assert one.state == ModelsState("busy", ({"name": "m"},))
    one.poll()
    assert (one.state.state, one.state.message, one.state.fix, len(seen)) == ("failed", "No room.", "free_space", 1)
    for message in ("two", "It failed."):
        one.link("m", Path("/there"))
        one.poll()
        assert (one.state.state, one.state.message, one.state.fix) == ("failed", message, "retry")


def test_a_stop_of_models(home: Path, python: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    process = Process([], "killed", -15)
    one, _ = run_models(home, monkeypatch, process, Process([], "", 1))
    one.cancel()
    one.download("m", online=False)
    one.close()
    one.poll()
    assert process.terminated == 1 and (one.state.state, one.state.message, one.state.fix) == ("cancelled", "", "")
    one.link("m", Path("x"))  # what was stopped before does not stop the next
    one.poll()
    assert one.state.state == "failed"

    def away(*_: Any, **__: Any) -> None:
        raise OSError("no memory")

    monkeypatch.setattr(models.subprocess, "Popen", away)
    one.refresh()
    assert (one.state.state, one.state.message, one.state.fix) == ("failed", "no memory", "open_log")


def test_what_the_keyring_is_asked(home: Path, python: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Runs(monkeypatch, secrets, (0, "hush", ""))
    assert secrets.load(home, "http://a") == "hush"
    secrets.save(home, "http://a", "word")
    secrets.save(home, "http://a", "")
    asked_ = [(command[1:], options["input"], options["timeout"]) for command, options in runs.seen]
    key = ["-m", "backend", "key"]
    assert asked_ == [
        ([*key, "get", "http://a"], "", 15.0),
        ([*key, "set", "http://a"], "word", 15.0),
        ([*key, "delete", "http://a"], "", 15.0),
    ]
    options = runs.seen[0][1]
    assert options["env"]["TAKE_ONE_HOME"] == str(home) and "PYTHONHOME" not in options["env"]
    assert (options["cwd"] / "backend" / "__init__.py").exists() and not (home / "servers.json").exists()
    for answer in ((1, "hush", ""), OSError("x"), subprocess.TimeoutExpired("x", 15)):
        runs.answers[:] = [answer]
        assert secrets.load(home, "http://a") == ""
        secrets.save(home, "http://a", "kept")
        assert secrets.load(home, "http://a") == "kept"
        secrets.save(home, "http://a", "")
    runs.answers[:] = [(1, "", "")]
    secrets.save(home, "http://a", "kept")
    runs.answers[:] = [(0, "", "")]
    secrets.save(home, "http://a", "ring")  # the keyring is there again: the file forgets
    assert json.loads((home / "servers.json").read_text()) == {}


def steps(folder: Path, *sources: str, **more: Any) -> list[Step]:
    return [Step((sys.executable, "-c", source), "At it", folder, **more) for source in sources]


def test_how_a_step_of_an_export_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Any] = []
    ended = SimpleNamespace(stdout=io.StringIO(""), wait=lambda: 0)
    monkeypatch.setattr(export.subprocess, "Popen", lambda *words, **how: (begun.append((words, how)), ended)[1])
    Exporter()._step(Step(("do", "it"), "At it", tmp_path), 0.0, 1.0, {})
    ((words, how),) = begun
    assert words == (("do", "it"),) and how["cwd"] == tmp_path
    pipes = subprocess.DEVNULL, subprocess.PIPE, subprocess.STDOUT
    assert (how["stdin"], how["stdout"], how["stderr"]) == pipes
    assert (how["encoding"], how["errors"]) == ("utf-8", "replace")


def test_an_export_has_its_own_environment_and_first_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONWARNINGS", "x")
    code = "import json, os; e = os.environ; print(json.dumps({'said': [e['A'], e['PYTHONUTF8'], os.getcwd()]}))"
    code += "; print('{broken'); print('[1]'); assert 'PYTHONWARNINGS' not in e"
    called: list[str] = []
    exporter = Exporter()
    exporter.start(steps(tmp_path, code, environment={"A": "b"}), tmp_path / "room", lambda: called.append("first"))
    state = exporter.wait()
    assert state.answer == {"said": ["b", "1", str(tmp_path)], "remarks": []}, state
    assert called == ["first"] and (state.state, state.fraction, state.message) == ("done", 1.0, "")

    def refuse() -> None:
        raise OSError("No room.")

    exporter.start(steps(tmp_path, "raise SystemExit(9)"), tmp_path / "room", refuse)
    assert exporter.wait() == ExportState("failed", message="No room.")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("print('Error: one'); print('error: two'); print('bye'); raise SystemExit(1)", "two"),
        ("print('one'); print(); raise SystemExit(1)", "one"),
        ("raise SystemExit(3)", "The process ended without a word."),
        ("print('error: early'); [print(n) for n in range(30)]; raise SystemExit(1)", "29"),
        ("print('error: late'); [print(n) for n in range(29)]; raise SystemExit(1)", "late"),
    ],
)
def test_the_last_words_of_an_export(source: str, said: str, tmp_path: Path) -> None:
    exporter = Exporter()
    exporter.start(steps(tmp_path, source, "raise SystemExit(0)"), tmp_path / "room")
    assert exporter.wait() == ExportState("failed", message=said)


def test_how_far_an_export_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["Append frame -3", "append frame 1", "Append frame 9", '{"done": 3, "total": 0}']
    lines.append('{"done": "1", "total": 2}')
    process = SimpleNamespace(stdout=[line + "\n" for line in lines], wait=lambda: 0, terminate=lambda: None)
    monkeypatch.setattr(export.subprocess, "Popen", lambda *_, **__: process)
    exporter, answer = Exporter(), dict[str, Any]()
    step = Step(("x",), "Rendering", tmp_path, first=-2, frames=8)
    exporter._step(step, 0.25, 0.5, answer)
    told = [exporter._news.get() for _ in range(4)]
    assert [(one.state, one.stage) for one in told] == [("busy", "Rendering")] * 4 and exporter._news.empty()
    assert [one.fraction for one in told] == [0.25, 0.25, 0.5, 0.75]  # none of 8, 4 of 8, more than all
    assert answer == {"done": "1", "total": 2, "remarks": []}
    exporter._step(step._replace(frames=0), 0.0, 1.0, {})
    assert [exporter._news.get().fraction for _ in range(1)] == [0.0] and exporter._news.empty()


def test_what_is_busy_though_nothing_runs_is_ended_by_a_stop(tmp_path: Path) -> None:
    exporter = Exporter()
    exporter.state = ExportState("busy", "Writing")
    exporter.cancel()
    assert exporter.state == ExportState("cancelled")
    exporter.state = ExportState("busy", "Writing")
    exporter._news.put(ExportState("done"))
    exporter.cancel()
    assert exporter.state.state == "busy" and exporter.wait().state == "done"
    with pytest.raises(ValueError, match="cancelled"):
        exporter._step(Step(("no such program",), "x", tmp_path), 0, 1, {})


def test_how_far_a_download_is(home: Path, python: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, _ = run_models(home, monkeypatch)
    one.state = ModelsState("busy", ({"name": "m"},), {"256p": ["m"]})
    for done, total, fraction in ((0, 0, 0.0), (1, 1, 1.0), (1, 2, 0.5), (3, 8, 0.375)):
        one._lines.put({"done": done, "total": total, "eta_seconds": 8.5, "file": "deep/er/y.bin"})
        assert one.poll()
        assert one.state == ModelsState("busy", ({"name": "m"},), {"256p": ["m"]}, fraction, 8.5, "y.bin")
    one._lines.put({"done": 4, "total": 8, "eta_seconds": None, "file": "y.bin"})
    one._lines.put({"error": {"message": "No room.", "fix": "free_space"}})
    assert one.poll() and one.state[3:] == (0.5, None, "No room.", "free_space")
    one._lines.put({"other": 1})
    assert one.poll() and one.state[3:] == (0.5, None, "No room.", "free_space") and not one.poll()


def test_how_a_command_of_models_is_begun(home: Path, python: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, seen = run_models(home, monkeypatch, Process([]))
    one.refresh()
    one.refresh()  # one at a time
    ((command, how),) = seen
    assert command == [str(python), "-m", "backend", "models", "list", "--json"]
    assert (how["stdin"], how["stdout"], how["stderr"], how["text"]) == (
        *(subprocess.DEVNULL, subprocess.PIPE, subprocess.PIPE),
        True,
    )
    assert how["env"]["TAKE_ONE_HOME"] == str(home) and "PYTHONHOME" not in how["env"]
    one.poll()
    assert one.state == ModelsState("done", fraction=1.0)
    python.unlink()
    one.download("m", online=True)
    assert one.state == ModelsState("failed", message="The backend is not installed.", fix="install")
    assert len(seen) == 1


def test_what_is_not_said_of_an_account() -> None:
    bare = accounts._account({"provider": "p", "label": "P"})
    assert bare == Account("p", "P") == Account("p", "P", "", "", False, False, False, "", "", ())
    flags = ("own_address", "keyless", "workflows")
    for name in flags:
        found = accounts._account({"provider": "p", "label": "P", name: 1})
        assert [getattr(found, flag) for flag in flags] == [flag == name for flag in flags]
    assert (AccountsState(), ModelsState(), ExportState()) == (
        AccountsState("", (), "", ""),
        ModelsState("", (), {}, 0.0, None, "", ""),
        ExportState("", "", 0.0, "", {}),
    )
    assert Step(("a",), "b", Path("c")) == Step(("a",), "b", Path("c"), {}, 0, 0, None)
