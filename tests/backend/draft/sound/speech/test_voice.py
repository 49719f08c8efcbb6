"""The scratch voice: seven languages really spoken, any text survived, the same each time."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.engines.draft.sound.speech import voice
from backend.engines.draft.sound.speech.kana import number, to_kana
from backend.engines.draft.sound.speech.voice import VOICE_RATE, VOICES, Timbre, chorus, readable, speak
from client.protocol import LANGUAGES

LINES = {
    "English": ("We are late.", "wiː ɑːɹ lˈeɪt"),
    "Mandarin": ("我们迟到了，快走吧。", "wˈo2 mˈə1n ts.hˈi"),
    "Cantonese": ("我哋遲到喇，快啲行啦。", "ŋˈo5 dˈei2 cˈi4"),
    "Japanese": ("私たちは遅れています。", "wˌätäɕˌitätɕˈiwä"),
    "Korean": ("우리는 늦었어요.", "uɾˈinɯn"),
    "German": ("Wir sind zu spät.", "viːɾ zɪnt tsuː ʃpˈɛːt"),
    "French": ("Nous sommes en retard.", "nu sɔmz ɑ̃ ʁətˈaʁ"),
}
HARD = (
    "",
    " ",
    "\0\0",
    "😀😀😀",
    "...",
    "<audio src='x'/>",
    "<speak><break time='9999s'/></speak>",
    "[[x]]",
    "a" * 5000,
    "\u202e\u200b\ufeff",
    "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    "龘𠮷",
    "1" * 3000,
    "A\nB\tC\x07\x1b[31m",
    "%s%n%x" * 50,
    "''''\"\"\"",
    "-1e400",
    "ｆｕｌｌ　ｗｉｄｔｈ",
    "ー" * 100,
    "っ" * 100,
    "مرحبا",
    "Привет",
    "नमस्ते",
    "が゛゜",
    "�",
    "€$£¥&%+",
    "e\u0301" * 200,
    "0" * 1000 + "年",
)


def test_every_language_has_a_voice() -> None:
    assert set(VOICES) == set(LANGUAGES) == set(LINES)


def phonemes(text: str, language: str) -> str:
    """What the voice says of `text`, in the International Phonetic Alphabet."""
    text, language = readable(text, language)
    if not text:
        return ""
    with voice._espeak() as espeak:
        voice._choose_voice(espeak, language, "")
        espeak.espeak_TextToPhonemes.restype = ctypes.c_char_p
        buffer = ctypes.create_string_buffer(text.encode())
        pointer = ctypes.c_void_p(ctypes.addressof(buffer))
        clauses = []
        while pointer.value:
            clause = espeak.espeak_TextToPhonemes(ctypes.byref(pointer), voice._CHARS_UTF8, 2)
            clauses.append((clause or b"").decode(errors="replace").strip())
    return " ".join(clause for clause in clauses if clause)


@pytest.mark.parametrize("language", LINES)
def test_lines_are_spoken_with_the_language_s_own_sounds(language: str) -> None:
    text, start = LINES[language]
    said = phonemes(text, language)
    assert said.startswith(start)
    assert "(en)" not in said and "tʃˈaɪniːz" not in said  # "Chinese letter"
    spoken = speak(text, language, Timbre())
    assert spoken.dtype == np.float32
    assert 0.5 < len(spoken) / VOICE_RATE < 3.5
    assert 0.2 < np.abs(spoken).max() <= 1.0


@pytest.mark.parametrize("language", LINES)
def test_the_same_line_gives_the_same_samples(language: str) -> None:
    text = LINES[language][0]
    first = speak(text, language, Timbre("f2", 60))
    speak("Something else in between.", "English", Timbre("m3"))
    np.testing.assert_array_equal(first, speak(text, language, Timbre("f2", 60)))


def test_pace_and_pitch_tell() -> None:
    usual, fast = (speak("We should have left an hour ago.", "English", Timbre(), pace) for pace in (165, 250))
    assert len(fast) < 0.8 * len(usual)
    low, high = (speak("We are late.", "English", Timbre("", pitch)) for pitch in (20, 80))
    assert pitch_of(high) > 1.2 * pitch_of(low)


def pitch_of(samples: np.ndarray) -> float:
    """Hz of the strongest period between 70 and 400 Hz."""
    spectrum = np.abs(np.fft.rfft(samples, 1 << 17)) ** 2
    together = np.fft.irfft(spectrum)
    first, last = VOICE_RATE // 400, VOICE_RATE // 70
    return VOICE_RATE / (first + int(np.argmax(together[first:last])))


@pytest.mark.parametrize("language", LINES)
@pytest.mark.parametrize("text", HARD)
def test_hard_text_is_survived(text: str, language: str) -> None:
    spoken = speak(text, language, Timbre("f1"))
    assert spoken.ndim == 1 and np.isfinite(spoken).all()


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=300), language=st.sampled_from([*LANGUAGES, "Klingon"]))
def test_any_text_is_survived(text: str, language: str) -> None:
    spoken = speak(text, language, Timbre("m3"))
    assert spoken.ndim == 1 and np.isfinite(spoken).all() and np.abs(spoken).max(initial=0) <= 1


def test_markup_and_emoji_are_not_spoken() -> None:
    assert readable("Hi <b>Anna</b> 😀!", "English") == ("Hi Anna !", "English")
    assert readable("😀", "English")[0] == ""


def test_a_line_in_another_script_is_spoken_in_its_own_language() -> None:
    assert readable("안녕하세요", "English")[1] == "Korean"
    assert readable("ありがとう", "German")[1] == "Japanese"
    assert readable("我们走吧", "French")[1] == "Mandarin"
    assert readable("我們走", "Cantonese")[1] == "Cantonese"
    assert readable("OK, Anna", "Mandarin")[1] == "Mandarin"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("東京タワーへ行きましょう！", "とうきょう たわーえ いきましょう！"),
        ("今日は雨が降っている。", "きょうわ あめが ふっている。"),
        ("彼女はもう学校へ行ったよ。", "かのじょわ もう がっこうえ いったよ。"),
        ("10人", "じゅう にん"),
        ("こんにちは", "こんにちわ"),
    ],
)
def test_kanji_become_kana(written: str, read: str) -> None:
    assert to_kana(written) == read
    assert not any("\u4e00" <= char <= "\u9fff" for char in to_kana(written))


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (0, "ぜろ"),
        (8, "はち"),
        (14, "じゅうよん"),
        (300, "さんびゃく"),
        (2024, "にせんにじゅうよん"),
        (10_000, "いちまん"),
    ],
)
def test_numbers_in_japanese(value: int, read: str) -> None:
    assert number(value) == read


def test_many_voices_at_once() -> None:
    first = chorus([("ba be bo", Timbre("f1")), ("da do", Timbre("m1"))])
    assert [len(voice) > VOICE_RATE // 5 for voice in first] == [True, True]
    for one, other in zip(first, chorus([("ba be bo", Timbre("f1")), ("da do", Timbre("m1"))]), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("text", "language", "spoken"),
    [
        ("\u4e00\u9fff", "English", "Mandarin"),
        ("\u3400\u4dbf", "English", "Mandarin"),
        ("\u4e00\u9fff", "Cantonese", "Cantonese"),
        ("\u4e00\u9fff", "Japanese", "Japanese"),
        ("\uac00\ud7a3", "English", "Korean"),
        ("\u1100\u11ff", "English", "Korean"),
        ("\u3041\u30ff", "Korean", "Japanese"),
        ("\u4e00\u3041", "Mandarin", "Japanese"),
        ("\u4e00\u9fffab", "French", "French"),  # no more than half
        ("\u4e00\u9fffa", "French", "Mandarin"),
        ("ab", "Klingon", "English"),
    ],
)
def test_a_line_is_spoken_in_its_own_language_unless_most_of_it_is_written_in_another(
    text: str, language: str, spoken: str
) -> None:
    assert voice._language_of(text, language) == spoken
