"""The client's small parts, exactly: leases, files, homes, targets, and what the log of a connection says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from client import connection, files, lease, online
from client import home as homes
from client import session as sessions
from client.api import answers, calls, transfer
from client.jobs import clip, follow, journal, watch
from client.lease import Lease
from client.local import process
from client.target import LocalTarget, RemoteTarget, is_exposed, is_loopback


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """As a user has it: tests before may have set another."""
    before = os.umask(0o022)
    yield
    os.umask(before)


# Leases


@pytest.mark.parametrize("what", ["held", "removed", "replaced"])
def test_a_lease_is_taken_again_where_another_was_quicker(
    home: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """A backend that cleans up may have the file, remove it, or make room for another of its name."""
    real, tried, slept = lease._try_lock, [], []

    def try_lock(file: Any) -> bool:
        tried.append(file)
        if len(tried) == 1:
            if what == "held":
                return False
            path = Path(file.name)
            path.unlink()
            if what == "replaced":
                path.write_bytes(b"")
        return real(file)

    monkeypatch.setattr(lease, "_try_lock", try_lock)
    monkeypatch.setattr(lease.time, "sleep", slept.append)
    mine = Lease(home)
    first, second = tried
    assert first.closed and not second.closed and slept == [0.01]
    assert os.path.samestat(os.fstat(second.fileno()), (home / "clients" / f"{mine.name}.lock").stat())
    assert lease.is_held(home, mine.name)
    mine.release()
    assert second.closed


def test_a_lease_is_a_file_in_a_folder_of_the_users(home: Path) -> None:
    mine = Lease(home)
    assert len(mine.name) == 32 and lease.leases_folder(home) == home / "clients"
    assert [path.name for path in (home / "clients").iterdir()] == [f"{mine.name}.lock"]
    assert (home / "clients").stat().st_mode & 0o777 == 0o700
    assert not lease.is_held(home, "nobody") and not (home / "clients" / "nobody.lock").exists()
    mine.release()


def test_a_lease_that_is_open_elsewhere_is_left_behind(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, asked = Lease(home), []

    def unlink(path: Path, missing_ok: bool = False) -> None:
        asked.append((path.name, missing_ok))
        raise PermissionError(13, "in use")

    monkeypatch.setattr(Path, "unlink", unlink)
    mine.release()
    mine.release()
    assert asked == [(f"{mine.name}.lock", True)] and not lease.is_held(home, mine.name)


def test_only_locks_of_others_that_live_count(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not lease.others(home, "a")
    (home / "clients").mkdir(parents=True)
    for name in ("a.lock", "b.lock", "c.lock", "d.txt"):
        (home / "clients" / name).touch()
    asked: list[Any] = []
    living: set[str] = set()
    monkeypatch.setattr(lease, "is_held", lambda *words: asked.append(words) or words[1] in living)
    assert not lease.others(home, "a") and sorted(asked) == [(home, "b"), (home, "c")]
    living.add("a")
    assert not lease.others(home, "a")
    living.add("c")
    assert lease.others(home, "a")
    living.remove("a")
    assert not lease.others(home, "c")


def test_a_lock_is_waited_for_so_long_and_no_longer(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += 1.0

    monkeypatch.setattr(lease, "time", SimpleNamespace(monotonic=lambda: clock[0], sleep=sleep))
    free = [False] * 9
    monkeypatch.setattr(lease, "_try_lock", lambda file: free.pop(0))
    with pytest.raises(TimeoutError) as caught, lease.exclusively(home / "x" / "a.lock", 3.0):
        raise AssertionError("it was held")
    assert str(caught.value) == "another process holds a.lock"
    assert slept == [0.05] * 4 and clock == [104.0]  # three seconds to the dot are still waited
    free[:] = [False, False, True]
    with lease.exclusively(home / "x" / "a.lock", 3.0):
        assert clock == [106.0]
    free[:] = [False]
    with pytest.raises(TimeoutError), lease.exclusively(home / "x" / "a.lock", 3.0, lambda: True):
        raise AssertionError("it was to stop")
    assert clock == [106.0] and (home / "x").stat().st_mode & 0o777 == 0o700
    assert (home / "x" / "a.lock").stat().st_mode & 0o777 == 0o600


# Files


def test_what_is_written_is_durable_before_it_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[Any] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        name = Path(f"/proc/self/fd/{descriptor}").resolve().name if Path("/proc").exists() else "?"
        done.append((name if name == tmp_path.name else "file", (tmp_path / "a.json").exists()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with files.writing(tmp_path / "a.json") as file:
        (aside,) = tmp_path.iterdir()
        assert aside.name.startswith(".a.json.") and aside.name.endswith(".part") and len(aside.name) == 21
        assert aside.stat().st_mode & 0o777 == 0o600
        file.write(b"whole")
        file.seek(0)
        assert file.read() == b"whole"  # it can be read again
    assert [there for _, there in done] == [False, True] and done[0][0] == "file"
    assert (tmp_path / "a.json").read_bytes() == b"whole"


def test_a_folder_that_can_not_be_made_durable_is_let_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[int] = []
    monkeypatch.setattr(files, "os", SimpleNamespace(
        name="posix", O_RDONLY=0, open=lambda path, flags: (path, flags) == (tmp_path, 0) and 77,
        fsync=lambda descriptor: (_ for _ in ()).throw(OSError(22, "a network drive")), close=closed.append,
    ))  # fmt: skip
    files._sync_folder(tmp_path)
    assert closed == [77]
    monkeypatch.setattr(files.os, "name", "nt")
    files._sync_folder(tmp_path)
    assert closed == [77]


def test_a_folder_that_another_makes_meanwhile_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.is_dir
    there = tmp_path / "a"
    there.mkdir()
    seen: list[Path] = []
    monkeypatch.setattr(Path, "is_dir", lambda path: seen.append(path) or (len(seen) > 1 and real(path)))
    files.make_folder(there)
    assert seen[:2] == [there, tmp_path]
    with pytest.raises(FileExistsError):
        (tmp_path / "b").write_bytes(b"")
        files.make_folder(tmp_path / "b")
    files.make_folder(tmp_path / "c", 0o755)
    assert (tmp_path / "c").stat().st_mode & 0o777 == 0o755


def test_a_copy_has_the_mode_that_was_asked(tmp_path: Path) -> None:
    data = bytes(range(256)) * 4096 + b"and a byte more"  # a block is 1 MB
    (tmp_path / "a").write_bytes(data)
    files.copy_whole(tmp_path / "a", tmp_path / "b", 0o644)
    assert (tmp_path / "b").read_bytes() == data and (tmp_path / "b").stat().st_mode & 0o777 == 0o644
    with pytest.raises(OSError):
        files.copy_whole(tmp_path / "a", tmp_path / "none" / "b")
    assert (files.PRIVATE_FILE, files.PRIVATE_FOLDER) == (0o600, 0o700)
    assert files.mode_beside(tmp_path) == files.PRIVATE_FILE


def test_being_offline_is_a_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    online.write(home, True)
    assert not home.exists()
    online.write(home, False)
    assert home.stat().st_mode & 0o777 == 0o700 and [path.name for path in home.iterdir()] == ["offline"]
    monkeypatch.setattr(online, "write_whole", lambda *words: pytest.fail("it is there"))
    online.write(home, False)
    online.write(home, True)
    assert list(home.iterdir()) == []


# Home, by the platform


@pytest.mark.parametrize(
    ("platform", "variables", "wanted"),
    [
        ("linux", {}, "/u/.local/share/take-one"),
        ("linux", {"XDG_DATA_HOME": " /d "}, "/d/take-one"),
        ("linux", {"XDG_DATA_HOME": " ", "TAKE_ONE_HOME": " ", "LOCALAPPDATA": "/w"}, "/u/.local/share/take-one"),
        ("darwin", {"XDG_DATA_HOME": "/d", "LOCALAPPDATA": "/w"}, "/u/Library/Application Support/take-one"),
        ("win32", {"XDG_DATA_HOME": "/d"}, "/u/AppData/Local/take-one"),
        ("win32", {"LOCALAPPDATA": "/w"}, "/w/take-one"),
        ("win32", {"LOCALAPPDATA": "/w", "TAKE_ONE_HOME": " /t "}, "/t"),
        ("darwin", {"TAKE_ONE_HOME": "~/t"}, "/u/t"),
    ],
)
def test_home_is_where_the_platform_keeps_things(
    monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], wanted: str
) -> None:
    for name in ("XDG_DATA_HOME", "TAKE_ONE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "/u", **variables}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(homes, "sys", SimpleNamespace(platform=platform))
    assert homes.home().as_posix() == wanted


def test_a_home_that_is_not_absolute_is_below_where_one_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TAKE_ONE_HOME", "here")
    assert homes.home() == tmp_path / "here"
    monkeypatch.setenv("TAKE_ONE_HOME", "~nobody-of-this-name/x")
    assert homes.home() == tmp_path / "~nobody-of-this-name" / "x"


# Targets


@pytest.mark.parametrize(
    ("url", "here", "exposed"),
    [
        ("http://localhost", True, False),
        ("http://localhost.example.com:8000", False, True),
        ("http://127.9.8.7:1", True, False),
        ("http://[::1]:9/x", True, False),
        ("http://[fe80::1]", False, True),
        ("http://0.0.0.0:1", False, True),
        ("https://10.0.0.1", False, False),
        ("https://127.0.0.1", True, False),
        ("ftp://10.0.0.1", False, False),
        ("http://", False, False),
        ("127.0.0.1:8000", False, False),
    ],
)
def test_what_is_on_this_machine(url: str, here: bool, exposed: bool) -> None:
    assert (is_loopback(url), RemoteTarget(url).loopback, is_exposed(url)) == (here, here, exposed)


def test_a_target_has_a_name_and_keeps_its_token_to_itself() -> None:
    assert LocalTarget(Path("/x")).name == "local" and LocalTarget(Path("/x")).python is None
    target = RemoteTarget("http://a:1//", "hush")
    assert (target.name, repr(target), target.token) == ("http://a:1", "RemoteTarget('http://a:1//')", "hush")
    assert RemoteTarget("http://a").token == ""


def test_the_bounds_of_what_a_server_may_say_and_of_patience() -> None:
    """Bytes, counts and seconds: what a server could fill or hold, and how long each wait may be."""
    assert (answers.MOST_JSON, answers.MOST_LINE, answers.MOST_ENGINES) == (8_388_608, 2_097_152, 100)
    assert (answers.MOST_MESSAGE, answers.CHUNK, transfer.CHUNK) == (1000, 65_536, 65_536)
    assert (calls.CONNECT_SECONDS, calls.ANSWER_SECONDS, calls.MOST_ID) == (5.0, 30.0, 200)
    assert (calls.MOST_CLIP, clip.MOST_BOXES, clip.MOST_INDEX) == (8_589_934_592, 100_000, 268_435_456)
    assert (follow.RUNNING_SECONDS, follow.WAITING_SECONDS, follow.SLOW_SECONDS) == (0.3, 1.0, 30.0)
    assert (follow.MOST_DOWNLOADS, follow.BUSY_SECONDS, follow.MOST_RESUBMITS) == (4, 5.0, 2)
    assert (follow.MOST_GARBLED, follow.MOST_SHUT, follow.CLOSE_SECONDS) == (3, 10, 1.0)
    assert (follow.BUSY, follow.SHUT) == ((429, 502, 503, 504), ("certificate", "redirected"))
    assert (journal.FORGET_SECONDS, journal.OTHERS_GRACE_SECONDS) == (2_592_000.0, 20.0)
    assert (watch.QUIET_SECONDS, watch.PAUSES, watch.EVENT_SECONDS) == (1.0, (0.2, 0.5, 1.0, 2.0, 5.0), 0.05)
    assert (connection.PROTOCOL, connection.CHECK_SECONDS, connection.ENGINES_HOLD) == (1, 5.0, 4.0)
    assert (connection.CRASH_SECONDS, connection.PAUSES) == (120.0, (1.0, 2.0, 4.0, 8.0, 15.0))
    assert (sessions.BUSY_TICK, sessions.IDLE_TICK, sessions.CLOSE_SECONDS) == (0.1, 0.5, 8.0)
    assert (process.START_SECONDS, process.PATIENCE, process.STOP_SECONDS) == (90.0, (2.0, 5.0, 10.0, 15.0), 6.0)
    assert (process.LOG_TAIL_BYTES, sessions.ADOPT_SECONDS, sessions.LOG_BYTES) == (16_000, 15.0, 1_048_576)
