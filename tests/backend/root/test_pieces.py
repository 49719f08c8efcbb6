"""Pieces of the backend's own folder: whose folders machine code may lie in, what commands take and print."""

from __future__ import annotations

import argparse
import json
import os
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backend import accounts, kernels

US = 1000


@pytest.mark.parametrize(
    ("mode", "owner", "group", "kept"),
    [
        (stat.S_IFDIR | 0o755, US, US, True),
        (stat.S_IFDIR | 0o775, US, US, True),  # the user's own group
        (stat.S_IFDIR | 0o775, US, 50, False),
        (stat.S_IFDIR | 0o757, US, US, False),
        (stat.S_IFDIR | 0o755, 0, 0, True),
        (stat.S_IFDIR | 0o775, 0, 50, False),
        (stat.S_IFDIR | 0o1777, 0, 0, True),  # as /tmp
        (stat.S_IFDIR | 0o1777, 77, 77, False),
        (stat.S_IFDIR | 0o755, 77, 77, False),
        (stat.S_IFLNK | 0o777, US, US, True),
        (stat.S_IFLNK | 0o777, 0, 0, True),
        (stat.S_IFLNK | 0o777, 77, 77, False),
    ],
)
def test_what_leads_to_machine_code_is_the_users_or_roots(
    monkeypatch: pytest.MonkeyPatch, mode: int, owner: int, group: int, kept: bool
) -> None:
    monkeypatch.setattr(kernels.os, "geteuid", lambda: US)
    about: Any = SimpleNamespace(st_mode=mode, st_uid=owner, st_gid=group)
    assert kernels._is_kept(SimpleNamespace(lstat=lambda: about)) is kept  # type: ignore[arg-type]


def test_a_folder_of_machine_code_is_made_for_one_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "_is_kept", lambda path: True)
    folder = tmp_path / "a" / "b"
    assert kernels.is_ours(folder)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, folder.parent)] == [0o700, 0o700]
    folder.chmod(0o755)
    assert kernels.is_ours(folder) and stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o777)
    assert not kernels.is_ours(folder)
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(folder.parent)
    assert not kernels.is_ours(tmp_path / "file") and not kernels.is_ours(tmp_path / "link")
    assert not kernels.is_ours(tmp_path / "file" / "below")
    folder.chmod(0o700)
    monkeypatch.setattr(kernels, "_is_kept", lambda path: path != tmp_path)
    assert not kernels.is_ours(folder)
    monkeypatch.setattr(kernels, "_is_kept", lambda path: True)
    monkeypatch.setattr(kernels.os, "geteuid", lambda: os.getuid() + 1)
    assert not kernels.is_ours(folder)


def test_the_machine_code_of_the_newest_versions_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels.SETTINGS, "CACHE_DIR", str(tmp_path))
    kernels.forget_earlier()  # there is none yet
    assert not kernels.compiled()
    for age, name in enumerate([kernels.DIGEST, "a", "b", "c", "d", "e"]):
        folder = tmp_path / "take-one" / name
        folder.mkdir(parents=True)
        os.utime(folder, (age, age))
    kernels.forget_earlier()
    assert {path.name for path in (tmp_path / "take-one").iterdir()} == {kernels.DIGEST, "c", "d", "e"}
    room = tmp_path / "take-one" / kernels.DIGEST / "engines" / "draft"
    (room / "view" / "deep").mkdir(parents=True)
    (room / "other.nbi").write_text("")
    assert not kernels.compiled()
    (room / "view" / "deep" / "a.nbi").write_text("")
    assert kernels.compiled()


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    accounts.add_arguments(parser)
    return parser.parse_args(words)


def test_what_the_command_of_accounts_takes() -> None:
    for words, found in (
        (("list",), {"accounts_command": "list", "run": accounts._list, "json": False}),
        (("list", "--json"), {"accounts_command": "list", "run": accounts._list, "json": True}),
        (("add", "fal"), {"accounts_command": "add", "run": accounts._add, "provider": "fal", "address": "",
                          "no_key": False, "json": False}),
        (("add", "fal", "--address", "https://a", "--no-key", "--json"),
         {"accounts_command": "add", "run": accounts._add, "provider": "fal", "address": "https://a", "no_key": True,
          "json": True}),
        (("test", "fal"), {"accounts_command": "test", "run": accounts._test, "provider": "fal", "json": False}),
        (("remove", "x", "--json"), {"accounts_command": "remove", "run": accounts._remove, "provider": "x",
                                     "json": True}),
    ):  # fmt: skip
        assert vars(parsed(*words)) == found
    for words in ((), ("add",), ("test",), ("remove",), ("list", "fal")):
        with pytest.raises(SystemExit):
            parsed(*words)


ROW = {"provider": "fal", "label": "fal.ai", "variable": "FAL_KEY", "kept": "", "address": "", "keyless": False,
       "own_address": False}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "printed"),
    [
        ({}, ["fal           fal.ai                  no account",
              "              python -m backend accounts add fal, or set FAL_KEY"]),
        ({"kept": "keyring"}, ["fal           fal.ai                  key in the keyring"]),
        ({"kept": "environment", "address": "https://a"},
         ["fal           fal.ai                  key in FAL_KEY at https://a"]),
        ({"kept": "none", "address": "https://a"}, ["fal           fal.ai                  without a key at https://a"]),
        ({"keyless": True},
         ["fal           fal.ai                  no account",
          "              needs none on this machine; elsewhere: python -m backend accounts add fal"]),
        ({"keyless": True, "own_address": True}, ["fal           fal.ai                  no account",
                                                  "              python -m backend accounts add fal, or set FAL_KEY"]),
    ],
)  # fmt: skip
def test_accounts_as_people_read_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], changes: dict[str, Any], printed: list[str]
) -> None:
    row = {**ROW, **changes}
    monkeypatch.setattr(accounts, "rows", lambda: [row])
    assert accounts._list(parsed("list")) == 0
    assert capsys.readouterr().out.splitlines() == printed
    assert accounts._list(parsed("list", "--json")) == 0
    assert json.loads(capsys.readouterr().out) == {"accounts": [row]}
