"""What dev.py promises: a test that passes only on its second try has failed, and locks hold what they should."""

from __future__ import annotations

from pathlib import Path

import pytest

from devtools import lock, testing
from devtools.testing import Count

FILE = "tests/test_devtools.py"
NUMPY = "numpy==2.4.6 \\\n    --hash=sha256:aa\n"
TORCH = "torch==2.13.0 ; sys_platform == 'linux' \\\n    --hash=sha256:bb\n"
TWICE = "zipp==1 ; python_version < '3.12' \\\n    --hash=sha256:cc\nzipp==2 \\\n    --hash=sha256:dd\n"


def report(path: Path, failed: bool) -> None:
    case = '<testcase classname="tests.test_devtools" name="a">' + ("<failure/>" if failed else "") + "</testcase>"
    path.write_text(f"<testsuites><testsuite tests='1'>{case}</testsuite></testsuites>")


@pytest.mark.parametrize(("again", "verdict"), [(False, "passes the second time"), (True, "fails again")])
def test_a_second_try_tells_what_is_flaky_and_has_failed_all_the_same(
    again: bool, verdict: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[list[str]] = []

    def run(part: str, _environment: str, paths: list[str], *_: object) -> Count:
        runs.append(paths)
        failed = again or len(runs) == 1
        report(tmp_path / f"{part}.xml", failed)
        return Count(9, 1) if len(runs) == 1 else Count(1 - failed, int(failed))

    monkeypatch.setattr(testing, "REPORTS", tmp_path)
    monkeypatch.setattr(testing, "_pytest_once", run)
    with (tmp_path / "log").open("w") as log:
        count = testing._pytest("a part", "test", ["tests"], log)
    assert runs == [["tests"], [FILE]]
    assert (count.passed, count.failed) == (9, 1)
    assert count.note == f"test_devtools.py {verdict}"


def test_torch_is_apart_in_the_locks() -> None:
    packages = lock._read(f"# a comment\n{NUMPY}{TORCH}{TWICE}")
    assert packages == {"numpy": NUMPY, "torch": TORCH, "zipp": TWICE}
    chosen = {one.target: list(lock._chosen(one, packages)) for one in lock.LOCKS if not one.beside}
    assert chosen["backend/requirements/gpu"] == ["numpy", "zipp"]
    assert chosen["backend/requirements/torch"] == ["torch"]
    assert chosen["devtools/requirements/test"] == ["numpy", "zipp"]
