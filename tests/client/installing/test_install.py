"""Installation: the real thing from the extension's own pip, and every way it can go wrong."""

from __future__ import annotations

import compileall
import hashlib
import io
import json
import os
import py_compile
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from client.events import InstallState
from client.installing import install, pip, pythons
from client.installing.install import Installer
from tests.gui.index import Index

PYTHON = Path(sys.executable)
ROOT = Path(__file__).resolve().parents[3]
PIP_WHEELS = sorted((ROOT / ".dev" / "bootstrap").glob("*/pip-*.whl"))
NO_HASH = f"--hash=sha256:{'0' * 64}\n"


def tiny_wheel() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as wheel:
        info = "tiny_part-1.0.dist-info"
        wheel.writestr("tiny_part.py", "VALUE = 1\n")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-part\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return written.getvalue()


WHEEL = tiny_wheel()
TINY = f"tiny-part==1.0 --hash=sha256:{hashlib.sha256(WHEEL).hexdigest()}\n"


@pytest.fixture(autouse=True)
def no_chosen_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TAKE_ONE_PYTHON", raising=False)


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that pip takes instead of the network, by the user's own settings."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    (folder / "tiny_part-1.0-py3-none-any.whl").write_bytes(WHEEL)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture(scope="module")
def compiled_pip(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """pip's wheel with what Python makes of its modules instead of them: each installation unpacks it anew, and would
    spend half of its time on compiling."""
    if not PIP_WHEELS:
        return None
    folder = tmp_path_factory.mktemp("pip") / "unpacked"
    with zipfile.ZipFile(PIP_WHEELS[-1]) as wheel:
        wheel.extractall(folder)
    always = py_compile.PycInvalidationMode.UNCHECKED_HASH
    assert compileall.compile_dir(folder, quiet=1, legacy=True, invalidation_mode=always)
    for source in folder.rglob("*.py"):
        source.unlink()
    return Path(shutil.make_archive(str(folder), "zip", folder))


@pytest.fixture
def make_root(tmp_path: Path, compiled_pip: Path | None) -> Callable[..., Path]:
    def make(requirements: str = TINY, models: str = "import tiny_part", bundled: bool = True) -> Path:
        root = tmp_path / "root"
        (root / "backend" / "requirements").mkdir(parents=True, exist_ok=True)
        (root / "backend" / "__init__.py").write_text('__version__ = "0.1.0"\n')
        (root / "backend" / "__main__.py").write_text(models + "\n")
        (root / "backend" / "requirements" / "draft.txt").write_text(requirements)
        if bundled and compiled_pip is not None:
            (root / "bootstrap").mkdir(exist_ok=True)
            shutil.copyfile(compiled_pip, root / "bootstrap" / "pip.whl")
        return root

    return make


def run(home: Path, root: Path, **options: object) -> list[InstallState]:
    told: list[InstallState] = []
    Installer(home, root, "draft", told.append, **options).run()  # type: ignore[arg-type]
    return told


def test_a_whole_installation(home: Path, make_root: Callable[..., Path], wheels: Path):
    root = make_root()
    assert install.state(home, root) == install.ABSENT
    told = run(home, root)
    assert told[-1].state == "done", told[-1]
    fractions = [state.fraction for state in told]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0
    assert install.state(home, root) == install.CURRENT
    assert subprocess.run([install.backend_python(home), "-c", "import tiny_part"]).returncode == 0
    assert "tiny-part" in (home / "logs" / "install.log").read_text()


def test_other_requirements_make_it_outdated_and_the_update_replaces_it(
    home: Path, make_root: Callable[..., Path], wheels: Path
):
    run(home, make_root())
    before = install.backend_python(home)
    root = make_root(f"{TINY.strip()} {NO_HASH}")
    assert install.state(home, root) == install.OLD
    assert run(home, root)[-1].state == "done"
    assert install.state(home, root) == install.CURRENT
    assert install.backend_python(home) != before
    second = install.backend_python(home)
    third = make_root(f"# a comment does not count\n{TINY.strip()}  {NO_HASH}")
    assert run(home, third)[-1].state == "done"
    assert before.exists() and second.exists(), "a backend may still run in them"
    install.remove_leftovers(home, previous=True)
    assert not before.exists() and not second.exists() and install.backend_python(home).exists()


@pytest.mark.parametrize(
    ("profile", "names"), [("draft", ["draft.txt"]), ("gpu", ["gpu.txt", "torch.txt", "hopper.txt"])]
)
def test_each_lock_of_a_profile_counts_and_no_other(
    home: Path, make_root: Callable[..., Path], profile: str, names: list[str]
):
    root = make_root()
    locks = root / "backend" / "requirements"
    every = ["draft.txt", "gpu.txt", "torch.txt", "hopper.txt"]
    for name in every:
        (locks / name).write_text(f"# made by hand\n{name}==1\n")
    python = pythons.venv_python(home / "env-1")
    python.parent.mkdir(parents=True)
    python.touch()
    made = {"folder": "env-1", "profile": profile, "recipe": install.recipe(root, profile)}
    (home / "env.json").write_text(json.dumps(made))
    assert install.state(home, root) == install.CURRENT
    for name in every:
        before = (locks / name).read_text()
        (locks / name).write_text(before.replace("by hand", "otherwise"))
        assert install.state(home, root) == install.CURRENT
        (locks / name).write_text(before.replace("==1", "==2"))
        assert install.state(home, root) == (install.OLD if name in names else install.CURRENT), name
        (locks / name).write_text(before)
    python.unlink()
    assert install.state(home, root) == install.ABSENT


def test_a_failure_leaves_the_old_environment_in_use(home: Path, make_root: Callable[..., Path], wheels: Path):
    run(home, make_root())
    before = install.backend_python(home)
    told = run(home, make_root(f"no-such-part==9 {NO_HASH}"))
    assert told[-1].state == "failed"
    assert "no-such-part==9" in told[-1].message and told[-1].fix == "install"
    assert install.backend_python(home) == before and before.exists()
    assert len(list(home.glob("env-*"))) == 1, "the half-done one is gone"


def test_what_does_not_run_is_not_installed(home: Path, make_root: Callable[..., Path], wheels: Path):
    told = run(home, make_root(models="raise SystemExit('libGL.so.1 is missing')"))
    assert told[-1].state == "failed" and "libGL.so.1 is missing" in told[-1].message
    assert install.state(home, make_root()) == install.ABSENT
    assert list(home.glob("env-*")) == []


def test_cancel_kills_and_cleans_up(home: Path, make_root: Callable[..., Path], wheels: Path):
    root = make_root(models="import time; time.sleep(600)")
    told: list[InstallState] = []
    installer = Installer(home, root, "draft", told.append)
    thread = threading.Thread(target=installer.run)
    thread.start()
    until = time.monotonic() + 60
    while time.monotonic() < until and not any(state.message == "Checking" for state in told):
        time.sleep(0.05)
    installer.cancel()
    thread.join(60)
    assert not thread.is_alive()
    assert told[-1].state == "cancelled"
    assert list(home.glob("env-*")) == []


def test_a_killed_installation_is_cleared_away_by_the_next(home: Path, make_root: Callable[..., Path], wheels: Path):
    (home / "env-20200101-000000-1" / "bin").mkdir(parents=True)
    assert run(home, make_root())[-1].state == "done"
    assert not (home / "env-20200101-000000-1").exists()


def test_a_full_disk_is_noticed_first(home: Path, make_root: Callable[..., Path], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(install.NEEDED_BYTES, "draft", 1e18)
    (state,) = run(home, make_root())
    assert (state.state, state.fix) == ("failed", "free_space")


def test_no_usable_python(home: Path, make_root: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(pythons, "find", lambda version: None)
    state = run(home, make_root(), blender_python=tmp_path / "no-python")[-1]
    assert state.state == "failed" and "Python from 3.11 to 3.14" in state.message


def test_a_chosen_python_that_is_none_is_said(monkeypatch: pytest.MonkeyPatch):
    assert install.wrong_choice() == ""
    monkeypatch.setenv("TAKE_ONE_PYTHON", str(PYTHON))
    assert install.wrong_choice() == ""
    for wrong in ("/nowhere/python", "/bin/true"):
        monkeypatch.setenv("TAKE_ONE_PYTHON", wrong)
        assert wrong in install.wrong_choice()


def test_a_folder_that_cannot_be_written(home: Path, make_root: Callable[..., Path]):
    home.parent.mkdir(exist_ok=True)
    home.write_text("a file is in the way")
    assert run(home, make_root())[-1].state == "failed"


def test_two_blenders_do_not_install_at_once(home: Path, make_root: Callable[..., Path]):
    from client import lease

    with lease.exclusively(home / "install.lock", 1):
        state = run(home, make_root())[-1]
    assert state.state == "failed" and "Another Blender" in state.message


@pytest.mark.parametrize(
    ("output", "said", "fix"),
    [
        (
            'WARNING: Retrying ... NameResolutionError(".")\nERROR: No matching distribution found for a',
            "cannot be reached",
            "install",
        ),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
            "disk is full",
            "free_space",
        ),
        (
            "ERROR: [WinError 32] The process cannot access the file: it is being used by another process",
            "virus scanner",
            "install",
        ),
        (
            "WARNING: Connection interrupted while downloading.\nerror: incomplete-download\n\n"
            "× Download failed after 6 attempts because not enough bytes were received (3.1 MB/6.3 MB)",
            "broke off",
            "install",
        ),
        ("OSError: Tunnel connection failed: 407 Proxy Authentication Required", "proxy", "open_log"),
        ("ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED]", "certificate", "open_log"),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 36] File name too long",
            "too long",
            "open_log",
        ),
        ("ERROR: No matching distribution found for numba==0.68.1", "no numba==0.68.1", "install"),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package "
            "versions, please update the hashes. Otherwise, examine the package contents carefully; someone may have "
            "tampered with them.\n    numba==0.68.1 from https://x/numba.whl (from -r draft.txt (line 3)):\n"
            "        Expected sha256 00\n             Got        11",
            "The download server's numba is not the file",
            "install",
        ),
        ("ERROR: something never seen before", "something never seen before", "open_log"),
    ],
)
def test_failures_in_words(output: str, said: str, fix: str):
    message, found = pip.explain(output)
    assert said in message
    assert found == fix


