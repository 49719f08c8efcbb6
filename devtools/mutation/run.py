"""`dev.py mutate`: each mutant against the tests that run its line, in a copy of the repository."""

from __future__ import annotations

import contextlib
import difflib
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..environments import DEV, ROOT, SetupError, blender, ensure, python_of
from .covering import Cover, cover
from .lines import Recording, environment_of, files_of, record, tests_of

ROOMS = ("backend/", "client/", "scene/", "operators/", "panels/")
COPIES = DEV / "mutation"  # of the repository, by number: each tries one mutant at a time
REPORT = DEV / "reports" / "mutate.json"
SLOWER = 3  # times as long as without a bug, and some seconds: then a mutant hangs, and was found
PATIENCE = 15.0
KERNEL_ROOMS = ("backend/kernels.py", "backend/engines/draft/view/", "backend/media/planes.py")
COMPILING = 120.0  # seconds more for those: with any change there all kernels are compiled anew, 50 s of a processor
MUTANT_KERNELS = "mutation-kernels"  # a copy's own: they would push the real ones out of the shared folder
GRACE = 10.0  # for pytest to end what its tests started


@dataclass(frozen=True)
class Verdict:
    """What came of a module: how many mutants were tried and found, and the diffs of those that were not."""

    module: str
    tried: int
    found: int
    survivors: tuple[str, ...]


def mutate(names: list[str], most: int, minutes: float, seed: int, at_once: int = 1) -> int:
    """Plant bugs in the modules or folders named, or in those that were changed. Returns the exit code.

    Args:
        names: paths from the root, of modules or of folders.
        most: mutants of all of them together, chosen by `seed`; 0 tries every one.
        minutes: when no further mutant is tried.
        at_once: mutants that are tried side by side, each in a copy of the repository.

    Raises:
        SetupError: there is no such module, or its tests fail without a bug.
    """
    modules = _modules(names) if names else _changed()
    if not modules:
        print("Nothing was changed in " + ", ".join(room.rstrip("/") for room in ROOMS) + ": name a module.")
        return 0
    covers = {module: one for module in modules if (one := cover(module)) is not None}
    for module in set(modules) - set(covers):
        print(f"{module}: no tests are named for it in devtools/mutation/covering.py")
    environments = {_environment(one) for one in covers.values()}
    ensure("mutate", "backend", *environments)
    copies = [COPIES / str(number) for number in range(at_once)]
    _copy(copies, {"backend", *environments})
    recordings = {}
    for name in environments:
        tests = [test for one in covers.values() if _environment(one) == name for test in one.tests]
        recordings[name] = record(name, copies[0], tests)
    ends = time.monotonic() + minutes * 60
    planted = _mutants(list(covers), most, seed)
    print(f"\n{len(planted)} mutants of {len(covers)} modules, seed {seed}", flush=True)

    def attempt(mutant: dict[str, Any], copy: Path) -> str:
        one = covers[mutant["module"]]
        return _try(mutant, copy, one, recordings[_environment(one)])

    tried = try_all(planted, copies, ends, attempt)
    verdicts = [Verdict(name, len(came), came.count(""), tuple(filter(None, came))) for name, came in tried.items()]
    _report(sorted(verdicts, key=lambda one: one.module), set(modules) - set(tried))
    return 1 if any(verdict.survivors for verdict in verdicts) else 0


def try_all(
    planted: Sequence[dict[str, Any]],
    copies: Sequence[Path],
    ends: float,
    attempt: Callable[[dict[str, Any], Path], str],
) -> dict[str, list[str]]:
    """What came of each mutant, by module, until the clock shows `ends`. A copy has one at a time."""
    tried: dict[str, list[str]] = {}
    left = iter(planted)
    over = threading.Event()

    def work(copy: Path) -> None:
        while not over.is_set() and time.monotonic() < ends and (mutant := next(left, None)) is not None:
            came = attempt(mutant, copy)
            tried.setdefault(mutant["module"], []).append(came)

    with ThreadPoolExecutor(len(copies)) as pool:
        try:
            list(pool.map(work, copies))
        except KeyboardInterrupt:  # what was found out until then counts
            over.set()
    return tried


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


