"""The trash of systems other than this one, as each wants it told."""

from __future__ import annotations

import ctypes
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from take_one.scene.edit import trash


def test_a_trash_that_takes_nothing_leaves_the_file_to_be_deleted(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "me")
    monkeypatch.setattr(trash.sys, "platform", "darwin")
    folder = tmp_path / "me" / ".Trash"
    folder.mkdir(parents=True)
    for answer, left in (("trash", ["a.mp4"]), ("deleted", [])):
        (tmp_path / "a.mp4").write_text("clip")
        assert trash.discard(tmp_path / "a.mp4") == answer
        assert [path.name for path in folder.glob("*")] == left
        shutil.rmtree(folder, ignore_errors=True)
    assert not (tmp_path / "a.mp4").exists()
    with pytest.raises(OSError, match=r"a\.mp4"):
        trash.discard(tmp_path / "a.mp4")


@pytest.mark.parametrize(("result", "aborted", "answer"), [(0, 0, "trash"), (5, 0, "deleted"), (0, 1, "deleted")])
def test_what_a_recycle_bin_is_told(tmp_path, monkeypatch, result, aborted, answer):
    asked = []

    def operate(reference):
        one = reference._obj
        asked.append((one.hwnd, one.func, one.source, one.target, one.flags))
        one.aborted = aborted
        return result

    shell = SimpleNamespace(shell32=SimpleNamespace(SHFileOperationW=operate))
    monkeypatch.setattr(ctypes, "windll", shell, raising=False)
    file = tmp_path / "a.mp4"
    file.write_text("clip")
    monkeypatch.setattr(sys, "platform", "win32")
    try:
        assert trash.discard(file) == answer
        file.write_text("clip")
        if answer == "deleted":
            with pytest.raises(OSError, match="the recycle bin refused it") as caught:
                trash._recycle(file)
            assert caught.value.errno == result
    finally:
        monkeypatch.undo()
    assert asked[0] == (None, 3, str(file), None, 0x454)
