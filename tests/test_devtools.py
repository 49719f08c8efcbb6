"""What dev.py promises: a test that passes only on its second try has failed, and locks hold what they should."""

from __future__ import annotations

import ast
import math
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from devtools import environments, lock, testing
from devtools.environments import SetupError
from devtools.mutation import lines, mutants, run
from devtools.mutation.covering import COVERS, cover
from devtools.mutation.edits import edits
from devtools.testing import Count

ROOT = Path(__file__).resolve().parents[1]
FILE = "tests/test_devtools.py"
NUMPY = "numpy==2.4.6 \\\n    --hash=sha256:aa\n"
TORCH = "torch==2.13.0 ; sys_platform == 'linux' \\\n    --hash=sha256:bb\n"
TWICE = "zipp==1 ; python_version < '3.12' \\\n    --hash=sha256:cc\nzipp==2 \\\n    --hash=sha256:dd\n"


def report(path: Path, failed: bool) -> None:
    case = '<testcase classname="tests.test_devtools" name="a">' + ("<failure/>" if failed else "") + "</testcase>"
    path.write_text(f"<testsuites><testsuite tests='1'>{case}</testsuite></testsuites>")


@pytest.mark.parametrize(("again", "verdict"), [(False, "passes the second time"), (True, "fails again")])
def test_a_second_try_tells_what_is_flaky_and_has_failed_all_the_same(
    again: bool, verdict: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[list[str]] = []

    def run(part: str, _environment: str, paths: list[str], *_: object) -> Count:
        runs.append(paths)
        failed = again or len(runs) == 1
        report(tmp_path / f"{part}.xml", failed)
        return Count(9, 1) if len(runs) == 1 else Count(1 - failed, int(failed))

    monkeypatch.setattr(testing, "REPORTS", tmp_path)
    monkeypatch.setattr(testing, "_pytest_once", run)
    with (tmp_path / "log").open("w") as log:
        count = testing._pytest("a part", "test", ["tests"], log)
    assert runs == [["tests"], [FILE]]
    assert (count.passed, count.failed) == (9, 1)
    assert count.note == f"test_devtools.py {verdict}"


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (["blender-5.2"], ["blender-5.2", "blender-5.2-stills"]),
        (["gui-service", "house"], ["gui-service", "house"]),
        (["gui"], ["gui", "gui-service"]),
        (["backend"], ["backend-jobs", "backend"]),
        (["blender-5.2-stills"], ["blender-5.2-stills"]),
    ],
)
def test_a_part_is_named_with_those_that_it_was_divided_into(
    wanted: list[str], names: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = {name: lambda _log: Count(1) for name in testing._parts()}
    monkeypatch.setattr(testing, "_parts", lambda: parts)
    monkeypatch.setattr(testing, "_ensure", lambda _names: None)
    monkeypatch.setattr(testing, "_compile", lambda: None)
    assert testing.test(wanted) == 0
    said = capsys.readouterr().out
    assert [line.split()[0] for line in said.splitlines() if " passed  " in line] == names
    assert f"\n{len(names)} passed, 0 failed" in said


def test_every_test_file_is_run_by_one_part(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given: dict[str, list[str]] = {}
    monkeypatch.setattr(testing, "_pytest", lambda part, _environment, paths, *_: given.update({part: paths}))
    monkeypatch.setattr(testing, "possible", lambda _name: True)
    monkeypatch.setattr(environments, "blender", lambda: "blender-5.2")
    monkeypatch.setattr(testing.build, "build", lambda _out: tmp_path)
    monkeypatch.setenv("BLENDER", "blender")
    for name, part in testing._parts().items():
        if name != "lint":
            part(None)
    files = [path for path in (ROOT / "tests").rglob("test_*.py") if "data" not in path.parts]
    runs = {part: {path for path in files if runs_in(path, paths)} for part, paths in given.items()}
    older = runs.pop("blender-4.5")
    assert sorted(path for one in runs.values() for path in one) == sorted(files)
    once = {ROOT / path for path in testing.ONCE}
    assert older == {path for path in files if path.parts[len(ROOT.parts) + 1] == "blender"} - once
    assert once and all(path.is_file() for path in once)


def runs_in(file: Path, arguments: list[str]) -> bool:
    """Whether pytest, with these arguments, runs a file."""
    left_out = [ROOT / word.partition("=")[2] for word in arguments if word.startswith("--ignore=")]
    named = [ROOT / word for word in arguments if not word.startswith("--")]
    return any(file.is_relative_to(path) for path in named) and not any(file.is_relative_to(path) for path in left_out)


def test_uv_is_told_what_pip_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIP_FIND_LINKS", "PIP_CERT", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "pip.conf").write_text(
        "[global]\nindex-url = https://in.house/simple\ncert = /etc/a.pem\n[install]\nfind-links = /a /b\n"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("PIP_INDEX_URL", "https://name:secret@other.house/simple")
    told: list[dict[str, str]] = []
    monkeypatch.setattr(environments, "_run", lambda _name, command, variables: told.append(variables))
    environments.pip_settings.cache_clear()
    try:
        assert environments._made_by_uv(environments.KINDS["backend"], Path("python"), Path("uv"))
    finally:
        environments.pip_settings.cache_clear()
    wanted = {
        "UV_INDEX_URL": "https://name:secret@other.house/simple",
        "UV_FIND_LINKS": "/a,/b",
        "SSL_CERT_FILE": "/etc/a.pem",
    }
    assert {name: value for name, value in told[0].items() if name in wanted} == wanted


def test_where_uv_fails_pip_makes_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def run(_name: str, command: list[str], _variables: dict[str, str] | None = None) -> None:
        ran.append(command)
        if "venv" in command:
            Path(command[-1]).mkdir()
        if command[0] == "uv":
            raise SetupError("its index can't be reached")

    kind = environments.KINDS["lock"]
    monkeypatch.setattr(environments, "DEV", tmp_path)
    monkeypatch.setattr(environments, "_run", run)
    monkeypatch.setattr(environments, "pip_wheel", lambda: Path("pip.whl"))
    monkeypatch.setattr(environments, "pip_settings", dict)
    environments._make(kind, Path("uv"))
    assert [command[0] for command in ran[1:]] == ["uv", str(environments.python_of("lock"))]
    assert ran[-1][-2:] == ran[-2][-2:] == ["-r", kind.lock]
    assert {"--require-hashes", "--no-deps"} <= set(ran[-1]) & set(ran[-2])
    assert (tmp_path / "lock" / environments.STAMP).exists()
    for uv, settings in ((None, {}), (Path("uv"), {"proxy": "http://in.house"}), (Path("uv"), {"no-index": "true"})):
        ran.clear()
        monkeypatch.setattr(environments, "pip_settings", lambda settings=settings: settings)
        environments._make(kind, uv)
        assert ran and not any(command[0] == "uv" for command in ran)


def test_torch_is_apart_in_the_locks() -> None:
    packages = lock._read(f"# a comment\n{NUMPY}{TORCH}{TWICE}")
    assert packages == {"numpy": NUMPY, "torch": TORCH, "zipp": TWICE}
    chosen = {one.target: list(lock._chosen(one, packages)) for one in lock.LOCKS if not one.beside}
    assert chosen["backend/requirements/gpu"] == ["numpy", "zipp"]
    assert chosen["backend/requirements/torch"] == ["torch"]
    assert chosen["devtools/requirements/test"] == ["numpy", "zipp"]


def test_every_module_has_tests_that_a_mutant_is_tried_against() -> None:
    for one in COVERS.values():
        assert one.tests and all((ROOT / test).exists() for test in one.tests), one
    for room in ("backend", "client", "scene", "operators", "panels", "integrations"):
        for module in (ROOT / room).rglob("*.py"):
            name = module.relative_to(ROOT).as_posix()
            assert module.name == "__init__.py" or cover(name) is not None, f"{name} is not in covering.py"
    longest = cover("backend/jobs/request.py")
    assert longest is not None and longest.tests[0] == "tests/backend/jobs/test_request.py"
    assert cover("devtools/lock.py") is None


def planted(source: str) -> set[str]:
    lines = source.splitlines(keepends=True)
    made = set()
    for edit in edits(source):
        (line, start), (last, end) = edit.start, edit.end
        assert line == last
        text = lines[line - 1]
        made.add("".join([*lines[: line - 1], text[:start] + edit.text + text[end:], *lines[line:]]))
    return made


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("x = any(y)", {"x = all(y)"}),
        ("x = f(a, b)", {"x = f(b, a)"}),
        ("f(a, a)", {"pass"}),
        ("x = a and b", {"x = ((b))", "x = ((a))"}),
        ("x = a or b or c", {"x = ((b) or (c))", "x = ((a) or (c))", "x = ((a) or (b))"}),
        ("x = min(a, 2)", {"x = max(a, 2)", "x = (a)", "x = (2)"}),
        ("a.b = c", {"pass"}),
        ("a[0] += 1", {"pass"}),
        ("x = 1", set()),
        ("def f(): return isinstance(a, b)", set()),
        ("x = a.f(b, c)", {"x = a.f(c, b)"}),
        ("x = np.maximum(a, b)", set()),
    ],
)
def test_bugs_that_people_write(source: str, wanted: set[str]) -> None:
    assert planted(source) == wanted


