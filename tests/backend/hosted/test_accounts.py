"""Accounts: the command, the keyring, and how a key gets to the process that needs it, and nowhere else."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from backend import accounts
from backend.engines.hosted.account.accounts import FILE, Account, account
from client.commands.accounts import Accounts
from tests.backend.hosted.fakes.fake import KEY, Script
from tests.backend.hosted.fakes.fal import FakeFal
from tests.backend.hosted.fakes.videos import FakeVideos
from tests.backend.hosted.test_hosted import order
from tests.backend.service_process import ROOT, Service

RING = """
import json, pathlib
from keyring.backend import KeyringBackend
PATH = pathlib.Path({path!r})
class Ring(KeyringBackend):
    priority = 1
    def _all(self): return json.loads(PATH.read_text()) if PATH.exists() else {{}}
    def get_password(self, service, name): return self._all().get(service + name)
    def set_password(self, service, name, word): PATH.write_text(json.dumps(self._all() | {{service + name: word}}))
    def delete_password(self, service, name):
        PATH.write_text(json.dumps({{k: v for k, v in self._all().items() if k != service + name}}))
"""


@dataclass
class Place:
    """A user's machine: Take One's folder, and a keyring that is a file of the test."""

    home: Path
    ring: Path
    variables: dict[str, str]

    def accounts(self, *words: str, key: str = "") -> subprocess.CompletedProcess[str]:
        """`python -m backend accounts ...`"""
        return subprocess.run(
            [sys.executable, "-m", "backend", "accounts", *words],
            cwd=ROOT,
            env={**os.environ, "TAKE_ONE_HOME": str(self.home), **self.variables},
            input=key,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def where_the_key_is(self, key: str = KEY) -> list[Path]:
        """The files that hold it, the keyring's own aside."""
        files = [path for path in self.home.parent.rglob("*") if path.is_file() and path != self.ring]
        return [path for path in files if key.encode() in path.read_bytes()]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    ring = tmp_path / "ring.json"
    (tmp_path / "ring.py").write_text(RING.format(path=str(ring)))
    path = os.pathsep.join((str(tmp_path), sysconfig.get_path("purelib")))
    return Place(tmp_path / "home", ring, {"PYTHONPATH": path, "PYTHON_KEYRING_BACKEND": "ring.Ring"})


@pytest.fixture
def fal() -> Iterator[FakeFal]:
    fake = FakeFal()
    yield fake
    fake.close()


def test_a_key_goes_into_the_keyring_and_from_there_to_the_worker(place: Place, fal: FakeFal, still: bytes) -> None:
    added = place.accounts("add", "fal", "--address", fal.url, key=KEY + "\n")
    assert added.returncode == 0, added.stderr
    assert "The key is good" in added.stdout
    assert KEY in place.ring.read_text()
    assert place.where_the_key_is() == []
    assert os.name != "posix" or (place.home / "accounts.json").stat().st_mode & 0o077 == 0

    service = Service(place.home, "tests.backend.hosted.serving")
    service.variables = place.variables
    service.start()
    try:
        fal.script = Script(seconds=0.5)
        job_id = order(service, still, "fal-happyhorse-1.1")
        while service.job(job_id)["status"] == "queued":
            time.sleep(0.02)
        for process in service.children():  # how anybody on the machine could see it
            with contextlib.suppress(psutil.NoSuchProcess):  # one that only asks for the machine's cards
                assert KEY not in " ".join(process.cmdline())
                assert KEY not in json.dumps(process.environ())
        assert service.wait(job_id)["status"] == "completed"
        assert len(fal.orders) == 1
    finally:
        service.end()
    assert place.where_the_key_is() == []

    assert "key in the keyring" in place.accounts("list").stdout
    assert "The key is good" in place.accounts("test", "fal").stdout
    assert place.accounts("remove", "fal").returncode == 0
    assert KEY not in place.ring.read_text()
    assert "key in the keyring" not in place.accounts("list").stdout


def test_a_key_that_is_refused_is_not_kept(place: Place, fal: FakeFal) -> None:
    added = place.accounts("add", "fal", "--address", fal.url, "--json", key="sk-wrong-wrong-wrong")
    assert added.returncode == 1
    assert json.loads(added.stdout)["error"]["code"] == "account_refused"
    assert not place.ring.exists()
    assert not (place.home / "accounts.json").exists()


def test_a_provider_that_is_away_does_not_keep_an_account_from_being_added(place: Place, fal: FakeFal) -> None:
    fal.close()
    added = place.accounts("add", "fal", "--address", fal.url, key=KEY)
    assert added.returncode == 0, added.stderr
    assert "could not be tested now" in added.stdout
    assert place.accounts("test", "fal").returncode == 1


