"""Files that are whole or absent, and for their user only."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from client import files as module
from client.files import copy_whole, make_folder, make_private, mode_beside, write_whole, writing


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """As a user has it: tests before may have set another."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_written_for_its_user_only_and_replaces_what_was_there(tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_text("before")
    path.chmod(0o666)
    write_whole(path, "spät")
    assert path.read_bytes() == "spät".encode()
    assert mode(path) == 0o600
    write_whole(path, b"\0\xff\n", 0o640)
    assert (path.read_bytes(), mode(path)) == (b"\0\xff\n", 0o640)
    assert list(tmp_path.iterdir()) == [path]


def test_what_breaks_off_leaves_the_file_that_was_there_and_nothing_else(tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_text("before")
    with pytest.raises(KeyboardInterrupt), writing(path) as file:
        file.write(b"half")
        assert path.read_text() == "before"
        raise KeyboardInterrupt
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_gone_is_not_copied(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        copy_whole(tmp_path / "missing", tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "large").write_bytes(os.urandom(3 << 20))
    copy_whole(tmp_path / "large", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == (tmp_path / "large").read_bytes()
    assert mode(tmp_path / "copy") == 0o600


def test_folders_that_are_missing_are_made_for_the_user_only_and_others_left(tmp_path: Path):
    (tmp_path / "a").mkdir(mode=0o755)
    make_folder(tmp_path / "a" / "b" / "c")
    make_folder(tmp_path / "a" / "b" / "c")
    assert [mode(tmp_path / name) for name in ("a", "a/b", "a/b/c")] == [0o755, 0o700, 0o700]


def test_a_folder_is_closed_also_where_it_was_open_and_what_lies_in_it_stays(tmp_path: Path):
    (tmp_path / "home" / "models").mkdir(parents=True)
    make_private(tmp_path / "home")
    make_private(tmp_path / "new" / "home")
    assert [mode(tmp_path / name) for name in ("home", "home/models", "new/home")] == [0o700, 0o755, 0o700]


def test_a_folder_of_all_and_one_of_another_user_keep_their_rights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name, rights in (("all", 0o1777), ("another", 0o755)):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(rights)
    make_private(tmp_path / "all")
    monkeypatch.setattr(module.os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    make_private(tmp_path / "another")
    assert [mode(tmp_path / name) for name in ("all", "another")] == [0o1777, 0o755]


def test_a_file_of_the_users_own_folder_is_as_open_as_the_folder(tmp_path: Path):
    for of_folder, of_file in ((0o700, 0o600), (0o755, 0o644), (0o775, 0o664), (0o777, 0o666)):
        tmp_path.chmod(of_folder)
        assert mode_beside(tmp_path) == of_file
    tmp_path.chmod(0o700)
