"""What jobs cost, written down beside them and kept longer than they are."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from client.protocol import Price
from client.protocol.codec import from_json

from .row import StoredJob


def keep_apart(db: sqlite3.Connection, job: StoredJob) -> None:
    """What a job has cost so far stays, since its order is sent once more: both may be paid."""
    db.execute("UPDATE spending SET id = id || '/' || at WHERE id = ?", (job.id,))


def book(db: sqlite3.Connection, job: StoredJob, cost: Any) -> None:
    """Writes down what a job costs as far as it is known now, None for nothing. Its first time stays.

    Raises:
        Unfit: `cost` is no price.
    """
    if cost is None:
        db.execute("UPDATE spending SET amount = 0 WHERE id = ?", (job.id,))
        return
    price = from_json(Price, cost)
    film = job.binding.get("file_id") if isinstance(job.binding, dict) else None
    values = (job.id, job.request.engine, film if isinstance(film, str) else "", price.amount, price.currency)
    by = (int(price.exact), time.time(), job.owner)
    db.execute(
        "INSERT INTO spending VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
        " amount = excluded.amount, currency = excluded.currency, exact = excluded.exact",
        (*values, *by),
    )
