"""Japanese as it is spoken, in kana: espeak-ng knows the sounds but not the kanji."""

from __future__ import annotations

import functools
from typing import Any

from ...direction.lists import listed

# Readings that the dictionary gets wrong in running speech.
_READINGS = {
    "今日は": "きょうわ",
    "今日": "きょう",
    "明日": "あした",
    "昨日": "きのう",
    "一人": "ひとり",
    "二人": "ふたり",
    "何": "なに",
    "私": "わたし",
    "彼は": "かれわ",
    "彼の": "かれの",
    "こんにちは": "こんにちわ",
    "こんばんは": "こんばんわ",
    "では": "でわ",
    "には": "にわ",
    "とは": "とわ",
    "それは": "それわ",
    "これは": "これわ",
    "あれは": "あれわ",
    "ここは": "ここわ",
}
_AFTER_TOPIC = listed("もう, まだ, とても, いつ, どこ, なに, だれ, ここ, そこ, ずっと, すぐ, きっと, いつも, ない")
_DIGITS = ("", "いち", "に", "さん", "よん", "ご", "ろく", "なな", "はち", "きゅう")
_HUNDREDS = {3: "さんびゃく", 6: "ろっぴゃく", 8: "はっぴゃく"}
_THOUSANDS = {3: "さんぜん", 8: "はっせん"}


def to_kana(text: str) -> str:
    """`text` with kanji and numbers in kana, blanks between words, particles as they sound (は as わ)."""
    words: list[str] = []
    for token in _converter().convert(text):
        written, read = token["orig"], token["hira"]
        if written in _READINGS:
            read = _READINGS[written]
        elif written == "は" and words:
            read = "わ"
        elif written == "へ" and words:
            read = "え"
        elif written == "を":
            read = "お"
        elif written.isdecimal():
            read = number(int(written[:12]))
        elif written[:1] == "は" and written[1:].startswith(_AFTER_TOPIC) and words:
            read = "わ " + written[1:]
        ending = all("\u3041" <= char <= "\u309f" for char in written) and not _word_is_over(words)
        if words and (ending or not read[:1].isalpha()):
            words[-1] += read
        else:
            words.append(read)
    return " ".join(word for word in words if word.strip())


def _word_is_over(words: list[str]) -> bool:
    """Whether the last word is over: nothing before, a mark, or a particle that has already joined it."""
    return not words or not words[-1][-1:].isalpha() or words[-1][-1] in "わをがもの"


def number(value: int) -> str:
    """A whole number below 10^12 as it is counted in Japanese."""
    if value == 0:
        return "ぜろ"
    parts = []
    for size, name in ((10**8, "おく"), (10**4, "まん"), (1, "")):
        group, value = divmod(value, size)
        if group:
            parts.append(_below_10000(group) + name)
    return "".join(parts)


def _below_10000(value: int) -> str:
    thousands, rest = divmod(value, 1000)
    hundreds, rest = divmod(rest, 100)
    tens, ones = divmod(rest, 10)
    read = ""
    if thousands:
        read += _THOUSANDS.get(thousands, ("" if thousands == 1 else _DIGITS[thousands]) + "せん")
    if hundreds:
        read += _HUNDREDS.get(hundreds, ("" if hundreds == 1 else _DIGITS[hundreds]) + "ひゃく")
    if tens:
        read += ("" if tens == 1 else _DIGITS[tens]) + "じゅう"
    return read + _DIGITS[ones]


@functools.cache
def _converter() -> Any:
    """pykakasi: its import and dictionary need half a second, once, and only for Japanese."""
    import pykakasi

    return pykakasi.kakasi()
