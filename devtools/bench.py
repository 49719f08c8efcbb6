"""`dev.py bench`: runs the scripts of bench/, one after the other. Each prints its figures and says what it
compares with."""

from __future__ import annotations

import subprocess

from .environments import ROOT, SetupError, blender, ensure, python_of, run_environment


def bench(names: list[str]) -> int:
    """Run the named benchmarks, or all. A script whose text holds `import bpy` runs in Blender's
    environment."""
    scripts = {
        path.stem: path for path in sorted((ROOT / "bench").glob("*.py")) if "__main__" in path.read_text()
    }
    unknown = [name for name in names if name not in scripts]
    if unknown:
        raise SetupError(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(scripts)}.")
    in_blender = blender()
    ensure("test", "backend", in_blender)
    failed = []
    for name in names or scripts:
        print(f"\n=== {name} " + "=" * max(0, 90 - len(name)), flush=True)
        environment = in_blender if "import bpy" in scripts[name].read_text() else "test"
        command = [str(python_of(environment)), str(scripts[name])]
        env = {**run_environment(), "PYTHONPATH": str(ROOT)}
        if subprocess.run(command, cwd=str(ROOT), env=env).returncode != 0:
            failed.append(name)
    print(f"\n{'FAILED: ' + ', '.join(failed) if failed else 'All benchmarks ran.'}")
    return 1 if failed else 0
