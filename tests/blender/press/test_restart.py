"""Blender is killed while a take is made; the take lands when its file is opened again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PYTHON = os.environ.get("TAKE_ONE_PYTHON") or str(ROOT / ".dev" / "backend" / "bin" / "python")

pytestmark = pytest.mark.skipif(not Path(PYTHON).exists(), reason="needs the backend's environment")


def test_a_take_of_a_killed_blender_lands_when_its_file_is_opened(tmp_path):
    film = tmp_path / "film.blend"
    command = [sys.executable, str(Path(__file__).with_name("restart_script.py"))]
    environment = {**os.environ, "TAKE_ONE_HOME": str(tmp_path / "home")}

    def live(life):
        return subprocess.run(
            [*command, life, str(film), PYTHON], env=environment, capture_output=True, text=True, timeout=600
        )

    first = live("first")
    assert first.returncode == -signal.SIGKILL, first.stdout + first.stderr
    assert len(list((tmp_path / "home" / "journal").glob("*.json"))) == 1
    second = live("second")
    line = next((line for line in second.stdout.splitlines() if line.startswith("RESULT ")), None)
    assert line, second.stdout + second.stderr
    assert json.loads(line.removeprefix("RESULT ")) == {
        "waited": True,
        "takes": [[True, 1, "READY", 3, "//takes/Kitchen/Kitchen_t001.mp4"]],
        "clip": True,
        "lengths": [12, 12],
    }
    assert list((tmp_path / "home" / "journal").glob("*.json")) == []