def test_without_a_keyring_a_key_is_kept_nowhere(place: Place, fal: FakeFal) -> None:
    place.variables["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    added = place.accounts("add", "fal", "--address", fal.url, key=KEY)
    assert added.returncode == 1
    assert "set the provider's environment variable" in added.stderr
    assert place.where_the_key_is() == []
    place.variables["FAL_KEY"] = KEY
    assert "key in FAL_KEY" in place.accounts("list").stdout


@pytest.mark.parametrize(
    "address", ["http://queue.example.com", "https://user:word@example.com", "ftp://example.com", "x"]
)
def test_an_address_that_a_key_must_not_go_to(place: Place, address: str) -> None:
    added = place.accounts("add", "fal", "--address", address, key=KEY)
    assert added.returncode == 1
    assert KEY not in added.stderr
    assert not place.ring.exists()


@pytest.mark.parametrize("models", ["5", "true", "1.5", '"ab"', '{"a": 1}', "null"])
def test_models_that_are_no_list_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, models: str) -> None:
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path))
    (tmp_path / FILE).write_text(f'{{"videos": {{"address": "http://127.0.0.1:9", "models": {models}}}}}')
    assert account("videos", "TAKE_ONE_NO_KEY") == Account("videos", "http://127.0.0.1:9")


def test_a_server_says_which_models_it_has(place: Place) -> None:
    fake = FakeVideos()
    try:
        assert place.accounts("add", "videos", key=KEY).returncode == 1  # its address has to be told
        added = place.accounts("add", "videos", "--address", fake.url, key=KEY)
        assert "Its models: ltx-2, wan-2.2." in added.stdout
        assert json.loads((place.home / "accounts.json").read_text())["videos"]["models"] == ["ltx-2", "wan-2.2"]
    finally:
        fake.close()


@pytest.mark.skipif(os.name != "posix", reason="the wrapper is a shell script")
def test_blenders_side_of_it(place: Place, fal: FakeFal, monkeypatch: pytest.MonkeyPatch) -> None:
    wrapper = place.home.parent / "python"
    variables = " ".join(f"{name}={value}" for name, value in place.variables.items())
    wrapper.write_text(f'#!/bin/sh\n{variables} exec {sys.executable} "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("TAKE_ONE_PYTHON", str(wrapper))
    accounts = Accounts(place.home, ROOT)

    def ended() -> str:
        assert accounts.state.state == "busy"
        until = time.monotonic() + 60
        while not accounts.poll():
            assert time.monotonic() < until
            time.sleep(0.02)
        return accounts.state.state

    accounts.add("fal", KEY, fal.url)
    assert ended() == "done"
    mine = next(one for one in accounts.state.accounts if one.provider == "fal")
    assert (mine.label, mine.kept, mine.address) == ("fal", "keyring", fal.url)
    assert "The key is good" in accounts.state.said
    assert KEY not in repr(accounts.state)
    fal.script = Script(unauthorized=True)
    accounts.test("fal")
    assert ended() == "failed"
    assert "does not accept the key" in accounts.state.said
    assert KEY not in accounts.state.said
    accounts.remove("fal")
    assert ended() == "done"
    assert {one.kept for one in accounts.state.accounts if one.provider == "fal"} == {""}
    assert place.where_the_key_is() == []


def test_the_list_says_where_each_key_is_and_how_one_is_added(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"provider": "p", "label": "L", "variable": "P_KEY", "kept": "", "address": "", "keyless": False}
    rows = [
        row | {"own_address": True},
        row | {"kept": "keyring", "address": "http://a", "own_address": True},
        row | {"kept": "environment", "own_address": True},
        row | {"kept": "none", "own_address": True},
        row | {"keyless": True, "own_address": False},
        row | {"keyless": True, "own_address": True},
    ]
    monkeypatch.setattr(accounts, "rows", lambda: rows)
    assert accounts._list(argparse.Namespace(json=False)) == 0
    add = f"{'':14}python -m backend accounts add p, or set P_KEY"
    head = f"{'p':14}{'L':24}"
    assert capsys.readouterr().out.splitlines() == [
        f"{head}no account",
        add,
        f"{head}key in the keyring at http://a",
        f"{head}key in P_KEY",
        f"{head}without a key",
        f"{head}no account",
        f"{'':14}needs none on this machine; elsewhere: python -m backend accounts add p",
        f"{head}no account",
        add,
    ]


def test_what_is_not_there_can_not_be_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path))
    (tmp_path / FILE).write_text(json.dumps({"videos": {"address": "http://127.0.0.1:9", "kept": "none"}}))
    for said in ("It is forgotten.", "There was no such account."):
        assert accounts._remove(argparse.Namespace(json=False, provider="videos")) == 0
        assert capsys.readouterr().out == said + "\n"
    assert accounts._remove(argparse.Namespace(json=False, provider="nobody")) == 1
    assert capsys.readouterr().err.startswith("error: There is no provider 'nobody'. They are: ")
