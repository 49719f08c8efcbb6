"""Which tests run which lines, by coverage.py's contexts: a mutant is tried against the tests that run its line.

What a test runs by itself is known by its function, what its fixtures and processes run by its file. A recording holds
until the code, the tests' helpers or its file change.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..environments import DEV, python_of, run_environment

RECORDS = DEV / "mutation-lines"
CODE = ("backend", "client", "integrations")
COMPILED = {"kernel", "helper"}  # decorators of what Numba compiles: coverage.py sees nothing inside
OF_BLENDER = ("scene", "operators", "panels")  # which no other environment's tests run
SETTINGS = """[run]
dynamic_context = test_function
parallel = true
sigterm = true
patch = subprocess, _exit
source =
{source}
"""
MOST = 45.0  # seconds of tests for one mutant: the quickest of those that run its line
RECORDING = 900.0  # seconds for one file; a test that hangs must not hold up the rest

Ran = dict[str, dict[str, list[int]]]  # by module, by test ("file::function", or "file"): the lines that it runs


@dataclass(frozen=True)
class Recording:
    """What the tests of one file run, how many they are, and the seconds they took together."""

    file: str
    seconds: float
    functions: int
    ran: Ran


def record(environment: str, root: Path, tests: Iterable[str]) -> list[Recording]:
    """Run each test file once, without a bug, and keep what it ran. `root` is the repository's copy.

    A file whose tests fail is named and left out: it would find every mutant.
    """
    rooms = (*CODE, "tests") if environment == "test" else (*CODE, *OF_BLENDER, "tests")
    paths = (path for room in rooms for path in (root / room).rglob("*.py"))
    code = _hash(root, (path for path in paths if not path.name.startswith("test_")))
    found = []
    for file in _files(root, tests):
        kept = RECORDS / f"{_hash(root, [root / file], environment + code)}.json"
        if kept.exists():
            found.append(Recording(**json.loads(kept.read_text(encoding="utf-8"))))
            continue
        recording = _record(environment, root, file)
        if recording is None:
            print(f"{file} fails, or hangs, without a bug: left out", flush=True)
            continue
        print(f"{file}: {recording.seconds:.1f} s", flush=True)
        RECORDS.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(vars(recording)), encoding="utf-8")
        found.append(recording)
    return found


def tests_of(recordings: list[Recording], module: str, source: str, line: int) -> tuple[list[str], float]:
    """The tests that run a line of a module, the quickest first, as many as take `MOST` seconds, and their seconds.

    What runs as the module is imported is tried against all tests that run something in it, what is compiled against
    all that run something in its folder. A function counts as its share of its file.
    """
    tree = ast.parse(source)
    lines, compiled = _lines_with(tree, line), _is_compiled(tree, line)
    folder = module.rpartition("/")[0]
    running: dict[str, float] = {}
    for one in recordings:
        near = [
            ran for name, ran in one.ran.items() if name == module or (compiled and name.rpartition("/")[0] == folder)
        ]
        tests = {test for ran in near for test, of in ran.items() if not lines or lines.intersection(of)}
        functions = tests - {one.file}
        if one.file in tests and (lines or not functions):  # each file that imports the module stands there too
            running[one.file] = one.seconds
        else:
            running |= dict.fromkeys(functions, one.seconds / max(1, one.functions))
    return _quickest(running)


def files_of(recordings: list[Recording], named: Iterable[str]) -> tuple[list[str], float]:
    """The files named (or of the folders named), as `tests_of`: for a line that nothing is known to run. A process that
    a test kills has told of none of its lines."""
    places = tuple(named)
    return _quickest({one.file: one.seconds for one in recordings if one.file.startswith(places)})


def _quickest(running: dict[str, float]) -> tuple[list[str], float]:
    chosen: list[str] = []
    total = 0.0
    for test in sorted(running, key=lambda test: (running[test], test)):
        if not chosen or total + running[test] <= MOST:
            chosen.append(test)
            total += running[test]
    return chosen, total


def _lines_with(tree: ast.Module, line: int) -> set[int]:
    """The lines of the statement that `line` belongs to, without those of its body; of a function's head, the lines of
    its body; none for what runs as the module is imported, and for what is compiled."""
    function: ast.stmt | None = None
    inner: ast.stmt = tree.body[0]
    for node in _statements(tree, line):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            function = node
        inner = node
    if function is None or _is_compiled(tree, line):
        return set()
    if inner is function:
        return set(range(function.body[0].lineno, (function.end_lineno or 0) + 1))  # type: ignore[attr-defined]
    body = getattr(inner, "body", None)
    last = body[0].lineno - 1 if body else inner.end_lineno or inner.lineno
    return set(range(inner.lineno, max(last, inner.lineno) + 1))


def _is_compiled(tree: ast.Module, line: int) -> bool:
    return any(
        isinstance(one, ast.Name) and one.id in COMPILED
        for node in _statements(tree, line)
        for one in getattr(node, "decorator_list", ())
    )


def _statements(tree: ast.AST, line: int) -> Iterator[ast.stmt]:
    """Those that hold a line, from the outside in."""
    for node in ast.iter_child_nodes(tree):
        first = min([getattr(node, "lineno", 0), *(one.lineno for one in getattr(node, "decorator_list", []))])
        if isinstance(node, ast.stmt) and first <= line <= (node.end_lineno or 0):
            yield node
        if not hasattr(node, "lineno") or first <= line <= (getattr(node, "end_lineno", 0) or 0):
            yield from _statements(node, line)


def _files(root: Path, tests: Iterable[str]) -> list[str]:
    found: dict[str, None] = {}
    for test in tests:
        path = root / test
        for file in sorted(path.rglob("test_*.py")) if path.is_dir() else [path]:
            found[file.relative_to(root).as_posix()] = None
    return list(found)


def _hash(root: Path, paths: Iterable[Path], more: str = "") -> str:
    digest = hashlib.sha256(more.encode())
    for path in sorted(paths):
        digest.update(f"{path.relative_to(root).as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:32]


def _record(environment: str, root: Path, file: str) -> Recording | None:
    """None where a test fails, or takes too long."""
    functions = set(re.findall(r"^(?:async )?def (test\w*)", (root / file).read_text(encoding="utf-8"), re.MULTILINE))
    python = [str(python_of(environment)), "-m", "coverage"]
    with tempfile.TemporaryDirectory() as folder:
        settings, data, out = (Path(folder) / name for name in ("settings", "data", "out.json"))
        settings.write_text(SETTINGS.format(source="\n".join(f"    {root / room}" for room in (*CODE, *OF_BLENDER))))
        with_settings = [f"--rcfile={settings}", f"--data-file={data}"]
        run = [*python, "run", *with_settings, f"--context={file}", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        began = time.monotonic()
        try:
            done = subprocess.run([*run, file], cwd=root, env=environment_of(), capture_output=True, timeout=RECORDING)
        except subprocess.TimeoutExpired:
            return None
        seconds = time.monotonic() - began
        if done.returncode != 0:
            return None
        for words in (["combine", "-q", *with_settings], ["json", "-q", "--show-contexts", *with_settings, "-o", out]):
            subprocess.run([*python, *map(str, words)], cwd=root, env=run_environment(), capture_output=True)
        if not out.exists():
            return Recording(file, seconds, len(functions), {})
        report = json.loads(out.read_text(encoding="utf-8"))
    return Recording(file, seconds, len(functions), _ran(report, file, functions))


def environment_of() -> dict[str, str]:
    """The variables that tests run with: without a Blender's window."""
    return {**run_environment(), "BLENDER": ""}


def _ran(report: dict, file: str, functions: set[str]) -> Ran:
    """By module and test, from coverage.py's report. A test that is not at the top of its file counts as the file."""
    found: Ran = {}
    for module, facts in report["files"].items():
        tests: dict[str, set[int]] = {}
        for line, contexts in facts["contexts"].items():
            for context in contexts:
                name = context.partition("|")[2].rpartition(".")[2]
                tests.setdefault(f"{file}::{name}" if name in functions else file, set()).add(int(line))
        found[module] = {test: sorted(lines) for test, lines in tests.items()}
    return found
