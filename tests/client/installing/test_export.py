"""Exports: commands one after the other, their progress and answers, and that nothing of them stays."""

from __future__ import annotations

import queue
import sys
import time
from pathlib import Path

import pytest

from client.commands.export import Exporter, ExportState, Step
from tests.client.conftest import wait_until

SAY = "import json; print(json.dumps({}), flush=True)"


def step(folder: Path, source: str, stage: str = "Working", **more: object) -> Step:
    return Step((sys.executable, "-c", source), stage, folder, **more)  # type: ignore[arg-type]


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """The folder of an export, with something in it."""
    folder = tmp_path / "room"
    folder.mkdir()
    (folder / "edit.json").write_text("{}")
    return folder


def test_answers_are_gathered_and_progress_goes_on_over_all_steps(tmp_path: Path, room: Path) -> None:
    first = "print('Fra: 1'); print('0.1 render | Video append frame 12'); print('Append frame 20', flush=True)"
    second = (
        "import json\nfor x in ({'done': 5, 'total': 10}, {'written': ['a'], 'remarks': ['one']}): print(json.dumps(x))"
    )
    third = 'print(\'{"remarks": ["two"]}\')'
    called: list[bool] = []
    seen: list[float] = []

    class News(queue.SimpleQueue):  # type: ignore[type-arg]
        def put(self, state: ExportState) -> None:  # type: ignore[override]
            seen.append(state.fraction)
            super().put(state)

    exporter = Exporter()
    exporter._news = News()
    steps = [
        step(tmp_path, first, "Rendering", first=11, frames=10, after=lambda: called.append(room.exists())),
        step(tmp_path, second, "Writing"),
        step(tmp_path, third),
    ]
    exporter.start(steps, room)
    assert exporter.busy and exporter.state.stage == "Rendering"
    while exporter.busy:
        exporter.poll()
    assert exporter.state.state == "done"
    assert seen == pytest.approx([0, 0.2 / 3, 1 / 3, 1 / 3, 0.5, 2 / 3, 1])
    assert exporter.state.answer == {"written": ["a"], "remarks": ["one", "two"]}
    assert called == [True] and not room.exists()


def test_what_fails_says_its_last_error_and_ends_the_rest(tmp_path: Path, room: Path) -> None:
    exporter = Exporter()
    failing = "import sys; print('noise'); print('error: No shot yet.', file=sys.stderr); print('bye'); sys.exit(1)"
    exporter.start([step(tmp_path, failing), step(tmp_path, f"open({str(tmp_path / 'no')!r}, 'w')")], room)
    state = exporter.wait()
    assert (state.state, state.message) == ("failed", "No shot yet.")
    assert not room.exists() and not (tmp_path / "no").exists()


def test_a_check_that_fails_is_the_failure(tmp_path: Path, room: Path) -> None:
    def check() -> None:
        raise ValueError("It has 3 frames.")

    exporter = Exporter()
    exporter.start([step(tmp_path, "pass", after=check)], room)
    assert exporter.wait().message == "It has 3 frames."


def test_a_program_that_is_not_there_is_said(tmp_path: Path, room: Path) -> None:
    exporter = Exporter()
    exporter.start([Step((str(tmp_path / "blender"),), "Rendering", tmp_path)], room)
    assert exporter.wait().state == "failed" and not room.exists()


def test_a_stopped_export_leaves_nothing(tmp_path: Path, room: Path) -> None:
    exporter = Exporter()
    exporter.start([step(tmp_path, "import time; open('runs', 'w').close(); time.sleep(600)")], room)
    wait_until((tmp_path / "runs").exists)
    began = time.monotonic()
    exporter.cancel()
    assert exporter.wait().state == "cancelled" and time.monotonic() - began < 60
    assert not room.exists()
    exporter.start([step(tmp_path, "pass")], tmp_path / "none")  # the next one runs
    assert exporter.wait().state == "done"


def test_closing_stops_what_runs_and_a_stop_of_nothing_changes_nothing(tmp_path: Path, room: Path) -> None:
    exporter = Exporter()
    exporter.cancel()
    assert exporter.state == ExportState()
    exporter.start([step(tmp_path, "import time; time.sleep(60)")], room)
    exporter.close()
    assert exporter.wait().state == "cancelled" and not room.exists()