SOURCE = """\
import os

LIMIT = 4


@cached
def first(a, b=2):
    if (a and
            b):
        a = 1
    return a


class Kind:
    name = "x"

    def second(self):
        return 5
"""


@pytest.mark.parametrize(
    ("line", "wanted"),
    [(3, set()), (6, {8, 9, 10, 11}), (7, {8, 9, 10, 11}), (9, {8, 9}), (10, {10}), (15, set()), (18, {18})],
)
def test_the_lines_that_tell_who_runs_a_line(line: int, wanted: set[int]) -> None:
    assert lines._lines_with(ast.parse(SOURCE), line) == wanted


@pytest.mark.parametrize("by", ["kernel", "helper"])
def test_lines_that_are_compiled_are_known_as_those_that_run_at_import(by: str) -> None:
    source = SOURCE.replace("@cached", f"@{by}")
    assert [lines._lines_with(ast.parse(source), line) for line in (6, 7, 9, 10, 18)] == [set()] * 4 + [{18}]
    one = lines.Recording("tests/test_one.py", 4.0, 2, {"backend/a.py": {"tests/test_one.py::test_wide": [3, 18]}})
    assert lines.tests_of([one], "backend/a.py", source, 10) == (["tests/test_one.py::test_wide"], 2.0)


def test_mutants_are_tried_side_by_side_each_once_and_no_two_in_a_copy() -> None:
    copies = [Path("a"), Path("b"), Path("c")]
    planted = [{"module": f"m{number % 2}.py", "line": number} for number in range(12)]
    together, busy = threading.Barrier(len(copies)), set()

    def attempt(mutant: dict[str, Any], copy: Path) -> str:
        assert copy not in busy
        busy.add(copy)
        together.wait(20)  # all copies are at work
        busy.remove(copy)
        return "" if mutant["line"] < 4 else str(mutant["line"])

    tried = run.try_all(planted, copies, math.inf, attempt)
    assert {name: sorted(came) for name, came in tried.items()} == {
        "m0.py": ["", "", "10", "4", "6", "8"],
        "m1.py": ["", "", "11", "5", "7", "9"],
    }
    assert run.try_all(planted, copies, 0.0, attempt) == {}


