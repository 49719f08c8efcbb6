"""The scratch voice's bounds, and what is said where it can't speak; Japanese particles as they sound."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from backend.engines.draft.sound.speech import voice
from backend.engines.draft.sound.speech.kana import to_kana
from backend.engines.draft.sound.speech.voice import VOICE_RATE, Timbre, VoiceError, chorus, readable, speak

LINE = "We should have left."


def test_pace_is_bounded_and_the_speaker_s_own() -> None:
    def count(pace: float, words: int) -> np.ndarray:
        return speak(LINE, "English", Timbre("m1", pace=pace), words)

    np.testing.assert_array_equal(count(1.0, 50), count(1.0, 110))
    np.testing.assert_array_equal(count(1.0, 999), count(1.0, 300))
    np.testing.assert_array_equal(count(1.2, 200), count(1.0, 240))
    lengths = [len(count(1.0, words)) for words in (110, 130, 165, 240, 280, 300)]
    assert lengths == sorted(lengths, reverse=True) and len(set(lengths)) == 6
    np.testing.assert_array_equal(chorus([(LINE, Timbre("m1"))])[0], count(1.0, 165))


def test_variant_pitch_and_range_are_the_speaker_s() -> None:
    made = [speak(LINE, "English", one) for one in (Timbre(), Timbre("f2"), Timbre(pitch=51), Timbre(range=20))]
    for index, one in enumerate(made):
        assert not any(len(one) == len(other) and (one == other).all() for other in made[index + 1 :])


def test_silence_around_is_cut_to_ten_milliseconds() -> None:
    samples = np.zeros(3000, np.float32)
    samples[1000:1400] = 0.0031  # under -50 dB
    samples[1500], samples[2000] = 0.0032, -0.0032
    np.testing.assert_array_equal(voice._trimmed(samples), samples[1500 - VOICE_RATE // 100 : 2000 + VOICE_RATE // 100])
    np.testing.assert_array_equal(voice._trimmed(samples[1450:]), samples[1450 : 2000 + VOICE_RATE // 100])
    assert voice._trimmed(samples[:1450]).shape == (0,)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("5 € + 3 % & £2, ¥1 – $4 — “x”…", "5 € + 3 % & £2, ¥1 – $4 — x ..."),
        ("a_b~c", "a b c"),
        ("no\u0301te \u0928\u0940", "nóte \u0928\u0940"),
        ("x" * 1201, "x" * 1200),
        ("<b>" + "y", "y"),
        ("<" + "z" * 200 + ">w", "w"),
        ("<" + "z" * 201 + ">w", "z" * 201 + " w"),
        ("... !", ""),
        ("7", "7"),
    ],
)
def test_what_of_a_line_is_spoken(written: str, read: str) -> None:
    assert readable(written, "English") == (read, "English")


def test_where_the_voice_is_not_there_or_has_no_words_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: list[bytes] = []

    def choose(name: bytes) -> int:
        chosen.append(name)
        return 0 if name in (b"de", b"fr+f2") else 1

    library = SimpleNamespace(espeak_SetVoiceByName=choose)
    voice._choose_voice(library, "French", "f2")  # type: ignore[arg-type]
    voice._choose_voice(library, "German", "f9")  # type: ignore[arg-type]
    voice._choose_voice(library, "German", "")  # type: ignore[arg-type]
    assert chosen == [b"fr+f2", b"de+f9", b"de", b"de"]
    with pytest.raises(VoiceError, match="no voice for Korean"):
        voice._choose_voice(library, "Korean", "m1")  # type: ignore[arg-type]
    import espeakng_loader

    monkeypatch.setattr(espeakng_loader, "get_library_path", lambda: "/none/espeak.so")
    with pytest.raises(VoiceError, match="cannot be loaded"):
        speak(LINE, "English", Timbre())
    monkeypatch.undo()
    monkeypatch.setattr(espeakng_loader, "get_data_path", lambda: "/none")
    with pytest.raises(VoiceError, match="no voice data"):
        speak(LINE, "English", Timbre())
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    with pytest.raises(VoiceError, match="not installed"):
        speak(LINE, "English", Timbre())
    monkeypatch.undo()
    assert len(speak(LINE, "English", Timbre()))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("私は本を読みます", "わたしわ ほんお よみます"),
        ("これは本です", "これわ ほんです"),
        ("は、どうも", "は、 どうも"),
        ("家へ帰る。", "いええ かえる。"),
        ("へえ", "へえ"),
        ("2024年", "にせんにじゅうよん ねん"),
        ("123456789012345", "せんにひゃくさんじゅうよんおくごせんろっぴゃくななじゅうはちまんきゅうせんじゅうに"),
        ("彼は何を見ているの？", "かれわ なにを みているの？"),
        ("二人は昨日、駅へ", "ふたりわ きのう、 えきえ"),
        ("はい、そうです。", "はい、 そうです。"),
        ("彼女はもういない。", "かのじょわ もういない。"),
        ("彼はまだ来ない。", "かれわ まだ こない。"),
        ("彼の本", "かれの ほん"),
        ("はない。", "はない。"),
        ("それは。", "それわ。"),
        ("0円", "ぜろ えん"),
        ("!", "!"),
    ],
)
def test_particles_and_marks(written: str, read: str) -> None:
    assert to_kana(written) == read
