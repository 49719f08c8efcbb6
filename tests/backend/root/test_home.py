"""Where things live, who may read them, and how a file gets there, without a service."""

from __future__ import annotations

import errno
import fnmatch
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import platformdirs
import pytest

from backend import __main__ as command
from backend import home as module
from backend.api import service
from backend.home import HomeError, good_token, home, make_private, private_text, token, write_whole, written_whole

pytestmark = pytest.mark.skipif(os.name == "nt", reason="rights of files are another matter there")


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """As most have it, and as it was before."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_folder_is_the_one_that_was_chosen_or_the_platforms(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    chosen = {" /a/b ": "/a/b", "~/x": f"{tmp_path}/me/x", "here": f"{tmp_path}/here"}
    for said, folder in chosen.items():
        monkeypatch.setenv("TAKE_ONE_HOME", said)
        assert home() == Path(folder)
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(platformdirs, "user_data_dir", lambda *a, **k: (asked.append((a, k)), "/users/data")[1])
    for said in ("", "  "):
        monkeypatch.setenv("TAKE_ONE_HOME", said)
        assert home() == Path("/users/data")
    assert asked == [(("take-one",), {"appauthor": False})] * 2
    monkeypatch.setenv("TAKE_ONE_HOME", "~no-such-user/x")
    with pytest.raises(HomeError, match=r"^TAKE_ONE_HOME is ~no-such-user/x, .* Write the whole path\.$"):
        home()
    assert sorted(tmp_path.iterdir()) == []


def test_what_is_there_of_jobs_becomes_the_users_alone_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "home"
    for name in ("jobs/one", "logs", "models", "jobs.d"):
        (folder / name).mkdir(parents=True)
    for name in ("jobs.db", "jobs.lock", "jobs/one/clip.mp4", "other.db", "notjobs.db"):
        (folder / name).write_text("x")
    make_private(folder)
    now = {path.relative_to(folder).as_posix(): mode(path) for path in folder.rglob("*")}
    assert mode(folder) == now["jobs"] == now["logs"] == 0o700
    assert now["jobs.db"] == now["jobs.lock"] == 0o600
    assert now["models"] == now["jobs.d"] == now["jobs/one"] == 0o755
    assert now["other.db"] == now["notjobs.db"] == now["jobs/one/clip.mp4"] == 0o644
    (folder / "later").write_text("x")
    assert mode(folder / "later") == 0o600
    assert mode(tmp_path) & 0o700 == 0o700


def test_a_folder_that_all_share_stays_so_and_one_is_made_where_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o1777)
    (tmp_path / "shared" / "jobs").write_text("a file")
    make_private(tmp_path / "shared")
    assert mode(tmp_path / "shared") == 0o1777
    assert mode(tmp_path / "shared" / "jobs") == 0o644
    make_private(tmp_path / "a" / "b")
    assert mode(tmp_path / "a" / "b") == 0o700


def test_a_folder_of_another_user_keeps_its_rights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o755)
    monkeypatch.setattr(module.os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    make_private(tmp_path)
    assert mode(tmp_path) == 0o755


def test_a_file_is_durable_before_it_has_its_name_and_the_name_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept"
    path.write_text("before")
    said: list[tuple[str, str]] = []
    sync = os.fsync

    def synced(descriptor: int) -> None:
        said.append((Path(f"/proc/self/fd/{descriptor}").readlink().name, path.read_text()))
        sync(descriptor)

    monkeypatch.setattr(module.os, "fsync", synced)
    write_whole(path, b"after", 0o640)
    (aside, before), *last = said
    assert aside.startswith(".kept.") and aside.endswith(".part") and before == "before"
    assert last == [(tmp_path.name, "after")]
    assert (path.read_bytes(), mode(path)) == (b"after", 0o640)
    write_whole(tmp_path / "plain", b"")
    assert mode(tmp_path / "plain") == 0o644
    assert sorted(one.name for one in tmp_path.iterdir()) == ["kept", "plain"]


def test_what_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "kept"
    path.write_text("before")
    with pytest.raises(KeyboardInterrupt), written_whole(path) as aside:
        aside.write_text("half")
        raise KeyboardInterrupt
    with pytest.raises(FileNotFoundError), written_whole(path):
        pass  # nothing was written
    with pytest.raises(OSError, match="full"), monkeypatch.context() as patch:

        def full(_: int) -> None:
            raise OSError("full")

        patch.setattr(module.os, "fsync", full)
        write_whole(path, b"after")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]
    before = len(list(Path("/proc/self/fd").iterdir()))
    module.sync_folder(tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_secret_is_read_from_a_file_of_ones_own_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"caf\xe9 5678")
    path.chmod(0o400)
    assert private_text(path, "It", "Mend it.", most=9) == "caf\xe9 5678"
    with pytest.raises(HomeError, match=rf"^It {path} is larger than 8 bytes\. Mend it\.$"):
        private_text(path, "It", "Mend it.", most=8)
    for rights in (0o610, 0o602, 0o601, 0o640):
        path.chmod(rights)
        with pytest.raises(HomeError, match=rf"^It {path} can be read by others\. Mend it\.$"):
            private_text(path, "It", "Mend it.")
    path.chmod(0o600)
    about = path.lstat()
    monkeypatch.setattr(module.os, "geteuid", lambda: 1234)
    for owner, ok in ((0, True), (1234, True), (1, False), (1235, False)):
        facts = SimpleNamespace(st_mode=about.st_mode, st_uid=owner, st_size=about.st_size)
        with monkeypatch.context() as patch:
            patch.setattr(Path, "lstat", lambda _, facts=facts: facts)
            if ok:
                assert private_text(path, "It", "Mend it.").endswith("5678")
            else:
                with pytest.raises(HomeError, match="read by others"):
                    private_text(path, "It", "Mend it.")
    link = tmp_path / "link"
    link.symlink_to(path)
    for wrong in (link, tmp_path):
        with pytest.raises(HomeError, match=rf"^It {wrong} is not a file but a link or something else\. Mend it\.$"):
            private_text(wrong, "It", "Mend it.")


def test_a_token_has_sixteen_characters_that_a_header_can_hold() -> None:
    assert good_token(" !234567890abcde~\n", "It", "x") == "!234567890abcde~"
    for wrong in (
        "123456789012345",
        "1234567 901234567",
        "123456789012345\x7f",
        "12345678901234567é",
        "\x001234567890123456",
    ):
        with pytest.raises(
            HomeError, match=r"^It must have at least 16 characters, and no blanks or accents\. Mend\.$"
        ):
            good_token(wrong, "It", "Mend.")


def test_the_token_is_the_one_that_was_set_or_kept_or_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TAKE_ONE_TOKEN", raising=False)
    made = token(tmp_path)
    assert len(made) == 43  # 32 bytes
    assert (mode(tmp_path / "token"), (tmp_path / "token").read_text()) == (0o600, made)
    assert token(tmp_path) == made
    (tmp_path / "other").mkdir()
    assert token(tmp_path / "other") != made
    monkeypatch.setenv("TAKE_ONE_TOKEN", "one-that-was-set-here ")
    assert token(tmp_path) == "one-that-was-set-here"
    monkeypatch.setenv("TAKE_ONE_TOKEN", "short")
    with pytest.raises(HomeError, match=r"^TAKE_ONE_TOKEN must have .* Set another one\.$"):
        token(tmp_path)
    monkeypatch.delenv("TAKE_ONE_TOKEN")
    (tmp_path / "token").unlink()
    (tmp_path / "token").symlink_to(tmp_path / "elsewhere")  # which is not there
    with pytest.raises(HomeError, match=r"^The token .* is not a file but a link .* and a new one is made\.$"):
        token(tmp_path)
    assert not (tmp_path / "elsewhere").exists()


NOBODY = "TAKE_ONE_HOME is ~no-such-user/x, and this machine has no such user. Write the whole path."
GRAIN = "workflows add Grain"
ANOTHER = "TAKE_ONE_HOME chooses another folder."
NAME_ANOTHER = "Name another, or see that you may read and write it."


@pytest.mark.parametrize(
    ("chosen", "words", "says"),
    [
        *(("~no-such-user/x", words, NOBODY) for words in (
            "models", "models list", "models list --json", "models download distill --online", "accounts list",
            "accounts remove fal", "workflows list", "workflows remove x", GRAIN, "animate --model comfy:x")),
        *(("n" * 300, words, f"{{home}}/{place} can't be used: {os.strerror(errno.ENAMETOOLONG)}. {ANOTHER}")
          for words, place in (("models", "*"), ("models list", "models/distill.json"))),
        ("file/home", GRAIN, f"{{home}} can't be used: {os.strerror(errno.ENOTDIR)}. {ANOTHER}"),
        ("new", "workflows add gone.json", f"gone.json can't be used: {os.strerror(errno.ENOENT)}. {NAME_ANOTHER}"),
    ],
)  # fmt: skip
def test_a_command_says_what_can_not_be_used_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], chosen: str, words: str,
    says: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TAKE_ONE_HOME", chosen)
    (tmp_path / "file").write_text("mine")
    assert command.main(words.split()) == 2
    out, err = capsys.readouterr()
    assert out == "" and fnmatch.fnmatchcase(err, f"error: {says.format(home=tmp_path / chosen)}\n"), err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_is_asked_for_as_json_is_refused_as_json_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TAKE_ONE_HOME", "~no-such-user/x")
    assert command.main([*GRAIN.split(), "--json"]) == 2
    out, err = capsys.readouterr()
    assert (json.loads(out), err) == ({"error": {"code": "failed", "message": NOBODY}}, f"error: {NOBODY}\n")


def test_machine_code_has_no_place_in_the_home_of_nobody(still: bytes, tmp_path: Path) -> None:
    """In a process of its own: where it lies is chosen once in each."""
    (tmp_path / "still.png").write_bytes(still)
    code = "import sys; from backend.__main__ import main; print(main(['prepare']), main(sys.argv[1:]))"
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            code,
            "animate",
            "--still",
            str(tmp_path / "still.png"),
            "--out",
            str(tmp_path / "x.mp4"),
        ],
        capture_output=True,
        text=True,
        cwd=Path(command.__file__).parents[1],
        env={**environment, "TAKE_ONE_HOME": "~no-such-user/x"},
        timeout=100,
    )
    assert (done.stdout, done.stderr.count(f"error: {NOBODY}\n")) == ("2 2\n", 2), done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "x.mp4").exists()


def test_what_breaks_a_service_that_runs_is_not_made_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_: object) -> int:
        raise OSError(errno.EIO, "broken", "x")

    monkeypatch.setattr(service, "serve", breaks)
    with pytest.raises(OSError, match="broken"):
        command.main(["serve"])
