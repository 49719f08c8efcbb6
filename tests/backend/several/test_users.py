"""Users by token: what a file of users may be, and that nobody reaches what is another's."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from backend.api.users import LOCAL, User, Users
from backend.home import HomeError
from backend.jobs.store import migrations
from backend.jobs.store.store import Store
from tests.backend.api.test_service_home import sentence, serve
from tests.backend.service_process import FOR_HOURS, ROOT, TOKEN
from tests.backend.several.conftest import TOKENS, Shared

GOOD = "a-token-of-good-length"
OTHER = "another-of-good-length"


def write(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def name_of(users: Users, token: str) -> str | None:
    user = users.named(token)
    return None if user is None else user.name


def test_who_has_a_token_is_known_by_it_or_by_its_hash(tmp_path: Path) -> None:
    digest = hashlib.sha256(OTHER.encode()).hexdigest()
    file = write(tmp_path / "users", f"# people\n\n anna\t{GOOD} \nben.k@studio sha256:{digest.upper()} watches\n")
    users = Users(TOKEN, file)
    assert len(users) == 2
    given = (GOOD, OTHER, TOKEN, "", GOOD + "x", GOOD[:-1], digest, f"sha256:{digest}")
    named = [users.named(token) for token in given]
    assert named == [User("anna"), User("ben.k@studio", watches=True), User(LOCAL), None, None, None, None, None]
    assert (name_of(Users(TOKEN), TOKEN), name_of(Users(TOKEN), GOOD)) == (LOCAL, None)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "names nobody"),
        ("# anna\n\n", "names nobody"),
        ("anna\n", "Line 1 of .* has 1 words"),
        (f"\nanna b {GOOD}\n", "Line 2 of .* has 3 words"),
        (f"anna {GOOD} Watches\n", "Line 1 of .* has 3 words"),
        (f"anna {GOOD} watches it\n", "Line 1 of .* has 4 words"),
        ("anna short\n", "Line 1 of .*: the token must have at least 16"),
        ("anna sha256:beef\n", "not 64 hexadecimal digits"),
        (f"anna {GOOD}ü\n", "no blanks or accents"),
        (f"../anna {GOOD}\n", "no name that can be used"),
        (f"{'a' * 65} {GOOD}\n", "no name that can be used"),
        (f"anna {GOOD}\nAnna {OTHER}\n", "Line 2 of .* names Anna a second time"),
        (f"anna {GOOD}\nben {GOOD}\n", "Line 2 of .* gives ben the token of another user"),
        (f"anna {GOOD}\nben sha256:{hashlib.sha256(GOOD.encode()).hexdigest()}\n", "the token of another user"),
        (f"anna {TOKEN}\n", "the token of the service itself"),
        (f"anna {GOOD}\n" + "#" * (1 << 20), "larger than 1048576 bytes"),
    ],
)
def test_a_file_of_users_that_is_none_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(HomeError, match=says) as refused:
        Users(TOKEN, write(tmp_path / "users", text))
    assert str(tmp_path / "users") in str(refused.value)
    assert GOOD not in str(refused.value) and OTHER not in str(refused.value)


@pytest.mark.skipif(os.name == "nt", reason="rights of files are another matter there")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_file_of_users_is_for_its_owner_only(tmp_path: Path, mode: int) -> None:
    with pytest.raises(HomeError, match="can be read by others"):
        Users(TOKEN, write(tmp_path / "users", f"anna {GOOD}\n", mode))


def test_a_file_of_users_is_no_link_and_no_folder(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(write(tmp_path / "users", f"anna {GOOD}\n"))
    for name in ("link", "."):
        with pytest.raises(HomeError, match="a link or something else"):
            Users(TOKEN, tmp_path / name)


@pytest.mark.skipif(os.name == "nt", reason="the page's commands are for a shell")
def test_a_file_of_users_is_made_as_the_page_says(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "remote-server.md").read_text(encoding="utf-8")
    commands = page[page.index("umask 077") : page.index("python -m backend serve --host 0.0.0.0 --port 8000 --tokens")]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-e", "-c", commands], cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True, check=True
    )
    made = dict(line.split() for line in done.stdout.decode().splitlines())
    users = Users(TOKEN, tmp_path / "users")
    assert [name_of(users, made[name]) for name in ("anna", "ben")] == ["anna", "ben"]
    assert len(users) == 2


def test_the_command_says_in_a_sentence_that_there_is_none(tmp_path: Path) -> None:
    said = sentence(serve(tmp_path, "--tokens", str(tmp_path / "nowhere")), 2)
    assert said == f"error: the file of users {tmp_path / 'nowhere'} can't be read: No such file or directory."


def test_users_come_and_go_while_it_runs(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = write(tmp_path / "users", f"anna {GOOD}\n")
    users = Users(TOKEN, file)
    write(file, f"ben {OTHER}\n")
    assert [name_of(users, token) for token in (GOOD, OTHER, TOKEN)] == [None, "ben", LOCAL]
    caplog.clear()
    for spoil in (lambda: write(file, "ben x\n"), lambda: file.chmod(0o644), file.unlink):
        spoil()
        assert [name_of(users, OTHER) for _ in range(3)] == ["ben"] * 3  # a mistake locks nobody out
    assert [record.levelname for record in caplog.records] == ["ERROR"] * 3
    write(file, f"anna {OTHER}\n")
    assert (name_of(users, OTHER), len(users)) == ("anna", 1)
    write(file, "# nobody any more\n")
    assert (name_of(users, OTHER), name_of(users, TOKEN), len(users)) == (None, LOCAL, 0)


def test_a_token_that_is_taken_away_is_refused_at_once(shared: Shared, still: bytes) -> None:
    before = shared.users.read_text()
    shared.write(before.replace(TOKENS["ben"], "a-new-token-for-ben-only"))
    with shared.by("ben") as service:
        assert service.http.get("/v1/videos").status_code == 401
    with shared.by("anna") as service:
        assert service.http.get("/v1/videos").status_code == 200
    shared.write(before)
    with shared.by("ben") as service:
        assert service.http.get("/v1/videos").status_code == 200
    log = shared.log()
    assert not [token for token in TOKENS.values() if token in log]


def attempts(service: Any, job_id: str, other: str) -> dict[str, tuple[int, str]]:
    """What each call that the service describes answers about a job, by its name. `other` is one of the caller's."""
    found: dict[str, tuple[int, str]] = {}
    for path, methods in service.http.get("/openapi.json").json()["paths"].items():
        if "{job_id}" not in path:
            continue
        for method in methods:
            for query in ("?variant=video", "?variant=thumbnail", "?variant=sidecar"):
                place = path.replace("{job_id}", job_id) + (query if path.endswith("content") else "")
                body = {"before": other, "send_again": True} if method == "post" else None
                answer = service.http.request(method, place, json=body)
                name = f"{method} {place.replace(job_id, 'ID')}"
                found[name] = answer.status_code, answer.text.replace(job_id, "ID")
    answer = service.http.post(f"/v1/videos/{other}/move", json={"before": job_id})
    found["move before"] = answer.status_code, answer.text.replace(job_id, "ID")
    for order in ("asc", "desc"):
        answer = service.http.get("/v1/videos", params={"after": job_id, "order": order})
        found[f"list {order}"] = answer.status_code, answer.text.replace(job_id, "ID")
    return found


