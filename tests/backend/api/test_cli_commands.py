"""`python -m backend`: animate and models in a shell, and how quick it is to say what it can do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from backend import cli

ROOT = Path(__file__).resolve().parents[3]
HEAVY = ("numpy", "av", "cv2", "numba", "fastapi", "uvicorn", "torch", "PIL", "pydantic")


def command(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "backend", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


@pytest.fixture
def still_file(tmp_path: Path, still: bytes) -> Path:
    path = tmp_path / "still.png"
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (90, 160, 3), np.uint8)).save(path)
    return path


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, contextlib, io\nfrom backend.__main__ import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit): main(['--help'])\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert found.stdout.strip() == "[]"


def test_the_service_imports_neither_encoder_nor_engines() -> None:
    code = "import sys, backend.api.service\n" + (
        "print([name for name in ('av', 'cv2', 'numba', 'torch', 'PIL') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert found.stdout.strip() == "[]"


def test_animate_makes_a_take_and_its_sidecar(still_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "take.mp4"
    done = command(
        "animate",
        "--still",
        str(still_file),
        "--prompt",
        "slowly push in",
        "--seconds",
        "1",
        "--fps",
        "23.976",
        "--seed",
        "7",
        "--sound",
        "rain",
        "--out",
        str(out),
        "--dialogue",
        "ANNA|English|We are late.",
    )
    assert done.returncode == 0, done.stderr
    assert "100 %" in done.stderr
    assert "seed 7" in done.stdout
    sidecar = json.loads(out.with_suffix(".json").read_text())
    assert (sidecar["fps"], sidecar["frames"], sidecar["seed"]) == ("24000/1001", 24, 7)
    assert sidecar["dialogue"][0]["line"] == "We are late."
    assert (sidecar["width"], sidecar["height"]) == (160, 90)
    assert sidecar["path"]["keyframes"][0]["t"] == 0
    with av.open(str(out)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 24
    assert sorted(path.name for path in out.parent.iterdir()) == ["take.json", "take.mp4"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--still", "missing.png"], "missing.png"),
        (["--seconds", "0"], "seconds"),
        (["--size", "wide"], "size"),
        (["--fps", "fast"], "frame rate"),
        (["--model", "sora"], "no engine called 'sora'"),
        (["--dialogue", "We are late."], "WHO|LANGUAGE|LINE"),
        (["--options", "{"], "JSON"),
        (["--depth", "still.png"], "OpenEXR"),
        (["--camera", "still.png"], "--camera"),
    ],
)
def test_wrong_arguments_are_told(still_file: Path, arguments: list[str], says: str) -> None:
    given = arguments if "--still" in arguments else ["--still", "still.png", *arguments]
    done = command("animate", *given, cwd=still_file.parent)
    assert done.returncode in (1, 2)
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(still_file.parent.glob("*.mp4"))


def test_models_lists_every_engine() -> None:
    done = command("models")
    assert done.returncode == 0, done.stderr
    assert "draft" in done.stdout
    assert "happyhorse" in done.stdout


def test_prepare_makes_a_take_of_several_views_that_nobody_sees(tmp_path: Path) -> None:
    done = command("prepare", cwd=tmp_path, TMPDIR=str(tmp_path), TAKE_ONE_HOME=str(tmp_path / "home"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "The draft engine is ready.\n", "")
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == []


def test_without_a_terminal_each_tenth_is_a_line_with_the_time_that_is_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [100.0]
    monkeypatch.setattr(cli.time, "monotonic", lambda: now[0])
    with cli.Bar() as bar:
        for seconds, fraction in ((1, 0.0), (2, 0.02), (10, 0.25), (11, 0.29), (12, 0.3), (20, 0.999), (21, 1.0)):
            now[0] = 100.0 + seconds
            bar(fraction, "Drawing")
    assert capsys.readouterr().err.splitlines() == [
        "  0 %  Drawing",
        " 25 %  Drawing, 30 s left",
        " 30 %  Drawing, 28 s left",
        " 99 %  Drawing, 0 s left",
        "100 %  Drawing",
    ]
    monkeypatch.setattr(cli.sys.stderr, "isatty", lambda: True, raising=False)
    now[0] = 100.0
    with cli.Bar() as bar:
        for fraction, stage in ((0.5, "a"), (0.504, "a"), (0.504, "b")):
            now[0] += 1
            bar(fraction, stage)
    assert capsys.readouterr().err == "\r\x1b[K 50 %  a, 1 s left\r\x1b[K 50 %  b, 3 s left\n"
