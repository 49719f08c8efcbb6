"""Files in parcels: whole, bounded, and the same when one comes twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.jobs.cluster import parcel
from backend.jobs.cluster.parcel import Part, Span

SIZES = [("a", 3), ("empty", 0), ("b", 25), ("c", 4), ("d", 8)]


def test_small_files_share_a_parcel_and_a_large_one_has_several() -> None:
    assert list(parcel.planned(SIZES, most=10)) == [
        [Span("a", 0, 3), Span("empty", 0, 0), Span("b", 0, 7)],
        [Span("b", 7, 10)],
        [Span("b", 17, 8), Span("c", 0, 2)],
        [Span("c", 2, 2), Span("d", 0, 8)],
    ]
    assert list(parcel.planned([("x", 10), ("y", 0)], most=10)) == [[Span("x", 0, 10)], [Span("y", 0, 0)]]


def test_what_is_written_is_what_was_read_also_when_a_parcel_comes_twice(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    for number, (name, size) in enumerate(SIZES):
        (here / name).write_bytes(bytes((number * 50 + index) % 256 for index in range(size)))
    for spans in parcel.planned(SIZES, most=10):
        parts = parcel.read(here, spans)
        assert sum(len(part.data) for part in parts) <= 10
        parcel.write(there, parts)
        parcel.write(there, parts)
    for name, _ in SIZES:
        assert (there / name).read_bytes() == (here / name).read_bytes()
        assert (there / name).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["../a", "/etc/passwd", "a/b", "..", "."])
def test_a_path_is_no_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not the name of a file"):
        parcel.write(tmp_path, [Part(name, 0, b"x")])
    with pytest.raises(ValueError, match="not the name of a file"):
        parcel.read(tmp_path, [Span(name, 0, 1)])
