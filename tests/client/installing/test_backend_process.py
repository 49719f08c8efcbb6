"""The local backend as a real process: started, shared, watched, ended; and why it did not start, in
words."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from client.events import FAILED, READY, RECONNECTING, STARTING, BackendState, JobProgress, TakeReady
from client.lease import Lease
from client.local.process import LocalBackend, Outdated, StartError, local_token
from client.local.reason import explain
from client.protocol import TakeRequest
from client.session import Session
from client.target import LocalTarget
from tests.client.conftest import ready, wait_for, wait_until
from tests.client.fake_server import FakeServer

ROOT = Path(__file__).resolve().parents[3]
PYTHON = Path(sys.executable)
FAKE = "from tests.client.fake_server import main; main()"


@pytest.fixture
def make_root(tmp_path: Path) -> Callable[..., Path]:
    """An extension's folder whose `backend` is the code given: a stand-in that starts fast, or fails as
    told."""

    def make(code: str = FAKE, version: str = "0.1.0") -> Path:
        root = tmp_path / f"root-{version}"
        (root / "backend").mkdir(parents=True, exist_ok=True)
        (root / "backend" / "__init__.py").write_text(f'__version__ = "{version}"\n')
        (root / "backend" / "__main__.py").write_text(
            f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n" + textwrap.dedent(code)
        )
        return root

    return make


def gone(pid: int, seconds: float = 60.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_the_real_backend_starts_answers_and_stops(home: Path):
    lease = Lease(home)
    backend = LocalBackend(PYTHON, ROOT, home, lease.name)
    url, token = backend.start()
    health = requests.get(url + "/health", headers={"Authorization": f"Bearer {token}"}, timeout=60).json()
    assert (health["status"], health["protocol"]) == ("ok", 1)
    assert requests.get(url + "/v1/videos", timeout=60).status_code == 401, "the token is needed"
    assert backend.pid is not None
    backend.stop()
    assert gone(backend_pid := health["pid"]), backend_pid
    lease.release()


def test_the_token_is_on_no_command_line_and_only_the_user_reads_it(home: Path, make_root: Callable[..., Path]):
    lease = Lease(home)
    backend = LocalBackend(PYTHON, make_root(), home, lease.name)
    _, token = backend.start()
    try:
        assert token not in Path(f"/proc/{backend.pid}/cmdline").read_bytes().decode()
        assert (home / "token").stat().st_mode & 0o077 == 0
        assert token not in backend.log_tail()
    finally:
        backend.stop()
        lease.release()


def test_two_blenders_share_one_backend_until_the_last_goes(home: Path, make_root: Callable[..., Path]):
    root = make_root()
    first, second = Lease(home), Lease(home)
    one, two = LocalBackend(PYTHON, root, home, first.name), LocalBackend(PYTHON, root, home, second.name)
    assert one.start() == two.start()
    pid = two.pid
    assert pid == one.pid is not None
    one.stop()
    first.release()
    os.kill(pid, 0)  # still there for the second one
    two.stop()
    second.release()
    assert gone(pid)


def test_the_real_backend_ends_when_blender_is_killed(home: Path):
    code = f"""
        import sys, time
        sys.path.insert(0, {str(ROOT)!r})
        from pathlib import Path
        from client.session import Session
        from client.target import LocalTarget
        session = Session(Path({str(home)!r}))
        session.connect(LocalTarget(Path({str(ROOT)!r}), Path(sys.executable)))
        while True:
            event = session.next_event(1)
            if event and event[0] == "ready":
                print("ready", flush=True)
    """
    blender = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True)
    assert blender.stdout is not None
    assert blender.stdout.readline() == "ready\n"
    pid = json.loads((home / "backend.json").read_text())["pid"]
    blender.send_signal(signal.SIGKILL)
    blender.wait()
    assert gone(pid)


def test_a_backend_of_another_version_is_replaced_unless_someone_uses_it(home: Path, make_root: Callable[..., Path]):
    old, new = make_root(version="0.1.0"), make_root(version="0.2.0")
    first, second = Lease(home), Lease(home)
    running = LocalBackend(PYTHON, old, home, first.name)
    running.start()
    newer = LocalBackend(PYTHON, new, home, second.name)
    with pytest.raises(Outdated, match=r"Take One 0\.1\.0, and this is 0\.2\.0") as told:
        newer.start()
    assert told.value.fix == "update"
    with pytest.raises(Outdated, match="Update this extension") as told:
        LocalBackend(PYTHON, make_root(version="0.0.9"), home, second.name).start()
    assert told.value.fix == "start"
    first.release()
    newer.start()
    assert newer.pid != running.pid
    newer.stop()
    second.release()
    running.poll()


def test_a_backend_that_another_blender_uses_is_taken_over_when_asked(home: Path, make_root: Callable[..., Path]):
    theirs, ours = Lease(home), Lease(home)
    running = LocalBackend(PYTHON, make_root(version="0.1.0"), home, theirs.name)
    running.start()
    newer = LocalBackend(PYTHON, make_root(version="0.2.0"), home, ours.name)
    newer.start(take_over=True)
    assert newer.pid != running.pid
    running._process.wait(60)  # type: ignore[union-attr]
    ours.release()
    theirs.release()
    newer.stop()


@pytest.mark.parametrize(
    ("code", "said", "fix"),
    [
        ("import fastapi_is_not_here", "fastapi_is_not_here", "install"),
        ("raise OSError(28, 'No space left on device')", "disk is full", "free_space"),
        (
            "import sys; print('the licence of the moon has expired', file=sys.stderr); sys.exit(1)",
            "the licence of the moon",
            "open_log",
        ),
        ("import os; os.kill(os.getpid(), 9)", "want of memory", "start"),
        ("import sys; sys.exit(3)", "empty log", "install"),
    ],
)
def test_a_start_that_fails_says_why(code: str, said: str, fix: str, home: Path, make_root: Callable[..., Path]):
    lease = Lease(home)
    with pytest.raises(StartError) as caught:
        LocalBackend(PYTHON, make_root(code), home, lease.name).start()
    lease.release()
    assert said in caught.value.message
    assert caught.value.fix == fix


def test_an_environment_that_is_not_there_asks_for_installation(home: Path, make_root: Callable[..., Path]):
    with pytest.raises(StartError) as caught:
        LocalBackend(Path("/nowhere/python"), make_root(), home).start()
    assert caught.value.fix == "install"


def test_the_reason_is_the_last_meaningful_line():
    log = textwrap.dedent("""
        INFO:     Started server process [12]
        Traceback (most recent call last):
          File "x.py", line 3, in <module>
            boom()
            ^^^^^^
        ValueError: no such codec
    """)
    assert explain(log, 1) == ("The backend stopped: ValueError: no such codec", "open_log")


def test_a_killed_backend_is_started_again_and_the_job_arrives(
    home: Path,
    make_session: Callable[..., Session],
    make_request: Callable[..., TakeRequest],
    make_root: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    """The stand-in forgets its jobs when killed: the client gives it the job again, from its own copies."""
    monkeypatch.setenv("TAKE_ONE_TEST_HOLD", "yes")  # the first one has it in the making until it is killed
    session = make_session()
    session.connect(LocalTarget(make_root(), PYTHON))
    wait_for(session, BackendState, test=lambda event: event.state == READY)
    monkeypatch.delenv("TAKE_ONE_TEST_HOLD")
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    wait_for(session, JobProgress)
    os.kill(json.loads((home / "backend.json").read_text())["pid"], signal.SIGKILL)
    wait_for(session, BackendState, test=lambda event: event.state == RECONNECTING)
    assert wait_for(session, TakeReady).key == "k1"


def test_a_backend_that_keeps_dying_is_given_up_with_the_reason(
    home: Path, make_session: Callable[..., Session], make_root: Callable[..., Path]
):
    session = make_session()
    session.connect(LocalTarget(make_root(), PYTHON))
    for _ in range(2):
        wait_for(session, BackendState, test=lambda event: event.state == READY)
        os.kill(json.loads((home / "backend.json").read_text())["pid"], signal.SIGKILL)
    given_up = wait_for(session, BackendState, test=lambda event: event.state == FAILED)
    assert "memory" in given_up.message and given_up.fix == "start"


def test_closing_the_session_stops_the_backend(
    home: Path, make_session: Callable[..., Session], make_root: Callable[..., Path]
):
    session = make_session()
    session.connect(LocalTarget(make_root(), PYTHON))
    wait_for(session, BackendState, test=lambda event: event.state == READY)
    pid = json.loads((home / "backend.json").read_text())["pid"]
    session.close()
    assert gone(pid)


def test_another_server_chosen_lets_the_local_backend_go(
    home: Path, make_session: Callable[..., Session], make_root: Callable[..., Path], server: FakeServer
):
    session = make_session()
    session.connect(LocalTarget(make_root(), PYTHON))
    wait_for(session, BackendState, test=lambda event: event.state == READY)
    pid = json.loads((home / "backend.json").read_text())["pid"]
    ready(session, server)
    assert gone(pid)


def test_closing_does_not_wait_for_a_backend_that_is_slow_to_start(
    home: Path, make_session: Callable[..., Session], make_root: Callable[..., Path]
):
    session = make_session()
    session.connect(LocalTarget(make_root("import time; time.sleep(600)"), PYTHON))
    wait_for(session, BackendState, test=lambda event: event.state == STARTING)
    wait_until((home / "backend.starting").exists)
    began = time.monotonic()
    session.close()
    assert time.monotonic() - began < 60


def test_a_backend_file_left_by_a_crash_fools_nobody(home: Path, make_root: Callable[..., Path]):
    home.mkdir()
    (home / "backend.json").write_text(json.dumps({"port": 9, "pid": 1, "version": "0.1.0"}))
    assert local_token(home) == local_token(home)
    lease = Lease(home)
    backend = LocalBackend(PYTHON, make_root(), home, lease.name)
    url, _ = backend.start()
    assert not url.endswith(":9")
    backend.stop()
    lease.release()
    os.kill(1, 0)  # and whatever has that number now still lives