def test_nobody_reaches_a_job_of_another(shared: Shared, still: bytes) -> None:
    binding = {"binding": {"file_id": "the-film"}}
    with shared.by("ben") as service:
        done = service.submit(still, prompt="secret of ben").json()["id"]
        service.wait(done)
        making = service.submit(still, options=FOR_HOURS, extra=binding, key="k").json()["id"]
        service.wait(making, "in_progress")
        waiting = service.submit(still).json()["id"]
        listed = {job["id"]: job["status"] for job in service.http.get("/v1/videos").json()["data"]}
        before = {job: listed[job] for job in (done, making, waiting)}
        assert before == {done: "completed", making: "in_progress", waiting: "queued"}
    for user in ("anna", ""):
        with shared.by(user) as service:
            mine = service.submit(still, prompt=f"of {user}", key="k").json()["id"]  # ben's key, and another request
            assert mine != making
            for theirs in (done, making, waiting):
                said = attempts(service, theirs, mine)
                assert said == attempts(service, "video_0123456789abcdef01234567", mine)
                assert len(said) > 12
                calls = {status for name, (status, _) in said.items() if not name.startswith("list")}
                assert calls == {404}, said
            seen = [job["id"] for job in service.http.get("/v1/videos").json()["data"]]
            assert mine in seen and not {done, making, waiting} & {*seen}
            everything = service.http.get("/v1/cluster").text + service.http.get("/metrics").text
            assert not [word for word in (done, making, waiting, "secret", "ben") if word in everything]
            service.http.delete(f"/v1/videos/{mine}")
    with shared.by("ben") as service:
        assert {job["id"]: job["status"] for job in service.http.get("/v1/videos").json()["data"]} == listed
        again = service.submit(still, options=FOR_HOURS, extra=binding, key="k")
        assert again.json()["id"] == making
        assert service.http.get(f"/v1/videos/{done}/content").status_code == 200
        for job in (waiting, making):
            assert service.http.post(f"/v1/videos/{job}/cancel").json()["status"] == "cancelled"


