"""Servers' tokens: in a keyring where there is one, else in a file that only the user reads; and never
anywhere else."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest

from client import home as homes
from client.commands import secrets
from client.events import READY, BackendState
from client.session import Session
from client.target import RemoteTarget
from tests.client.conftest import wait_for
from tests.client.fake_server import FakeServer

ROOT = Path(__file__).resolve().parents[3]
URL = "http://192.0.2.7:8000"


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A keyring for the backend's process: keyring's own interface, kept in a file of the test."""
    (tmp_path / "ring.py").write_text(
        "import json, pathlib\nfrom keyring.backend import KeyringBackend\n"
        f"PATH = pathlib.Path({str(tmp_path / 'ring.json')!r})\n"
        "class Ring(KeyringBackend):\n    priority = 1\n"
        "    def _all(self): return json.loads(PATH.read_text()) if PATH.exists() else {}\n"
        "    def get_password(self, service, name): return self._all().get(service + name)\n"
        "    def set_password(self, service, name, word):\n"
        "        PATH.write_text(json.dumps(self._all() | {service + name: word}))\n"
        "    def delete_password(self, service, name):\n"
        "        PATH.write_text(json.dumps({k: v for k, v in self._all().items() if k != service + name}))\n"
    )
    site = subprocess.run(
        [sys.executable, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    wrapper = tmp_path / "python"
    wrapper.write_text(
        f'#!/bin/sh\nPYTHONPATH={tmp_path}:{site} PYTHON_KEYRING_BACKEND=ring.Ring exec {sys.executable} "$@"\n'
    )
    wrapper.chmod(0o755)
    monkeypatch.setenv("TAKE_ONE_PYTHON", str(wrapper))
    return tmp_path / "ring.json"


@pytest.fixture
def no_keyring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wrapper = tmp_path / "python"
    wrapper.write_text(f'#!/bin/sh\nPYTHON_KEYRING_BACKEND=keyring.backends.fail.Keyring exec {sys.executable} "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("TAKE_ONE_PYTHON", str(wrapper))


def test_the_keyring_keeps_it(home: Path, keyring: Path):
    secrets.save(home, URL, "hush")
    assert secrets.load(home, URL) == "hush"
    assert "hush" in keyring.read_text()
    assert not (home / "servers.json").exists()
    secrets.save(home, URL, "")
    assert secrets.load(home, URL) == ""


def test_without_a_keyring_a_private_file_keeps_it(home: Path, no_keyring: None):
    secrets.save(home, URL, "hush")
    secrets.save(home, URL + "1", "other")
    assert secrets.load(home, URL) == "hush"
    assert stat.S_IMODE((home / "servers.json").stat().st_mode) == 0o600
    secrets.save(home, URL, "")
    assert (secrets.load(home, URL), secrets.load(home, URL + "1")) == ("", "other")


def test_before_anything_is_installed_the_file_keeps_it(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TAKE_ONE_PYTHON", "/nowhere/python")
    secrets.save(home, URL, "hush")
    assert secrets.load(home, URL) == "hush"


def test_a_session_finds_the_token_that_it_was_told_to_remember(
    home: Path, make_session: Callable[..., Session], server: FakeServer, keyring: Path
):
    server.script.token = "hush"
    session = make_session()
    session.remember(server.url + "/", "hush")
    session.connect(RemoteTarget(server.url))
    wait_for(session, BackendState, test=lambda event: event.state == READY)


@pytest.mark.parametrize(
    "variables",
    [{}, {"XDG_DATA_HOME": "/somewhere"}, {"TAKE_ONE_HOME": "/elsewhere"}, {"TAKE_ONE_HOME": "~/takes"}],
)
def test_both_sides_agree_where_home_is(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch):
    from backend.home import home as backend_home

    for name in ("XDG_DATA_HOME", "TAKE_ONE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert homes.home() == backend_home()
    if "TAKE_ONE_HOME" not in os.environ:
        assert homes.home() == Path(platformdirs.user_data_dir("take-one", appauthor=False))