def _copy(copies: Sequence[Path], environments: set[str]) -> None:
    """The repository beside itself, so that nobody works on a file that has a bug planted in it."""
    listed = _git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    shutil.rmtree(COPIES, ignore_errors=True)
    first = copies[0]
    for name in listed:
        source, target = ROOT / name, first / name
        if name and source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    (first / ".dev").symlink_to(DEV, target_is_directory=True)
    # Python takes a compiled file by time and size, which a mutant written at once may share: by hash, then.
    for name in environments:
        command = [str(python_of(name)), "-m", "compileall", "-q", "--invalidation-mode", "checked-hash"]
        rooms = [str(first / room) for room in (*ROOMS, "devtools", "tests")]
        subprocess.run([*command, *rooms, str(first / "__init__.py")], capture_output=True)
    for copy in copies[1:]:
        shutil.copytree(first, copy, symlinks=True)


def _try(mutant: dict[str, Any], copy: Path, by: Cover, recordings: list[Recording]) -> str:
    """The mutant's diff where no test notices it, else nothing."""
    path = copy / mutant["module"]
    source = path.read_text(encoding="utf-8")
    tests, seconds = tests_of(recordings, mutant["module"], source, mutant["line"])
    if not tests:
        tests, seconds = files_of(recordings, by.tests)
    began = time.monotonic()
    try:
        path.write_text(mutant["code"], encoding="utf-8")
        limit, variables = limit_of(mutant["module"], seconds), variables_of(mutant["module"], copy)
        if tests and _found(copy, _environment(by), tests, limit, variables):
            return ""
    finally:
        path.write_text(source, encoding="utf-8")
        shutil.rmtree(copy / MUTANT_KERNELS, ignore_errors=True)
    against = f"{len(tests)} tests, {time.monotonic() - began:.1f} s" if tests else "no test runs this line"
    diff = _diff(source, mutant)
    print(f"{diff}\n    ({against})", flush=True)
    return diff


def limit_of(module: str, seconds: float) -> float:
    """Seconds until a mutant of this module hangs, where its tests take so many without a bug."""
    return SLOWER * seconds + PATIENCE + (COMPILING if module.startswith(KERNEL_ROOMS) else 0.0)


def variables_of(module: str, copy: Path) -> dict[str, str]:
    """The variables to try a mutant of this module with, in this copy."""
    own = {"NUMBA_CACHE_DIR": str(copy / MUTANT_KERNELS)} if module.startswith(KERNEL_ROOMS) else {}
    return {**environment_of(), **own}


def _mutants(modules: list[str], most: int, seed: int) -> list[dict[str, Any]]:
    command = [str(python_of("mutate")), "-m", "devtools.mutation.mutants", str(most), str(seed), *modules]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise SetupError(f"There is a module that can't be mutated:\n{done.stderr[-2000:]}")
    listed: list[dict[str, Any]] = json.loads(done.stdout)
    return listed


def _found(copy: Path, environment: str, tests: list[str], limit: float, variables: dict[str, str]) -> bool:
    """Whether the tests fail, or take longer than `limit` seconds."""
    command = [str(python_of(environment)), "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    process = subprocess.Popen(
        command,
        cwd=copy,
        env=variables,
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


def _diff(source: str, mutant: dict[str, Any]) -> str:
    lines = difflib.unified_diff(source.splitlines(), mutant["code"].splitlines(), lineterm="", n=0)
    changed = [line for line in list(lines)[2:] if not line.startswith("@@")]
    return "\n".join(
        [f"{mutant['module']}:{mutant['line']}: {mutant['operator']}", *("    " + line for line in changed)]
    )


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
