"""`dev.py demo`: sets up, then lets Blender do what an artist would, and lists what came of it."""

from __future__ import annotations

import json
import re
import subprocess
import time
from pathlib import Path

from ..environments import DEV, ROOT, blender, ensure, python_of, run_environment


def demo(out: Path, walk: bool = False) -> int:
    """Make the demo in the folder `out`, with a walk if wanted. Raises SetupError."""
    began = time.monotonic()
    environment = blender()
    env = {**run_environment(), "TAKE_ONE_HOME": str(DEV / "demo-home")}
    if not _set_up(environment, env):
        print("\nThe draft engine can't be made ready; what went wrong is above.")
        return 1
    stages = [("set up", time.monotonic() - began)]
    out.mkdir(parents=True, exist_ok=True)
    report = DEV / "reports" / "demo.json"
    report.parent.mkdir(parents=True, exist_ok=True)
    if report.exists():
        report.unlink()
    command = [
        str(python_of(environment)),
        *("-W", "ignore::DeprecationWarning"),
        str(ROOT / "devtools" / "demo" / "scene.py"),
        "--out",
        str(out),
        "--report",
        str(report),
        *(["--walk"] if walk else []),
    ]
    code = _run_blender(command, env)
    if code != 0 or not report.exists():
        print("\nThe demo failed; what went wrong is above.")
        return code or 1
    made = json.loads(report.read_text())
    clip = Path(made["clip"])
    began_sheet = time.monotonic()
    sheets = [(out / "cut.mp4", "contact_sheet.png")]
    if walk:
        sheets.append((Path(made["walk"]), "walk_sheet.png"))
    for movie, sheet in sheets:
        command = [
            str(python_of("backend")),
            str(ROOT / "devtools" / "demo" / "contact_sheet.py"),
            str(movie),
            str(out / sheet),
        ]
        subprocess.run(command, check=True)
    stages += [*made["stages"], ("contact sheet", time.monotonic() - began_sheet)]
    files = {
        out / "still.png": "the camera's still",
        clip: "the take, with picture and sound",
        Path(made["sidecar"]): "all that it takes to make it again",
        out / "demo.blend": "the room, and the edit with its strips",
        out / "cut.mp4": "the cut of three shots, rendered by a Blender of its own",
        out / "contact_sheet.png": "the cut at a glance",
        out / "board.pdf": "the board: pictures, lengths, dialogue",
        out / "page.html": "the client's page: one file that plays in a browser",
    }
    if walk:
        files[Path(made["walk"])] = "a walk through two rooms, from a few stills"
        files[out / "walk_sheet.png"] = "the walk at a glance"
    print(f"\n{'stage':<32}{'seconds':>8}")
    for name, seconds in stages:
        print(f"{name:<32}{seconds:>8.1f}")
    print(f"{'in all':<32}{time.monotonic() - began:>8.1f}")
    print(f"\n{'file':<48}{'KiB':>8}  what it is")
    for path, meaning in files.items():
        print(f"{_short(path):<48}{path.stat().st_size / 1024:>8.0f}  {meaning}")
    return 0


def _set_up(environment: str, env: dict[str, str]) -> bool:
    """Make Blender's environment and the backend's, and let this compile what it draws with, as an installation does.
    Whether it could."""
    ensure("backend")
    compiling = subprocess.Popen([str(python_of("backend")), "-m", "backend", "prepare"], cwd=ROOT, env=env)
    try:
        ensure(environment)
        return compiling.wait() == 0
    finally:
        compiling.kill()
        compiling.wait()


def _run_blender(command: list[str], env: dict[str, str]) -> int:
    """Run it and pass on what it says, less Blender's own remarks on every frame."""
    process = subprocess.Popen(
        command,
        cwd=str(ROOT),
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    assert process.stdout is not None
    for line in process.stdout:
        if not re.match(r"\d\d:\d\d\.\d{3} |Info: |Fra:|Append frame|Saved:|\s*Time:|$", line):
            print(line, end="", flush=True)
    return process.wait()


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