def test_each_has_their_own_spending(shared: Shared, still: bytes, tmp_path: Path) -> None:
    with sqlite3.connect(shared.home / "jobs.db") as db:
        values = [
            ("a", "hosted", "film", 2.5, "USD", 1, time.time(), "anna"),
            ("b", "hosted", "film", 4.0, "USD", 1, time.time(), "ben"),
            ("c", "hosted", "film", 8.0, "USD", 1, time.time(), ""),
        ]
        db.executemany("INSERT INTO spending VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
    db.close()
    for user, spent in (("anna", 2.5), ("ben", 4.0), ("", 8.0)):
        with shared.by(user) as service:
            said = service.http.get("/v1/spending", params={"film": "film"}).json()
        assert said == {"film": {"USD": spent}, "since": {"USD": spent}}


def test_what_was_there_before_there_were_users_is_the_services_own(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "jobs.db")
    for step in migrations._STEPS[:4]:
        step(db)
    db.execute("PRAGMA user_version = 4")
    insert = (
        "INSERT INTO jobs (id, key, fingerprint, request, notes, status, lane, place, created_at)"
        " VALUES ('video_a', 'k', 'f', ?, '[\"n\"]', 'queued', 'cpu', 3, 5.0)"
    )
    request = (
        '{"engine": "draft", "direction": {"prompt": "p"}, "views": [], "seconds": 2, "fps": "24", "size": [64, 48],'
        ' "seed": 1, "path": null, "options": {}}'
    )
    db.execute(insert, (request,))
    db.execute("INSERT INTO spending VALUES ('video_a', 'draft', 'film', 1.5, 'USD', 1, 5.0)")
    db.commit()
    db.close()
    store = Store(tmp_path)
    job = store.with_key("k")
    assert job is not None and (job.id, job.owner, job.place, job.notes) == ("video_a", "", 3, ("n",))
    assert store.with_key("k", "anna") is None
    other = store.add("video_b", job.request, "cpu", owner="anna", key="k")
    assert (other.id, other.owner) == ("video_b", "anna")
    assert store.add("video_c", job.request, "cpu", owner="anna", key="k").id == "video_b"
    assert [one.id for one in store.page(9)] == ["video_a"] and [one.id for one in store.page(9, owner="anna")] == [
        "video_b"
    ]
    assert store.spent("film", 0) == ({"USD": 1.5}, {"USD": 1.5}) and store.spent("film", 0, "anna") == ({}, {})
    store.close()
