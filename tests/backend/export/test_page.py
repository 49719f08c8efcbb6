"""The client page: what is in it, and how it plays in a real browser without a network."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from backend.export.errors import ExportError
from backend.export.page import to_html
from client.protocol.edit import Edit, Place, Shot, Take, notes
from tests.backend.export.browser import browser, program
from tests.backend.export.conftest import LENGTHS, NAMES


@pytest.fixture(scope="module")
def page(film: Edit) -> tuple[str, list[str]]:
    return to_html(film)


def data_of(text: str) -> dict[str, object]:
    return dict(json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1]))  # type: ignore[index]


def test_no_text_of_users_is_markup_and_no_path_is_told(
    film: Edit, film_file: Path, page: tuple[str, list[str]]
) -> None:
    text, _ = page
    assert "<script>alert" not in text and "<b>" not in text and "<late>" not in text
    assert str(film_file.parent) not in text and film_file.parent.name + "/" not in text
    assert "<title>A film &quot;&lt;b&gt;&quot; 映画</title>" in text
    assert "http:" not in text and "https:" not in text
    assert "default-src &#x27;none&#x27;" in text
    assert [shot["name"] for shot in data_of(text)["shots"]] == [" ".join(name.split()) for name in NAMES]  # type: ignore


def test_what_is_too_large_or_no_movie_is_left_out_and_said(film: Edit, tmp_path: Path) -> None:
    size = film.shots[0].takes[1].file.stat().st_size  # type: ignore[union-attr]
    text, remarks = to_html(film, most=size + 10)
    assert text.count('type="text/plain"') == 1
    assert any("'s1_t002.mp4' is left out of the page" in remark for remark in remarks)
    secret = tmp_path / "secret.mp4"
    secret.write_text("TOP SECRET")
    stolen = replace(film.shots[0].takes[1], file=secret)
    shot = replace(film.shots[0], takes=(film.shots[0].takes[0], stolen))
    text, remarks = to_html(replace(film, shots=(shot,), transitions=(), sounds=()))
    assert "VE9QIFNFQ1JFVA" not in text and any("'secret.mp4' is missing, or no movie" in remark for remark in remarks)
    with pytest.raises(ExportError, match=r"'secret.mp4' can't go into the page"):
        to_html(film, secret)
    with pytest.raises(ExportError, match="no shot yet"):
        to_html(replace(film, shots=()))


def test_what_lies_before_the_first_frame_is_cut_off_and_a_gap_is_empty() -> None:
    takes = (
        Take("t1", 1, frames=60, handles=(3, 4), engine="draft", rating=2),
        Take("t2", 2, frames=21, handles=(6, 4)),
    )
    one = Shot("a", "A", (Place(91, 40, 5, "t1"),), takes=takes)
    two = Shot("b", "B", (Place(135, 30, 7),), takes=(Take("t3", 1, frames=60, handles=(6, 4), beyond=30),))
    film = Edit("e", "T", Fraction(24), (64, 36), 101, 99, (one, two, Shot("c", "C", takes=(Take("t4", 1),))))
    data = data_of(to_html(film)[0])
    empty = {"media": None, "from": 0, "frames": 4, "start": 30, "shot": ""}
    assert data["cut"] == [
        {"media": None, "from": 15, "frames": 30, "start": 0, "shot": "a"},
        empty,
        {"media": None, "from": 7, "frames": 30, "start": 34, "shot": "b"},
    ]
    assert (data["frames"], data["fps"]) == (64, 24)
    shown = [[(take["from"], take["frames"]) for take in shot["takes"]] for shot in data["shots"]]  # type: ignore
    assert shown == [[(5, 40), (6, 15)], [(6, 24)], [(0, 1)]]
    first, second = data["shots"][0]["takes"]  # type: ignore[index]
    assert first["label"].endswith(" \u00b7 draft \u00b7 \u2605\u2605 \u00b7 in the cut")
    assert "in the cut" not in second["label"]


@pytest.mark.skipif(program() is None, reason="there is no Chromium: the variable CHROMIUM names one")
def test_the_page_plays_and_its_notes_come_back(film: Edit, page: tuple[str, list[str]], tmp_path: Path) -> None:
    path, downloads = tmp_path / "page.html", tmp_path / "down"
    path.write_text(page[0], encoding="utf-8")
    downloads.mkdir()
    with browser(tmp_path / "profile") as tab:
        tab.open(path, downloads)
        assert tab.value("document.querySelectorAll('#shots > li').length") == 6
        names = tab.value("[...document.querySelectorAll('#shots h2')].map((one) => one.textContent)")
        assert names == [f"{index}  {' '.join(name.split())}" for index, name in enumerate(NAMES, 1)]
        assert tab.value("document.querySelectorAll('script:not([type]), b').length") == 1  # the page's own
        tab.wait("document.getElementById('video').readyState >= 2")
        color = (
            "(() => {const c = document.createElement('canvas'); c.width = 64; c.height = 36;"
            "const d = c.getContext('2d'); d.drawImage(document.getElementById('video'), 0, 0, 64, 36);"
            "return [...d.getImageData(32, 18, 1, 1).data].slice(0, 3)})()"
        )
        time = "document.getElementById('time').textContent"
        assert tab.value(time) == "00:00:00:00  1 / 240"
        red = tab.value(color)
        assert red[0] > 90 and red[0] > 2 * red[1]
        # A frame on, then into the middle of the fifth shot.
        tab.value("document.getElementById('next').click()")
        assert tab.wait(f"{time}.startsWith('00:00:00:01')")
        tab.value(
            "(() => {const bar = document.getElementById('bar'), box = bar.getBoundingClientRect();"
            "const x = box.left + box.width * (165.5 - 11) / 240;"
            "bar.setPointerCapture = () => {};"
            "bar.dispatchEvent(new PointerEvent('pointerdown', {clientX: x, clientY: box.top + 5, pointerId: 1}))})()"
        )
        tab.wait(f"{time}.startsWith('00:00:06:10')")
        tab.wait("!document.getElementById('video').seeking && document.getElementById('video').readyState >= 2")
        cyan = tab.value(color)
        assert cyan[1] > 2 * cyan[0] and cyan[2] > 2 * cyan[0]
        assert tab.value("document.getElementById('what').textContent") == "5  {shot} {{x}} %s"
        # It plays on over the cut into the sixth shot, and to the end.
        tab.value("document.getElementById('play').click()")
        tab.wait("document.getElementById('what').textContent.startsWith('6')")
        tab.wait("document.getElementById('play').textContent === 'Play'")
        assert tab.value(time) == "00:00:09:23  240 / 240"
        # A take by itself.
        tab.value("document.querySelector('[data-take=\"take-3-1\"]').click()")
        tab.wait(f"{time}.endsWith('/ {LENGTHS[3]}')")
        assert not tab.value("document.getElementById('cut').hidden")
        tab.value("document.getElementById('cut').click()")
        # Notes, typed and saved.
        tab.value(
            "(() => {const item = document.querySelectorAll('#shots > li')[2], text = item.querySelector('textarea');"
            "text.value = 'darker </script><b>\\u2028'; text.dispatchEvent(new Event('input'));"
            "const other = document.querySelectorAll('#shots > li')[4];"
            "other.querySelectorAll('input')[1].click();"
            "const author = document.getElementById('author'); author.value = 'Client';"
            "author.dispatchEvent(new Event('input'));})()"
        )
        assert tab.value("document.getElementById('state').textContent") == "2 notes, not saved"
        tab.picture(tmp_path / "seen.png")
        tab.value("document.getElementById('save').click()")
        tab.wait("document.getElementById('state').textContent.startsWith('Saved as')")
        saved = downloads / "A_film_b_映画_notes.json"
        for _ in range(200):
            if saved.exists() and not list(downloads.glob("*.crdownload")):
                break
            tab.value("new Promise((done) => setTimeout(done, 25))")
        # What was typed is there again when the page is opened anew.
        tab.value("window.before = true")
        tab.call("Page.reload")
        tab.wait("!window.before && document.readyState === 'complete'")
        tab.wait("document.querySelectorAll('#shots > li').length === 6")
        again = tab.value("document.querySelectorAll('#shots textarea')[2].value")
        assert again == "darker </script><b>\u2028"
        assert tab.errors == []
    found = notes.from_bytes(saved.read_bytes())
    assert (found.edit, found.author, found.title) == (film.id, "Client", film.title)
    assert [(note.shot, note.text, note.verdict) for note in found.notes] == [
        ("shot-2", "darker </script><b>\u2028", ""),
        ("shot-4", "", "approved"),
    ]
