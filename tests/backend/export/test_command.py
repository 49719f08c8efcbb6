"""`python -m backend export`, as people and Blender run it: in a process of its own."""

from __future__ import annotations

import argparse
import csv
import io
import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import opentimelineio as otio
import pytest

from backend.export import commands
from backend.export.errors import ExportError
from backend.export.paper import burn
from backend.media import movie
from client.protocol.edit import Edit, Note, Notes, SoundStrip, notes
from tests.backend.export.conftest import NAMES

ROOT = Path(__file__).resolve().parents[3]


def export(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs the command."""
    words = [sys.executable, "-m", "backend", "export", *map(str, arguments)]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=120)


def test_all_in_one_go(film: Edit, film_file: Path, tmp_path: Path) -> None:
    names = ["cut.otio", "cut.EDL", "new folder/shots.csv"]
    run = export(film_file, *(tmp_path / name for name in names))
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines() == [str(tmp_path / name) for name in names]
    assert "note: The file of strip 'logo' is missing: logo.mov." in run.stderr
    assert len(list(otio.adapters.read_from_file(str(tmp_path / "cut.otio")).find_clips())) == 6 + 1 + 6 + 1
    assert not list(tmp_path.rglob("*.part"))
    rows = list(csv.reader(io.StringIO((tmp_path / "new folder" / "shots.csv").read_text("utf-8-sig"))))
    assert len(rows) == 7 and rows[0][:3] == ["number", "shot", "camera"]
    frames = [int(row[7]) for row in rows[1:]]  # the second ends where the third begins, 12 before its strip does
    assert rows[0][7] == "frames" and frames == [48, 24, 52, 30, 25, 61] and sum(frames) == film.frames
    third = dict(zip(rows[0], rows[3], strict=True))
    assert third["shot"] == NAMES[2] and third["start"] == "00:00:03:00" and third["frames"] == "52"
    assert third["lens_mm"] == "37" and third["take"] == "s2_t002" and third["dialogue"] == "ANNA: We are <late>."
    assert rows[6][1] == "'=SUM(A1) end"  # no formula


def test_what_comes_back_is_shown_and_writes_nothing(film: Edit, film_file: Path, tmp_path: Path) -> None:
    cut, before = tmp_path / "cut.otio", film_file.read_bytes()
    export(film_file, cut)
    same = export(film_file, "--changes", cut)
    assert (same.returncode, same.stdout) == (0, "Nothing would change.\n")
    said = json.loads(export(film_file, "--changes", cut, "--json").stdout)
    assert said["lines"] == [] and len(said["changes"]["cuts"]) == 6
    assert film_file.read_bytes() == before


def test_notes_are_read(film: Edit, film_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    given = (Note("shot-2", "darker", NAMES[2], "", "change"), Note("gone", "", "Old", "", "approved"))
    path.write_bytes(notes.to_bytes(Notes(film.id, given)))
    run = export(film_file, "--notes", path)
    assert run.stdout.splitlines() == [f"{NAMES[2]}: change darker", "Old: approved "]
    assert "There is no shot 'Old' any more." in run.stderr
    path.write_bytes(b"{}")
    run = export(film_file, "--notes", path)
    assert run.returncode == 2 and "holds no notes of a client page" in run.stderr


def test_what_is_wrong_is_said(film_file: Path, tmp_path: Path) -> None:
    run = export(film_file, tmp_path / "cut.xml")
    assert run.returncode == 2 and "'cut.xml' is of no kind" in run.stderr and not list(tmp_path.iterdir())
    run = export(tmp_path / "gone.json", tmp_path / "cut.otio")
    assert (run.returncode, run.stderr) == (1, f"error: No such file or directory: {tmp_path / 'gone.json'}\n")
    (tmp_path / "bad.json").write_text("{}")
    run = export(tmp_path / "bad.json", tmp_path / "cut.otio")
    assert run.returncode == 2 and "'bad.json' is no edit of Take One" in run.stderr


EDIT = Edit("e", "T", Fraction(24), (64, 36), frames=48, sounds=(SoundStrip("s", 1, 48),))


def test_burning_in_tells_of_each_tenth_frame_and_of_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def burnt(edit: Edit, cut: Path, out: Path, wanted: object, fonts: object, progress: object) -> list[str]:
        assert (cut, out) == (tmp_path / "cut.mp4", tmp_path / "out.mp4")
        for done in range(1, 26):
            progress(done, 25)  # type: ignore[operator]
        return ["said"]

    monkeypatch.setattr(burn, "burn", burnt)
    for as_json, told in ((True, [10, 20, 25]), (False, [])):
        parsed = argparse.Namespace(cut=tmp_path / "cut.mp4", burn=None, fonts=None, json=as_json)
        assert commands._burnt(EDIT, tmp_path / "out.mp4", parsed) == ["said"]
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert lines == [{"done": done, "total": 25} for done in told]


@pytest.mark.parametrize(
    ("frames", "fps", "sound", "wrong"),
    [
        (48, 24.0, 2.0, ""),
        (48, 24.01, 2.09, ""),
        (47, 24.0, 2.0, "it has 47 frames instead of 48"),
        (48, 25.0, 2.0, "it plays at 25 fps instead of 24"),
        (48, 24.0, 1.5, "its sound is 1.50 s long instead of 2.00 s"),
        (1, 25.0, 0.0, "it has 1 frames instead of 48, its sound is 0.00 s long instead of 2.00 s"),
    ],
)
def test_a_cut_that_is_not_whole_is_said(
    frames: int, fps: float, sound: float, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = SimpleNamespace(times=(0,) * frames, fps=Fraction(fps).limit_denominator(100), sound_seconds=sound)
    monkeypatch.setattr(movie, "read_movie", lambda path: found)
    if not wrong:
        checked = commands._check(EDIT, Path("cut.mp4"))
        assert checked == {"checked": {"frames": 48, "fps": "24", "sound_seconds": sound}}
        return
    with pytest.raises(ExportError) as refused:
        commands._check(EDIT, Path("cut.mp4"))
    assert refused.value.message == f"The exported cut is not whole: {wrong}. Export it again."
