"""The service's own folder: private, and whatever is wrong with it is a sentence, never a traceback or a dead queue."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.backend.service_process import ROOT, TOKEN, Service, open_gate, shut

posix = pytest.mark.skipif(os.name == "nt", reason="rights of files are another matter there")


def serve(home: Path, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The end of a service that can't start."""
    environment = {**os.environ, "TAKE_ONE_HOME": str(home), "TAKE_ONE_TOKEN": TOKEN, **variables}
    return subprocess.run(
        [sys.executable, "-m", "tests.backend.scripted", "--port", "0", *options],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        timeout=60,
    )


def sentence(done: subprocess.CompletedProcess[str], code: int) -> str:
    """What it says, which is one sentence for people."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    (said,) = [line for line in done.stderr.splitlines() if not line.startswith("INFO ")]
    assert said.startswith("error: ")
    return said


@posix
def test_nothing_there_is_for_others(own_service: Service, still: bytes) -> None:
    own_service.home.mkdir(mode=0o755)
    (own_service.home / "jobs").mkdir(mode=0o755)
    service, gate = own_service.start(), own_service.home.with_name("gate")
    job = service.submit(still, options=shut(gate)).json()["id"]
    service.wait(job, "in_progress")
    seen = 0
    while True:
        over = service.job(job)["status"] == "completed"
        for path in [service.home, *service.home.rglob("*")]:
            if path.name != "stderr.log" and not path.name.startswith("ready"):  # the test's own
                with contextlib.suppress(FileNotFoundError):
                    assert path.stat().st_mode & 0o077 == 0, path
                    seen += 1
        open_gate(gate)  # they are looked at while it waits, while it is made, and when it is over
        if over:
            break
    assert seen > 10
    assert (service.home / "jobs" / job / "attempt-1" / "clip.mp4").stat().st_mode & 0o777 == 0o600


@posix
def test_what_was_there_becomes_private(own_service: Service, still: bytes) -> None:
    service = own_service.start()
    service.wait(service.submit(still).json()["id"])
    service.stop()
    (service.home / "jobs.db").chmod(0o644)
    (service.home / "jobs").chmod(0o755)
    service.home.chmod(0o755)
    service.start()
    for path in (service.home, service.home / "jobs", service.home / "jobs.db"):
        assert path.stat().st_mode & 0o077 == 0, path


def make_file(content: bytes, mode: int = 0o600) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_bytes(content)
        path.chmod(mode)

    return make


def make_link(path: Path) -> None:
    (path.parent / "elsewhere").write_text("a-token-of-good-length")
    (path.parent / "elsewhere").chmod(0o600)
    path.symlink_to("elsewhere")


@posix
@pytest.mark.parametrize(
    ("make", "says"),
    [
        (make_file(b""), "at least 16 characters"),
        (make_file(b"abc" + b" " * 20), "at least 16 characters"),
        (make_file(b" " * 40), "at least 16 characters"),
        (make_file("zeichen-mit-ümläuten".encode()), "no blanks or accents"),
        (make_file(b"a token of good length"), "no blanks or accents"),
        (make_file(b"a-token-of-good-length", 0o640), "can be read by others"),
        (make_file(b"a-token-of-good-length", 0o604), "can be read by others"),
        (make_link, "a link"),
        (lambda path: path.mkdir(), "a link or something else"),
    ],
)
def test_a_token_that_keeps_nobody_out_is_refused(tmp_path: Path, make: Callable[[Path], None], says: str) -> None:
    make(tmp_path / "token")
    said = sentence(serve(tmp_path, TAKE_ONE_TOKEN=""), 2)
    assert says in said
    assert str(tmp_path / "token") in said


@pytest.mark.parametrize("secret", ["short", " " * 30, "fifteen-letters"])
def test_a_token_that_is_set_must_be_one(tmp_path: Path, secret: str) -> None:
    assert "TAKE_ONE_TOKEN" in sentence(serve(tmp_path, TAKE_ONE_TOKEN=secret), 2)


def test_a_home_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("not a folder")
    assert str(tmp_path / "home") in sentence(serve(tmp_path / "home"), 1)
    assert str(tmp_path / "home") in sentence(serve(tmp_path / "home" / "deeper"), 1)


@pytest.mark.parametrize("name", ["jobs", "jobs.db", "jobs.lock", "logs"])
def test_a_part_of_it_that_is_something_else(tmp_path: Path, name: str) -> None:
    if "." in name:
        (tmp_path / name).mkdir()
    else:
        (tmp_path / name).write_text("not a folder")
    assert str(tmp_path) in sentence(serve(tmp_path), 1)


@posix
@pytest.mark.parametrize("name", ["jobs.db", "jobs.lock"])
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("/nonexistent/place")])
def test_the_file_that_is_something_else_is_named(tmp_path: Path, name: str, make: Callable[[Path], None]) -> None:
    make(tmp_path / name)
    assert f"error: {tmp_path / name} is not a file" in sentence(serve(tmp_path), 1)


def test_a_home_of_a_user_that_there_is_not(tmp_path: Path) -> None:
    said = sentence(serve(Path("~nobody-of-this-name/take-one")), 2)
    assert "~nobody-of-this-name/take-one, and this machine has no such user" in said


def test_a_list_of_jobs_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "jobs.db").write_bytes(b"not a database, but long enough to look like one" * 100)
    said = sentence(serve(tmp_path), 1)
    assert "jobs.db" in said and "not a database" in said


def test_a_ready_file_that_cant_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = serve(tmp_path / "home", "--ready-file", str(tmp_path / "file" / "ready.json"))
    assert done.returncode == 1
    (said,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert "ready.json" in said


def test_a_host_that_there_is_not(tmp_path: Path) -> None:
    assert "nowhere.invalid" in sentence(serve(tmp_path, "--host", "nowhere.invalid"), 1)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Makes a file system of its own, where the machine lets a test make one."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(options: str) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
        if subprocess.run(command, capture_output=True).returncode:
            pytest.skip("may not mount a file system")
        return folder

    yield mount
    subprocess.run(["umount", "-l", str(folder)], capture_output=True)


def fill(folder: Path) -> None:
    with contextlib.suppress(OSError), (folder / "filler").open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)


def test_a_disk_that_is_full_at_the_start(small_disk: Callable[[str], Path]) -> None:
    home = small_disk("size=64k")
    fill(home)
    said = sentence(serve(home), 1)
    assert "No space left" in said or "full" in said or "disk I/O" in said


def test_a_disk_that_is_full_at_a_later_start(small_disk: Callable[[str], Path], still: bytes) -> None:
    home = small_disk("size=2m")
    service = Service(home).start()
    job = service.submit(still).json()["id"]
    service.wait(job)
    service.stop()
    service.end()
    fill(home)
    done = serve(home, "--ready-file", str(home / "ready.json"))
    sentence(done, 1)
    (home / "filler").unlink()
    service.start()
    assert service.job(job)["status"] == "completed"
    service.end()


def test_a_home_that_can_only_be_read(small_disk: Callable[[str], Path]) -> None:
    assert "Read-only" in sentence(serve(small_disk("ro") / "home"), 1)


def damage(home: Path, change: str, *values: object) -> None:
    with sqlite3.connect(home / "jobs.db") as db:
        db.execute(change, values)
    db.close()


def test_one_bad_thing_stops_nothing_else(own_service: Service, still: bytes) -> None:
    service = own_service.start()
    home, gate = service.home, service.home.with_name("gate")
    done = service.submit(still).json()["id"]
    service.wait(done)
    running, bad, good = (service.submit(still, options=shut(gate)).json()["id"] for _ in range(3))
    service.wait(running, "in_progress")
    service.kill()
    damage(home, "UPDATE jobs SET request = '{' WHERE id = ?", bad)
    damage(home, "UPDATE jobs SET result = '[' WHERE id = ?", done)
    (home / "jobs" / running / "attempt-1").mkdir(exist_ok=True)  # its worker may not have come so far
    (home / "jobs" / running / "attempt-1" / "result.json").write_text('{"frames": "many"')
    (home / "jobs" / "video_link").symlink_to(home / "nowhere")
    os.mkdir(os.fsencode(home / "jobs") + b"/video_\xff")  # noqa: PTH102 - not a name that text can hold
    (home / "jobs.lock").write_bytes(os.urandom(5000))
    open_gate(gate)
    service.start()
    assert service.wait(running)["status"] == "completed"
    assert service.wait(good)["status"] == "completed"
    for job in (bad, done):
        assert service.job(job)["error"]["code"] == "damaged"
    listed = {job["id"]: job["status"] for job in service.http.get("/v1/videos").json()["data"]}
    assert listed == {done: "failed", running: "completed", bad: "failed", good: "completed"}
    assert service.wait(service.submit(still).json()["id"])["status"] == "completed"
    for job in (bad, done):
        assert service.http.delete(f"/v1/videos/{job}").status_code == 200


def test_a_list_of_jobs_that_another_program_holds(own_service: Service, still: bytes) -> None:
    service, gate = own_service.start(), own_service.home.with_name("gate")
    running = service.submit(still, options=shut(gate)).json()["id"]
    service.wait(running, "in_progress")
    other = sqlite3.connect(service.home / "jobs.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    open_gate(gate)
    try:
        answer = service.http.post(f"/v1/videos/{running}/cancel")
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "busy"
        assert set(answer.json()["error"]) == {"code", "message", "param", "fix"}
        assert service.submit(still).status_code == 503
        assert service.http.get("/v1/videos").status_code == 200  # while the other still holds it
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert service.wait(running)["status"] == "completed"  # its take waited for the list to be free
    assert service.wait(service.submit(still).json()["id"])["status"] == "completed"
