"""A database of an older version goes on working."""

from __future__ import annotations

import json
import sqlite3
from fractions import Fraction
from pathlib import Path

import pytest

from backend.jobs.store import migrations
from backend.jobs.store.store import Store
from client.protocol import CameraPath, JobState, Keyframe, Line
from client.protocol.camera import IDENTITY

CAMERA = {"projection": "perspective", "width": 64, "height": 48, "cx": 32.0, "cy": 24.0, "fx": 50.0, "fy": 50.0}
FIELDS = {
    "model": "draft",
    "prompt": "push in",
    "seconds": 2.5,
    "fps": "24000/1001",
    "size": "64x48",
    "seed": 4294967295,
    "extra_params": {
        "dialogue": [{"speaker": "ANNA", "language": "German", "line": "Wir sind spät."}],
        "sound": "rain",
        "camera": {**CAMERA, "scale": 0.0, "matrix_world": [list(row) for row in IDENTITY]},
        "path": {"keyframes": [{"t": 0.0, "matrix": [list(row) for row in IDENTITY], "zoom": 1.0}]},
        "binding": {"any": ["thing"]},
        "options": {"quality": "best"},
    },
}
BARE = {"model": "draft", "prompt": "", "seconds": 1, "fps": "24", "size": "64x48", "seed": 0, "extra_params": {}}


def version_1(home: Path) -> None:
    """jobs.db as version 1 wrote it: a waiting job with all files, a finished one with none."""
    db = sqlite3.connect(home / "jobs.db")
    for statement in migrations._VERSION_1:
        db.execute(statement)
    insert = (
        "INSERT INTO jobs (id, key, fingerprint, fields, files, notes, status, place, attempt, created_at, result)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    )
    files = {"still": "still.png", "depth": "depth.exr", "last_frame": "last_frame.jpg"}
    waiting = (
        "video_a",
        "key",
        "print",
        json.dumps(FIELDS),
        json.dumps(files),
        '["A note."]',
        "queued",
        7,
        0,
        1e9,
        None,
    )
    result = {"frames": 24, "fps": "24", "width": 64, "height": 48, "sound_seconds": 1.0, "notes": ["Made."]}
    over = ("video_b", None, "", json.dumps(BARE), "{}", "[]", "completed", 6, 1, 1e9, json.dumps(result))
    db.executemany(insert, [waiting, over])
    db.execute("PRAGMA user_version = 1")
    db.commit()
    db.close()


def test_jobs_of_version_1_are_all_there(tmp_path: Path) -> None:
    version_1(tmp_path)
    store = Store(tmp_path)
    job = store.with_key("key")
    assert job is not None and (job.id, job.status, job.place, job.notes) == ("video_a", "queued", 7, ("A note.",))
    request = job.request
    assert (request.engine, request.seconds, request.fps) == ("draft", 2.5, Fraction(24000, 1001))
    assert (request.size, request.seed, request.options) == ((64, 48), 4294967295, {"quality": "best"})
    assert request.direction.dialogue == (Line("ANNA", "German", "Wir sind spät."),)
    assert (request.direction.prompt, request.direction.sound) == ("push in", "rain")
    assert request.path == CameraPath((Keyframe(0.0, IDENTITY),))
    names = {name: str(path) for name, path in request.files().items()}
    assert names == {"input_reference": "still.png", "depth": "depth.exr", "last_frame": "last_frame.jpg"}
    assert request.still is not None and request.still.camera is not None and request.still.camera.fx == 50
    assert job.binding == {"any": ["thing"]}
    over = store.get("video_b")
    assert over is not None and over.status == JobState.COMPLETED and over.request.views == ()
    assert over.result is not None and (over.result.frames, over.result.notes) == (24, ("Made.",))
    assert [waiting.id for waiting in store.without_lane()] == ["video_a"]
    store.set_lane(job, "cpu")
    assert store.claim("cpu") == store.get("video_a")
    store.close()


def test_a_migrated_database_is_not_migrated_again(tmp_path: Path) -> None:
    version_1(tmp_path)
    Store(tmp_path).close()
    Store(tmp_path).close()
    db = sqlite3.connect(tmp_path / "jobs.db")
    assert db.execute("SELECT COUNT(*) FROM jobs").fetchone() == (2,)
    assert db.execute("PRAGMA user_version").fetchone() == (len(migrations._STEPS),)


@pytest.mark.parametrize(
    ("column", "value"),
    [("fields", "{"), ("fields", "[]"), ("fields", '{"model": 5}'), ("files", "\\"), ("fields", b"\xff\xfe{}"),
     ("fields", "[" * 50_000), ("created_at", "soon"), ("notes", "5")],
)  # fmt: skip
def test_a_row_of_version_1_that_cant_be_read_fails_alone(tmp_path: Path, column: str, value: str | bytes) -> None:
    version_1(tmp_path)
    with sqlite3.connect(tmp_path / "jobs.db") as db:
        db.execute(
            "INSERT INTO jobs SELECT 'video_c', NULL, fingerprint, fields, files, notes, 'queued', 1, 0, 0, 1.5,"
            " NULL, NULL, NULL, NULL FROM jobs WHERE id = 'video_a'"
        )
        db.execute(f"UPDATE jobs SET {column} = ? WHERE id = 'video_c'", (value,))
    db.close()
    store = Store(tmp_path)
    damaged = store.get("video_c")
    assert damaged is not None and damaged.status == JobState.FAILED
    assert damaged.error is not None and damaged.error.code == "damaged"
    for job in store.without_lane():
        store.set_lane(job, "cpu")
    claimed = store.claim("cpu")
    assert claimed is not None and claimed.id == "video_a"
    assert store.positions() == {}
    store.close()


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    version_1(tmp_path)
    db = sqlite3.connect(tmp_path / "jobs.db")
    db.execute("DROP INDEX jobs_waiting")  # which the last step expects
    db.commit()
    with pytest.raises(sqlite3.OperationalError, match="jobs_waiting"):
        Store(tmp_path)
    assert db.execute("PRAGMA user_version").fetchone() == (1,)
    assert db.execute("SELECT files FROM jobs WHERE id = 'video_b'").fetchone() == ("{}",)
    db.close()


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "jobs.db")
    db.execute("PRAGMA user_version = 999")
    db.commit()
    with pytest.raises(sqlite3.DatabaseError, match="newer Take One"):
        Store(tmp_path)