def test_a_mutant_is_tried_against_the_quickest_tests_that_run_its_line() -> None:
    module = "backend/a.py"
    one = lines.Recording("tests/test_one.py", 4.0, 1, {module: {"tests/test_one.py::test_wide": [8, 10, 11, 18]}})
    two = lines.Recording(
        "tests/test_two.py",
        5.0,
        2,
        {module: {"tests/test_two.py::test_sharp": [8, 10], "tests/test_two.py::test_other": [18]}},
    )
    far = lines.Recording("tests/test_far.py", 40.5, 3, {module: {"tests/test_far.py": [3, 7, 11]}, "backend/b.py": {}})
    every = [one, two, far]
    assert lines.tests_of(every, module, SOURCE, 10) == (
        ["tests/test_two.py::test_sharp", "tests/test_one.py::test_wide"],
        6.5,
    )
    assert lines.tests_of(every, module, SOURCE, 11) == (["tests/test_one.py::test_wide", "tests/test_far.py"], 44.5)
    at_import = ["test_two.py::test_other", "test_two.py::test_sharp", "test_one.py::test_wide"]
    assert lines.tests_of(every, module, SOURCE, 3)[0] == [f"tests/{name}" for name in at_import]
    late = lines.Recording("tests/test_late.py", 1.0, 1, {module: {"tests/test_late.py": [11]}})
    chosen, seconds = lines.tests_of([*every, late], module, SOURCE, 11)  # all would take too long
    assert (chosen, seconds) == (["tests/test_late.py", "tests/test_one.py::test_wide"], 5.0)
    assert lines.tests_of([far], module, SOURCE, 11) == (["tests/test_far.py"], 40.5)
    assert lines.tests_of([two], module, SOURCE, 11) == ([], 0)
    assert lines.files_of(every, ["tests/test_far.py", "tests/test_one.py"]) == (
        ["tests/test_one.py", "tests/test_far.py"],
        44.5,
    )
    assert lines.files_of(every, ["tests"]) == (["tests/test_one.py", "tests/test_two.py"], 9.0)


