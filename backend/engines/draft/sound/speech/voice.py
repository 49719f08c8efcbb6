"""The scratch voice: espeak-ng, in this process and without the network.

The library keeps state between calls that changes its output (the phase of its flutter table). It is loaded
afresh for each line and unloaded after it, in about 3 ms, so that the same line always gives the
same samples.
"""

from __future__ import annotations

import ctypes
import re
import sys
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

VOICE_RATE = 22050  # samples a second that espeak-ng speaks at
LONGEST_LINE = 1200  # characters spoken of a line
SLOWEST, FASTEST = 110, 300  # words a minute
VOICES = {
    "English": "en-us",
    "Mandarin": "cmn",
    "Cantonese": "yue",
    "Japanese": "ja",
    "Korean": "ko",
    "German": "de",
    "French": "fr",
}

# Variants of espeak-ng's voice that sound like people, no whispers or robots.
VARIANTS = ("", "f2", "m3", "f3", "m1", "f1", "m7", "f4", "m2", "f5", "m4", "m8")

_AUDIO_OUTPUT_SYNCHRONOUS = 2
_DONT_EXIT = 0x8000
_CHARS_UTF8 = 1
_POS_CHARACTER = 1
_PARAMETER_RATE, _PARAMETER_PITCH, _PARAMETER_RANGE = 1, 3, 4
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
_MARKUP = re.compile(r"<[^<>]{1,200}>")
_lock = threading.Lock()


class VoiceError(Exception):
    """The scratch voice cannot speak here; the message says why."""


@dataclass(frozen=True)
class Timbre:
    """How a speaker sounds: an espeak-ng voice variant, its pitch and range (0..100), and a factor on the
    pace."""

    variant: str = ""
    pitch: int = 50
    range: int = 55
    pace: float = 1.0


def speak(text: str, language: str, timbre: Timbre, words_a_minute: int = 165) -> np.ndarray:
    """`text` spoken: float32 mono at VOICE_RATE, -1..1, without the silence around it. Empty if there is nothing to
    say.

    Raises:
        VoiceError: espeak-ng or its data are missing.
    """
    text, language = readable(text, language)
    if not text:
        return np.zeros(0, np.float32)
    with _espeak() as espeak:
        return _trimmed(_spoken(espeak, text, language, timbre, words_a_minute))


def chorus(lines: Sequence[tuple[str, Timbre]]) -> list[np.ndarray]:
    """English `lines` of plain letters, each spoken as `speak` does: for many at once, the library is loaded
    once.

    Raises:
        VoiceError: espeak-ng or its data are missing.
    """
    with _espeak() as espeak:
        return [_trimmed(_spoken(espeak, text, "English", timbre, 165)) for text, timbre in lines]


def _spoken(espeak: ctypes.CDLL, text: str, language: str, timbre: Timbre, words_a_minute: int) -> np.ndarray:
    chunks: list[np.ndarray] = []

    def collect(samples: Any, count: int, _events: Any) -> int:
        if samples and count > 0:
            chunks.append(np.ctypeslib.as_array(samples, shape=(count,)).copy())
        return 0

    callback = _Callback(collect)  # held here: the library keeps only a bare pointer
    espeak.espeak_SetSynthCallback(callback)
    _choose_voice(espeak, language, timbre.variant)
    rate = round(min(max(words_a_minute * timbre.pace, SLOWEST), FASTEST))
    espeak.espeak_SetParameter(_PARAMETER_RATE, rate, 0)
    espeak.espeak_SetParameter(_PARAMETER_PITCH, timbre.pitch, 0)
    espeak.espeak_SetParameter(_PARAMETER_RANGE, timbre.range, 0)
    data = text.encode() + b"\0"
    espeak.espeak_Synth(data, ctypes.c_size_t(len(data)), 0, _POS_CHARACTER, 0, _CHARS_UTF8, None, None)
    espeak.espeak_Synchronize()
    if not chunks:
        return np.zeros(0, np.float32)
    return np.concatenate(chunks).astype(np.float32) / 32768.0