def only_index(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    """pip asks nothing but what `variables` say, and gives up soon."""
    settings = {"PIP_RETRIES": "1", "PIP_TIMEOUT": "2", "PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "0"}
    for name, value in (settings | variables).items():
        monkeypatch.setenv(name, value)


def test_an_unreachable_server_for_real(home: Path, make_root: Callable[..., Path], monkeypatch: pytest.MonkeyPatch):
    only_index(monkeypatch, PIP_INDEX_URL="http://127.0.0.1:9/simple")
    state = run(home, make_root())[-1]
    assert state.state == "failed" and "cannot be reached" in state.message, state.message


def test_a_proxy_that_does_not_answer_for_real(
    home: Path, make_root: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
):
    only_index(monkeypatch, PIP_INDEX_URL="https://192.0.2.1/simple", HTTPS_PROXY="http://127.0.0.1:9")
    state = run(home, make_root())[-1]
    assert state.state == "failed" and "The proxy 127.0.0.1:9 does not answer" in state.message, state.message


@pytest.fixture
def index() -> Iterator[Index]:
    with Index(str(PYTHON)) as served:
        yield served


def test_the_users_own_index_is_asked(
    home: Path, make_root: Callable[..., Path], index: Index, monkeypatch: pytest.MonkeyPatch
):
    only_index(monkeypatch, PIP_INDEX_URL=index.url)
    told = run(home, make_root(index.requirement("tiny-part"), models="import json"))
    assert told[-1].state == "done", told[-1]
    assert any(path.startswith("/wheels/tiny-part/") for path in index.asked)


def test_an_index_in_a_file_of_pips_settings_is_asked(
    home: Path, make_root: Callable[..., Path], index: Index, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / "pip.conf").write_text(f"[global]\nindex-url = {index.url}\n")
    only_index(monkeypatch, PIP_CONFIG_FILE=str(tmp_path / "pip.conf"))
    told = run(home, make_root(index.requirement("tiny-part"), models="import json"))
    assert told[-1].state == "done", told[-1]


def test_a_file_that_is_not_the_locked_one_is_refused(
    home: Path, make_root: Callable[..., Path], index: Index, monkeypatch: pytest.MonkeyPatch
):
    only_index(monkeypatch, PIP_INDEX_URL=index.url)
    root = make_root(index.requirement("tiny-part"))
    index.damage("tiny-part")
    state = run(home, root)[-1]
    assert state.state == "failed" and "server's tiny-part is not the file" in state.message, state.message
    assert list(home.glob("env-*")) == []


def test_what_has_no_hash_is_not_installed(
    home: Path, make_root: Callable[..., Path], index: Index, monkeypatch: pytest.MonkeyPatch
):
    only_index(monkeypatch, PIP_INDEX_URL=index.url)
    assert run(home, make_root("tiny-part==1.0\n", models="import json"))[-1].state == "failed"
    assert "Hashes are required" in (home / "logs" / "install.log").read_text()


def through_proxy(monkeypatch: pytest.MonkeyPatch, index: Index, url: str) -> None:
    """The index has a name that only the proxy knows."""
    only_index(monkeypatch, PIP_INDEX_URL=url, PIP_TRUSTED_HOST="index.invalid")
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, index.url.removesuffix("/simple"))


def test_the_systems_proxy_is_used(
    home: Path, make_root: Callable[..., Path], index: Index, monkeypatch: pytest.MonkeyPatch
):
    through_proxy(monkeypatch, index, "http://index.invalid/simple")
    told = run(home, make_root(index.requirement("tiny-part"), models="import json"))
    assert told[-1].state == "done", told[-1]
    assert any(path.startswith("http://index.invalid/wheels/") for path in index.asked)


def test_a_proxy_that_wants_a_password_is_said(
    home: Path, make_root: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
):
    with Index(str(PYTHON), password="secret") as closed:
        through_proxy(monkeypatch, closed, "https://index.invalid/simple")
        state = run(home, make_root(closed.requirement("tiny-part")))[-1]
    assert state.state == "failed" and "The proxy did not let the download through" in state.message, state.message


def test_in_a_checkout_pythons_own_pip_is_used(home: Path, make_root: Callable[..., Path], wheels: Path):
    assert run(home, make_root(bundled=False))[-1].state == "done"


@pytest.mark.skipif(not PIP_WHEELS, reason="pip's wheel is fetched by `dev.py build`")
def test_the_bundled_pip_leaves_none_in_the_environment(home: Path, make_root: Callable[..., Path], wheels: Path):
    root = make_root()
    shutil.copyfile(PIP_WHEELS[-1], root / "bootstrap" / "pip.whl")  # as it is in the extension
    assert run(home, root)[-1].state == "done"
    environment = install.backend_python(home).parents[1]
    assert (environment / "pyvenv.cfg").exists() and not list(environment.rglob("pip"))


def test_the_pointer_survives_nonsense(home: Path, make_root: Callable[..., Path]):
    home.mkdir()
    for nonsense in ("", "[]", '{"folder"', json.dumps({"folder": "../../etc"})):
        (home / "env.json").write_text(nonsense)
        assert install.state(home, make_root()) == install.ABSENT


def test_pythons_are_found_and_tried():
    assert pythons.find(sys.version_info[:2], first=(Path("/nowhere"), PYTHON)) == PYTHON
    assert pythons.version_of(Path("/bin/true")) is None
