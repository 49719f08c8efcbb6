"""`dev.py bench`: runs the scripts of bench/, one after the other. Each prints its figures and what it
compares with."""

from __future__ import annotations

import subprocess
import time

from .environments import ROOT, SetupError, blender, ensure, python_of, run_environment


def bench(names: list[str], arguments: list[str]) -> int:
    """Run the named benchmarks ("draft/speed"), or all that need no graphics card. `arguments` go
    to the script, where one is named. Raises SetupError."""
    room = ROOT / "bench"
    found = {path.relative_to(room).with_suffix("").as_posix(): path for path in sorted(room.rglob("*.py"))}
    scripts = {name: path for name, path in found.items() if _is_script(path.read_text())}
    unknown = [name for name in names if name not in scripts]
    if unknown:
        raise SetupError(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(scripts)}.")
    if arguments and len(names) != 1:
        raise SetupError(f"{' '.join(arguments)}: arguments are for one benchmark; name it.")
    ensure("test", "backend", blender())
    failed = []
    for name in names or [name for name in scripts if not name.startswith("happyhorse/")]:
        print(f"\n=== {name} " + "=" * max(0, 90 - len(name)), flush=True)
        began = time.monotonic()
        command = [str(python_of("test")), str(scripts[name]), *arguments]
        env = {**run_environment(), "PYTHONPATH": str(ROOT)}
        if subprocess.run(command, cwd=str(ROOT), env=env).returncode != 0:
            failed.append(name)
        print(f"({name}: {time.monotonic() - began:.0f} s)", flush=True)
    print(f"\n{'FAILED: ' + ', '.join(failed) if failed else 'All of them ran.'}")
    return 1 if failed else 0


def _is_script(text: str) -> bool:
    """Whether it is a benchmark and not a part of one, nor for another environment than ours."""
    return "__main__" in text and "\nimport bpy\n" not in text and "\nfrom depthflow" not in text