def readable(text: str, language: str) -> tuple[str, str]:
    """What of a line can be spoken, and the language to speak it in.

    Emoji, control characters and markup go; a line written in another script than its language's is spoken
    in the language of its script; Japanese becomes kana, as espeak-ng reads no kanji.
    """
    text = unicodedata.normalize("NFKC", _MARKUP.sub(" ", text[:LONGEST_LINE]))
    kept = "".join(char if _speakable(char) else " " for char in text)
    kept = " ".join(kept.split())
    if not any(unicodedata.category(char)[0] in "LN" for char in kept):
        return "", language
    language = _language_of(kept, language)
    if language == "Japanese":
        from .kana import to_kana

        kept = to_kana(kept)
    return kept, language


def _speakable(char: str) -> bool:
    return unicodedata.category(char)[0] in "LMN" or char in " .,;:!?'\"-–—…、。！？，；：・「」ー%&$€£¥+"


def _language_of(text: str, language: str) -> str:
    """The language to speak `text` in: its own, unless most of the letters are of a script that it is not
    written in."""
    letters = [char for char in text if char.isalpha()]
    kana = sum("\u3040" <= char <= "\u30ff" for char in letters)
    hangul = sum("\uac00" <= char <= "\ud7a3" or "\u1100" <= char <= "\u11ff" for char in letters)
    han = sum("\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf" for char in letters)
    if language not in VOICES:
        language = "English"
    if 2 * (kana + hangul + han) <= len(letters):
        return language
    if kana and language != "Japanese":
        return "Japanese"
    if hangul > han and language != "Korean":
        return "Korean"
    if han and not kana and not hangul and language not in ("Mandarin", "Cantonese", "Japanese"):
        return "Mandarin"
    return language


@contextmanager
def _espeak() -> Iterator[ctypes.CDLL]:
    """The library, freshly loaded and initialised; alone in its use of it."""
    try:
        import espeakng_loader
    except ImportError as error:
        raise VoiceError("The scratch voice (espeak-ng) is not installed.") from error
    with _lock:
        try:
            library = ctypes.CDLL(espeakng_loader.get_library_path())
        except OSError as error:
            raise VoiceError("The scratch voice (espeak-ng) cannot be loaded on this machine.") from error
        try:
            _seed_libc()
            data = espeakng_loader.get_data_path().encode()
            if library.espeak_Initialize(_AUDIO_OUTPUT_SYNCHRONOUS, 0, data, _DONT_EXIT) <= 0:
                raise VoiceError("The scratch voice (espeak-ng) found no voice data.")
            library.espeak_ng_SetRandSeed(ctypes.c_long(1))
            yield library
            library.espeak_Terminate()
        finally:
            _unload(library)


def _choose_voice(espeak: ctypes.CDLL, language: str, variant: str) -> None:
    name = VOICES[language]
    chosen = f"{name}+{variant}" if variant else name
    if espeak.espeak_SetVoiceByName(chosen.encode()) and espeak.espeak_SetVoiceByName(name.encode()):
        raise VoiceError(f"The scratch voice has no voice for {language}.")


def _seed_libc() -> None:
    """Some of espeak-ng's variants draw from the C library's rand()."""
    libc = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
    libc.srand(1)


def _unload(library: ctypes.CDLL) -> None:
    import _ctypes

    close = getattr(_ctypes, "FreeLibrary" if sys.platform == "win32" else "dlclose")
    close(library._handle)


def _trimmed(samples: np.ndarray) -> np.ndarray:
    """Without leading and trailing silence (below -50 dB of full scale), 10 ms left at either side."""
    loud = np.flatnonzero(np.abs(samples) > 10 ** (-50 / 20))
    if not loud.size:
        return np.zeros(0, np.float32)
    margin = VOICE_RATE // 100
    return samples[max(0, loud[0] - margin) : loud[-1] + margin]
