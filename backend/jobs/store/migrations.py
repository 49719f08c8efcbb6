"""The shape of jobs.db, and the way from each version to the next. A database of any version goes on working."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import Any

_VERSION_1 = (
    """
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    key TEXT UNIQUE,               -- Idempotency-Key
    fingerprint TEXT NOT NULL,     -- of the request as it was sent
    fields TEXT NOT NULL,          -- the request, as form fields
    files TEXT NOT NULL,           -- the names of its uploads, by kind
    notes TEXT NOT NULL,
    status TEXT NOT NULL,
    place INTEGER NOT NULL,        -- order of the waiting queue
    attempt INTEGER NOT NULL DEFAULT 0,        -- rises with each start; an earlier one is too late
    interruptions INTEGER NOT NULL DEFAULT 0,
    created_at REAL NOT NULL,
    started_at REAL,
    completed_at REAL,
    error TEXT,
    result TEXT
)""",
    "CREATE INDEX jobs_waiting ON jobs (status, place)",
    """
CREATE TABLE progress (
    id TEXT PRIMARY KEY,
    fraction REAL NOT NULL,
    stage TEXT NOT NULL,
    eta REAL,
    preview BLOB,
    pictures INTEGER NOT NULL
)""",
)


def migrate(db: sqlite3.Connection) -> None:
    """Brings a database, new or of an older version, to the present one: each step whole or not at all.

    Raises:
        sqlite3.DatabaseError: it was written by a newer Take One.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > len(_STEPS):
            raise sqlite3.DatabaseError("it was written by a newer Take One; update this one")
        for step in _STEPS[version:]:
            step(db)
        db.execute(f"PRAGMA user_version = {len(_STEPS)}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _create(db: sqlite3.Connection) -> None:
    for statement in _VERSION_1:
        db.execute(statement)


def _one_request(db: sqlite3.Connection) -> None:
    """Version 2: form fields and files become one request, as client.protocol has it, and a binding."""
    db.execute("ALTER TABLE jobs ADD COLUMN request TEXT NOT NULL DEFAULT '{}'")
    db.execute("ALTER TABLE jobs ADD COLUMN binding TEXT")
    for job_id, fields, files in db.execute("SELECT id, fields, files FROM jobs").fetchall():
        try:
            request, binding = _request_of_fields(json.loads(fields), json.loads(files))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            continue  # its request stays "{}": this job can't be read, and is shown as failed
        kept = None if binding is None else json.dumps(binding)
        db.execute("UPDATE jobs SET request = ?, binding = ? WHERE id = ?", (json.dumps(request), kept, job_id))
    db.execute("ALTER TABLE jobs DROP COLUMN fields")
    db.execute("ALTER TABLE jobs DROP COLUMN files")


def _request_of_fields(fields: dict[str, Any], files: dict[str, str]) -> tuple[dict[str, Any], Any]:
    """The JSON of a TakeRequest, and the client's binding."""
    extra = fields.get("extra_params") or {}
    views = []
    if "still" in files:
        views.append({"image": files["still"], "depth": files.get("depth"), "camera": extra.get("camera"), "t": 0.0})
    if "last_frame" in files:
        views.append({"image": files["last_frame"], "t": 1.0})
    words = {"prompt": fields["prompt"], "dialogue": extra.get("dialogue") or [], "sound": extra.get("sound") or ""}
    request = {
        "engine": fields["model"],
        "direction": words,
        "views": views,
        "seconds": fields["seconds"],
        "fps": fields["fps"],
        "size": [int(side) for side in fields["size"].split("x")],
        "seed": fields["seed"],
        "path": extra.get("path"),
        "options": extra.get("options") or {},
    }
    return request, extra.get("binding")


def _lanes(db: sqlite3.Connection) -> None:
    """Version 3: what a job waits for, what its engine wrote down of it, and how long its take has been kept."""
    for statement in (
        "ALTER TABLE jobs ADD COLUMN lane TEXT NOT NULL DEFAULT ''",  # "": not known yet
        "ALTER TABLE jobs ADD COLUMN state TEXT",
        "ALTER TABLE jobs ADD COLUMN kept REAL NOT NULL DEFAULT 0",  # seconds, as far as sweeps saw them pass
        "ALTER TABLE jobs ADD COLUMN seen_at REAL",  # the clock at the last sweep since the job was over
        "DROP INDEX jobs_waiting",
        "CREATE INDEX jobs_waiting ON jobs (status, lane, place)",
        "CREATE INDEX jobs_age ON jobs (created_at, place)",
    ):
        db.execute(statement)


def _spending(db: sqlite3.Connection) -> None:
    """Version 4: what jobs have cost. It outlives them: a budget of a day or of a film counts what was deleted too."""
    db.execute(
        "CREATE TABLE spending (id TEXT PRIMARY KEY, engine TEXT NOT NULL, film TEXT NOT NULL, amount REAL NOT NULL,"
        " currency TEXT NOT NULL, exact INTEGER NOT NULL, at REAL NOT NULL)"
    )
    db.execute("CREATE INDEX spending_film ON spending (film)")
    db.execute("CREATE INDEX spending_at ON spending (at)")


def _owners(db: sqlite3.Connection) -> None:
    """Version 5: whose a job is, and what users had of the lanes. What was there is the service's own token's.

    A key is unique for its owner only from here on. The column's own UNIQUE can't be dropped: the table is copied.
    """
    (text,) = db.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'jobs'").fetchone()
    copy = text.replace("CREATE TABLE jobs", "CREATE TABLE copied", 1).replace("key TEXT UNIQUE", "key TEXT", 1)
    for statement in (
        copy,
        "INSERT INTO copied SELECT * FROM jobs",
        "DROP TABLE jobs",  # and its indices
        "ALTER TABLE copied RENAME TO jobs",
        "ALTER TABLE jobs ADD COLUMN owner TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE jobs ADD COLUMN engine TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE jobs ADD COLUMN work REAL NOT NULL DEFAULT 0",  # megapixels of all frames; 0: not known
        "CREATE UNIQUE INDEX jobs_key ON jobs (owner, key)",
        "CREATE INDEX jobs_waiting ON jobs (status, lane, owner, place)",
        "CREATE INDEX jobs_age ON jobs (owner, created_at, place)",
        "CREATE TABLE turns (lane TEXT, owner TEXT, seconds REAL NOT NULL, PRIMARY KEY (lane, owner))",
        "CREATE TABLE pace (engine TEXT PRIMARY KEY, seconds REAL NOT NULL, work REAL NOT NULL)",
        "ALTER TABLE spending ADD COLUMN owner TEXT NOT NULL DEFAULT ''",
    ):
        db.execute(statement)


_STEPS: tuple[Callable[[sqlite3.Connection], None], ...] = (_create, _one_request, _lanes, _spending, _owners)
