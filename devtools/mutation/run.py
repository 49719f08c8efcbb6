"""`dev.py mutate`: each mutant of a module against the tests that cover it, in a copy of the repository."""

from __future__ import annotations

import contextlib
import difflib
import json
import os
import random
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..environments import DEV, ROOT, SetupError, blender, ensure, python_of, run_environment
from .covering import Cover, cover

ROOMS = ("backend/", "client/", "scene/", "operators/", "panels/")
COPY = DEV / "mutation"
REPORT = DEV / "reports" / "mutate.json"
SLOWER = 3  # times as long as without a bug, and some seconds: then a mutant hangs, and was found
PATIENCE = 15.0
GRACE = 10.0  # for pytest to end what its tests started


@dataclass(frozen=True)
class Verdict:
    """What came of a module: how many mutants were tried and found, and the diffs of those that were not."""

    module: str
    tried: int
    found: int
    survivors: tuple[str, ...]


def mutate(names: list[str], most: int, minutes: float, seed: int) -> int:
    """Plant bugs in the modules or folders named, or in those that were changed. Returns the exit code.

    Args:
        names: paths from the root, of modules or of folders.
        most: mutants of a module, chosen by `seed`; 0 tries them all.
        minutes: when no further mutant is tried.

    Raises:
        SetupError: there is no such module, or its tests fail without a bug.
    """
    modules = _modules(names) if names else _changed()
    if not modules:
        print("Nothing was changed in " + ", ".join(room.rstrip("/") for room in ROOMS) + ": name a module.")
        return 0
    covers = {module: cover(module) for module in modules}
    ensure("mutate", "backend", *{_environment(one) for one in covers.values() if one is not None})
    _copy()
    ends = time.monotonic() + minutes * 60
    verdicts = []
    for module, one in covers.items():
        if one is None:
            print(f"{module}: no tests are named for it in devtools/mutation/covering.py")
        elif time.monotonic() < ends:
            verdicts.append(_of_module(module, one, most, ends, seed))
    _report(verdicts, set(modules) - {verdict.module for verdict in verdicts})
    return 1 if any(verdict.survivors for verdict in verdicts) else 0


def _modules(names: list[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        path = (ROOT / name).resolve()
        if path.is_dir():
            found += [one.relative_to(ROOT).as_posix() for one in sorted(path.rglob("*.py"))]
        elif path.is_file() and path.suffix == ".py":
            found.append(path.relative_to(ROOT).as_posix())
        else:
            raise SetupError(f"There is no module {name}. Name a file or a folder, from the root.")
    return [name for name in dict.fromkeys(found) if not name.endswith("__init__.py")]


def _changed() -> list[str]:
    """What differs from where this branch left main, or from the commit before where this is main."""
    base = _git("merge-base", "HEAD", "main") or _git("rev-parse", "HEAD~1")
    if base == _git("rev-parse", "HEAD") and not _git("status", "--porcelain", "--untracked-files=no"):
        base = _git("rev-parse", "HEAD~1")
    names = _git("diff", "--name-only", "--diff-filter=d", base).splitlines()
    return [name for name in names if name.startswith(ROOMS) and name.endswith(".py") and "__init__" not in name]


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True).stdout.strip()


def _environment(one: Cover) -> str:
    return blender() if one.environment == "blender" else one.environment


def _copy() -> None:
    """The repository beside itself, so that nobody works on a file that has a bug planted in it."""
    listed = _git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    shutil.rmtree(COPY, ignore_errors=True)
    for name in listed:
        source, target = ROOT / name, COPY / name
        if name and source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    (COPY / ".dev").symlink_to(DEV, target_is_directory=True)
    # Python takes a compiled file by time and size, which a mutant written at once may share: by hash, then.
    for name in ("backend", "test", "blender-5.2", "blender-4.5"):
        if python_of(name).exists():
            command = [str(python_of(name)), "-m", "compileall", "-q", "--invalidation-mode", "checked-hash"]
            rooms = [str(COPY / room) for room in (*ROOMS, "devtools", "tests")]
            subprocess.run([*command, *rooms, str(COPY / "__init__.py")], capture_output=True)


def _of_module(module: str, one: Cover, most: int, ends: float, seed: int) -> Verdict:
    source = (COPY / module).read_text(encoding="utf-8")
    listed = _mutants(COPY / module)
    chosen = listed
    if 0 < most < len(listed):
        chosen = sorted(random.Random(f"{seed} {module}").sample(listed, most), key=lambda mutant: mutant["line"])
    began = time.monotonic()
    if chosen and _found(one, None):
        raise SetupError(f"{module}: its tests fail, or hang, without a bug: {' '.join(one.tests)}")
    usual = time.monotonic() - began
    limit = SLOWER * usual + PATIENCE
    print(f"\n{module}: {len(chosen)} of {len(listed)} mutants, {usual:.1f} s a run", flush=True)
    tried, survivors = 0, []
    try:
        for mutant in chosen:
            if time.monotonic() > ends:
                break
            (COPY / module).write_text(mutant["code"], encoding="utf-8")
            tried += 1
            if not _found(one, limit):
                survivors.append(_diff(module, source, mutant))
                print(survivors[-1], flush=True)
    finally:
        (COPY / module).write_text(source, encoding="utf-8")
    print(f"{module}: {_share(tried - len(survivors), tried)}", flush=True)
    return Verdict(module, tried, tried - len(survivors), tuple(survivors))


def _mutants(path: Path) -> list[dict[str, Any]]:
    command = [str(python_of("mutate")), "-m", "devtools.mutation.mutants", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise SetupError(f"{path.name} can't be mutated:\n{done.stderr[-2000:]}")
    listed: list[dict[str, Any]] = json.loads(done.stdout)
    return listed


def _found(one: Cover, limit: float | None) -> bool:
    """Whether the tests fail, or take longer than `limit` seconds."""
    command = [str(python_of(_environment(one))), "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *one.tests]
    process = subprocess.Popen(
        command,
        cwd=COPY,
        env={**run_environment(), "BLENDER": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return process.wait(limit) != 0
    except subprocess.TimeoutExpired:
        return True
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends what is left of a run: pytest first by itself, so that it ends the servers that its tests started."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()
    process.wait()


def _diff(module: str, source: str, mutant: dict[str, Any]) -> str:
    lines = difflib.unified_diff(source.splitlines(), mutant["code"].splitlines(), lineterm="", n=0)
    changed = [line for line in list(lines)[2:] if not line.startswith("@@")]
    return "\n".join([f"{module}:{mutant['line']}: {mutant['operator']}", *("    " + line for line in changed)])


def _share(found: int, tried: int) -> str:
    return f"{found} of {tried} found" + (f", {100 * found / tried:.0f} %" if tried else "")


def _report(verdicts: list[Verdict], left: set[str]) -> None:
    print()
    for verdict in verdicts:
        print(f"{verdict.module:<56} {_share(verdict.found, verdict.tried)}")
    for module in sorted(left):
        print(f"{module:<56} not tried")
    print(f"\n{_share(sum(one.found for one in verdicts), sum(one.tried for one in verdicts))}", flush=True)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps([vars(one) for one in verdicts], indent=1), encoding="utf-8")
