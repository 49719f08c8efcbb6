"""Whose the journal's jobs are, and for how long: both sides of each limit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from client import lease
from client.installing import pip
from client.jobs import journal
from client.jobs.journal import FORGET_SECONDS, OTHERS_GRACE_SECONDS, Journal
from client.jobs.record import CANCELLING, FAILED, NEW, READY, SENT, Record
from client.lease import Lease
from client.local import process, reason, running
from client.protocol import TakeRequest

NOW = 1_800_000_000.0


@pytest.fixture
def kept(
    home: Path, make_request: Callable[..., TakeRequest], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Record]:
    monkeypatch.setattr(journal.time, "time", lambda: NOW)

    def keep(key: str, owner: str, state: str, ended: float = 0.0, created: float = 0.0) -> Record:
        record = Record(key, "local", owner, make_request(key), home / f"{key}.mp4", state, None, created, NOW - ended)
        Journal(home).add(record)
        return record

    return keep


def test_a_lease_is_held_as_long_as_its_session_lives(home: Path) -> None:
    mine, theirs = Lease(home), Lease(home)
    assert mine.name != theirs.name
    assert [lease.is_held(home, one.name) for one in (mine, theirs)] == [True, True]
    assert lease.others(home, mine.name)
    theirs.release()
    theirs.release()
    assert [lease.is_held(home, one.name) for one in (mine, theirs)] == [True, False]
    assert not lease.others(home, mine.name) and lease.others(home, "nobody")
    mine.release()
    assert not lease.others(home, "nobody") and not list((home / "clients").iterdir())


def test_one_at_a_time_may_hold_a_lock(home: Path) -> None:
    with lease.exclusively(home / "a.lock", 0.1):
        with pytest.raises(TimeoutError, match=r"a\.lock"), lease.exclusively(home / "a.lock", 0.1):
            raise AssertionError("it was held")
        with pytest.raises(TimeoutError), lease.exclusively(home / "a.lock", 60, lambda: True):
            raise AssertionError("it was to stop")
        with lease.exclusively(home / "b.lock", 0.1):
            pass
    with lease.exclusively(home / "a.lock", 0.1):
        assert (home / "a.lock").stat().st_mode & 0o777 == 0o600


def test_unfinished_jobs_of_the_dead_are_taken_over_and_of_nobody_else(home: Path, kept: Callable[..., Record]) -> None:
    alive = Lease(home)
    for index, state in enumerate((NEW, SENT, CANCELLING, READY, FAILED)):
        kept(f"dead{index}", "dead", state, created=5 - index)
        kept(f"alive{index}", alive.name, state)
        kept(f"mine{index}", "me", state)
    adopted = Journal(home).adopt("me")
    assert [record.key for record in adopted] == ["dead2", "dead1", "dead0"]  # the oldest first
    owners = {record.key: record.owner for record in Journal(home).records()}
    assert [owners[f"dead{index}"] for index in range(5)] == ["me"] * 3 + ["dead"] * 2
    assert {owners[f"alive{index}"] for index in range(5)} == {alive.name}
    alive.release()


@pytest.mark.parametrize(("seconds", "stays"), [(FORGET_SECONDS - 1, True), (FORGET_SECONDS + 1, False)])
@pytest.mark.parametrize("state", [READY, FAILED])
def test_what_nobody_claims_is_forgotten_after_thirty_days(
    home: Path, kept: Callable[..., Record], state: str, seconds: float, stays: bool
) -> None:
    assert FORGET_SECONDS == 30 * 86_400
    kept("k1", "dead", state, seconds)
    kept("k2", "me", state, seconds)
    assert Journal(home).adopt("me") == []
    assert sorted(Journal(home).keys()) == (["k1", "k2"] if stays else ["k2"])


@pytest.mark.parametrize(("seconds", "mine"), [(OTHERS_GRACE_SECONDS - 1, False), (OTHERS_GRACE_SECONDS + 1, True)])
def test_the_living_have_a_while_to_land_their_own(
    home: Path, kept: Callable[..., Record], seconds: float, mine: bool
) -> None:
    alive = Lease(home)
    kept("theirs", alive.name, READY, seconds, created=1)
    kept("dead", "dead", FAILED, 0, created=2)
    kept("own", "me", READY, 0, created=3)
    kept("open", "dead", SENT, seconds, created=4)
    assert [record.key for record in Journal(home).ended("me")] == [*(["theirs"] if mine else []), "dead", "own"]
    alive.release()


def test_copies_are_made_once_and_go_with_the_job(home: Path, kept: Callable[..., Record]) -> None:
    record, book = kept("k1", "me", NEW), Journal(home)
    first = record.request.files()
    book.keep_uploads(record)
    copies = record.request.files()
    assert list(copies) == list(first) and all(path.parent == book.folder / "k1" for path in copies.values())
    assert [copies[name].read_bytes() for name in first] == [first[name].read_bytes() for name in first]
    for path in first.values():
        path.unlink()
    book.keep_uploads(record)  # nothing more to copy
    again = book.get("k1")
    assert again is not None and again.request == record.request
    book.drop_uploads("k1")
    assert book.keys() == ["k1"] and not (book.folder / "k1").exists()
    book.remove("k1")
    assert book.keys() == [] and book.get("k1") is None


# pip's progress, and the reasons of a backend that ended


def test_downloads_add_up_to_what_is_expected() -> None:
    downloads = pip.Downloads(1000.0)
    lines = [
        ("Collecting numba==1", None),
        ("Progress 100 of 400", 0.1),
        ("Progress 400 of 400", 0.4),
        ("Progress 50 of 200", 0.45),
        ("Progress 200 of 200", 0.6),
        ("  Using cached numpy-1.whl (0.1 kB)", 0.7),
        ("  Using cached scipy-1.whl (50 bytes)", 0.75),
        ("Progress 900 of 900", 1.0),
        ("Progress", None),
    ]
    assert [downloads.read(line) for line, _ in lines] == [
        wanted if wanted is None else pytest.approx(wanted) for _, wanted in lines
    ]
    sizes = [pip.Downloads(1e10).read(f"Using cached a ({amount})") for amount in ("2 MB", "1.5 GB", "3 kB")]
    assert sizes == [pytest.approx(2e-4), pytest.approx(0.15), pytest.approx(3e-7)]


@pytest.mark.parametrize(
    ("log", "code", "says", "fix"),
    [
        ("ModuleNotFoundError: No module named 'numba.core'", 1, "missing (numba.core)", "install"),
        ("OSError: [Errno 28] No space left on device", 1, "disk is full", "free_space"),
        ("PermissionError: [Errno 13] Permission denied: '/a/b'", 1, "Access to /a/b was denied", "open_log"),
        ("OSError: [Errno 98] Address already in use", 1, "port is used", "start"),
        ("MemoryError", 1, "ran out of memory", "start"),
        ("sqlite3.DatabaseError: file is not a database", 1, "jobs.db) is damaged", "open_log"),
        ("INFO all is well", -9, "want of memory", "start"),
        ("INFO all is well", -11, "segmentation fault", "start"),
        ("INFO all is well", -4, "lacks an instruction", "start"),
        ("it said this\nINFO then that", 3, "stopped: it said this", "open_log"),
        ("INFO only this", 3, "with exit code 3", "install"),
        ("", None, "without a word", "install"),
        ("MemoryError\n" + "INFO x\n" * 39, 1, "ran out of memory", "start"),
        ("MemoryError\n" + "INFO x\n" * 40, 1, "stopped: MemoryError", "open_log"),
        ("ImportError: old\nModuleNotFoundError: No module named 'new'", 1, "missing (new)", "install"),
    ],
)
def test_why_a_backend_ended(log: str, code: int | None, says: str, fix: str) -> None:
    message, found = reason.explain(log, code)
    assert says in message and found == fix


def test_what_an_index_says_of_itself_is_read(home: Path) -> None:
    """A token file's neighbour: what is no object is nothing."""
    from client.commands import secrets

    home.mkdir()
    for text, wanted in (('{"http://a": "t"}', "t"), ("[]", ""), ("{", "")):
        (home / "servers.json").write_text(text)
        assert secrets._file(home).get("http://a", "") == wanted
    secrets._write(home, "http://b", "u")
    secrets._write(home, "http://c", "v")
    secrets._write(home, "http://b", None)
    assert json.loads((home / "servers.json").read_text()) == {"http://c": "v"}
    assert (home / "servers.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("port", "there"), [(0, False), (1, True), (65_535, True), (65_536, False)])
def test_a_port_that_can_be_one(port: int, there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = tmp_path / "backend.json"
    ready.write_text(json.dumps({"pid": 77, "port": port}))
    monkeypatch.setattr(running, "is_backend", lambda pid, file: (pid, file) == (77, ready))
    assert running.find(ready) == (running.Running(77, port) if there else None)


@pytest.mark.parametrize(
    ("theirs", "ours", "fix"),
    [
        ("0.10.0", "0.9.9", "start"),
        ("0.2.0", "0.2.0", "update"),
        ("0.2.0", "0.10.0", "update"),
        ("1.0", "0.9", "start"),
    ],
)
def test_the_older_of_two_versions_is_the_one_to_update(theirs: str, ours: str, fix: str) -> None:
    message, found = process._misfit(theirs, ours)
    assert found == fix and message.startswith(f"Another Blender runs Take One {theirs}, and this is {ours}.")
    assert message.endswith("Update this extension, or close the other.") == (fix == "start")


def test_what_would_help_where_a_process_can_not_be_started() -> None:
    errors = (OSError(28, "full"), FileNotFoundError(2, "gone"), PermissionError(13, "no"))
    assert [process._fix_of(error) for error in errors] == ["free_space", "install", "open_log"]


def test_a_proxy_is_blamed_only_where_it_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pip, "_proxies", lambda: [("proxy", 3128)])
    blamed = ("The proxy proxy:3128 does not answer. Check the variable HTTPS_PROXY, then try again.", "install")
    assert pip.explain("host='proxy', port=3128: refused") == blamed
    assert pip.explain("ProxyError('Cannot connect', NewConnectionError('x'))") == blamed
    assert pip.explain("host='other', port=3128: refused\nerror: " + "x" * 301) == (
        "The installation failed: " + "x" * 300,
        "open_log",
    )