def test_what_is_compiled_is_tried_against_all_that_run_something_in_its_folder() -> None:
    source = "import x\n\n\n@kernel\ndef fill(a):\n    a[0] = 1\n\n\ndef call(a):\n    fill(a)\n"
    ran = {
        "view/fuse.py": {"t.py": [1]},
        "view/draw.py": {"t.py::test_a": [7]},
        "view/deep/b.py": {"t.py::test_b": [7]},
    }
    recordings = [lines.Recording("t.py", 2.0, 2, ran)]
    assert lines.tests_of(recordings, "view/fuse.py", source, 6) == (["t.py::test_a"], 1.0)
    assert lines.tests_of(recordings, "view/fuse.py", source, 10) == ([], 0)


def test_a_context_is_a_test_of_the_file_or_the_file() -> None:
    contexts = {"3": ["tests/test_a.py", "tests/test_a.py|tests.test_a.test_x"], "5": ["tests/test_a.py|b.test_y"]}
    report = {"files": {"backend/a.py": {"contexts": contexts}}}
    found = lines._ran(report, "tests/test_a.py", {"test_x"})
    assert found == {"backend/a.py": {"tests/test_a.py": [3, 5], "tests/test_a.py::test_x": [3]}}


def test_what_only_guards_or_saves_time_is_no_place_for_a_bug() -> None:
    source = "@dataclass(frozen=True, order=True)\nclass A:\n    pass\n\n\n@cache\ndef f():\n    pass\n"
    assert sorted(mutants._spared(ast.parse(source))) == [((1, 18), (1, 22)), ((6, 0), (6, 6))]


def test_what_no_test_could_tell_is_spared() -> None:
    """Log lines, how long something is waited for, and what runs on another platform."""
    source = (
        'LOG.info("a", 5)\n'
        "time.sleep(0.1)\n"
        "run(3, timeout=4)\n"
        f'if sys.platform == "{sys.platform}":\n    x = 1\nelse:\n    y = 2\n'
        'if os.name != "no such system":\n    x = 3\nelse:\n    y = 4\n'
        'if sys.platform == "no such system":\n    z = 5\n'
        "if x == 1:\n    z = 6\n"
    )
    lines_of = source.splitlines()
    spared = {lines_of[first[0] - 1][first[1] : last[1]].strip() for first, last in mutants._spared(ast.parse(source))}
    assert spared == {
        'LOG.info("a", 5)',
        "0.1",
        "4",
        f'sys.platform == "{sys.platform}"',
        "y = 2",
        'os.name != "no such system"',
        "y = 4",
        'sys.platform == "no such system"',
        "z = 5",
    }


def test_what_follows_a_return_on_this_platform_is_spared() -> None:
    source = (
        "def f():\n"
        '    if os.name != "no such system":\n        return 1\n'
        "    a = 2\n    return a\n\n\n"
        "def g():\n"
        '    if os.name == "no such system":\n        return 3\n'
        "    return 4\n"
    )
    assert ((4, 4), (5, 12)) in list(mutants._spared(ast.parse(source)))
    assert not any(first <= (11, 11) < last for first, last in mutants._spared(ast.parse(source)))
