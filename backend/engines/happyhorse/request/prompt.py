"""A direction becomes the prompt form that the model was trained on.

Three paragraphs: the main body, `Dialogue:` with one line per `<speaker, language>: "line"`, and
`Background Sound:`. All but the spoken words is English. A spoken line stands twice: told in the main body,
and listed under `Dialogue:`. Chinese, Japanese and Korean letters are set apart by single spaces, so that
each is heard as one syllable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from client.protocol import Line

QUIET = "No prominent background sound"
DEFAULT_BODY = "The scene of the first frame comes to life with small, natural movements."
NEGATIVE = (
    "blurred, overexposed, washed out, grey, flickering, frozen picture, compression artefacts, subtitles, "
    "watermark, deformed hands, extra fingers, distorted face, fused limbs, cluttered background; "
    "noise, hiss, hum, crackle, clipping, muffled sound, echo, sudden silence, unrelated music, "
    "chatter behind; flat delivery, robotic voice, slurred speech, stutter, wrong pronunciation, "
    "rushed speech, two voices at once"
)

_SYLLABLE = "\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
_BETWEEN_SYLLABLES = re.compile(f"(?<=[{_SYLLABLE}])(?=[{_SYLLABLE}])")
_NUMBERED = re.compile(r"[._\s-]*\d+$")
_NAMELESS = re.compile(
    "cube|plane|sphere|icosphere|uvsphere|circle|cylinder|cone|torus|grid|suzanne|empty|mesh|object|camera|light|lamp|"
    "area|sun|point|spot|curve|beziercurve|beziercircle|nurbspath|text|armature|lattice|speaker|volume|collection|group"
)
_MAX_OBJECTS = 8


def compose(prompt: str, dialogue: Sequence[Line] = (), sound: str = "", scene: Mapping[str, Any] | None = None) -> str:
    """The final prompt of a direction.

    `scene` is what is known of the 3D scene (see `scene_sentence`); it joins the main body.
    """
    spoken = [_said_by(line) for line in dialogue if _plain(line.line) and _plain(line.line) not in _plain(prompt)]
    body = " ".join(part for part in (_sentence(prompt) or DEFAULT_BODY, scene_sentence(scene or {}), *spoken) if part)
    paragraphs = [body]
    lines = [_entry(line) for line in dialogue if _plain(line.line)]
    if lines:
        paragraphs.append("Dialogue:\n" + "\n".join(lines))
    paragraphs.append(f"Background Sound:\n<{_tag(sound) or QUIET}>")
    return "\n\n".join(paragraphs)


def scene_sentence(scene: Mapping[str, Any]) -> str:
    """One or two sentences from scene facts, "" where there are none.

    Facts, each optional: `shot_size` ("medium close-up"), `lens_mm` (focal length for a 36 mm wide sensor),
    `time_of_day` ("dusk"), `place` ("interior", "a kitchen"), `objects` (names in view, nearest first;
    numbers and the names of plain primitives are dropped).
    """
    sentences = []
    shot = _tag(scene.get("shot_size", ""))
    lens = lens_words(scene.get("lens_mm"))
    if shot or lens:
        sentences.append(f"{_article(shot or 'shot')} on {_article(lens).lower()}." if lens else f"{_article(shot)}.")
    setting = ", ".join(part for part in (_tag(scene.get("place", "")), _tag(scene.get("time_of_day", ""))) if part)
    if setting:
        sentences.append(_sentence(setting))
    objects = object_words(scene.get("objects", ()))
    if objects:
        sentences.append(f"In view: {', '.join(objects)}.")
    return " ".join(sentences)


def lens_words(lens_mm: Any) -> str:
    """A focal length (mm, 36 mm wide sensor) in a cinematographer's words; "" for what is no length."""
    if isinstance(lens_mm, bool) or not isinstance(lens_mm, (int, float)) or not 1 <= lens_mm <= 2000:
        return ""
    for limit, words in ((21, "ultra-wide"), (35, "wide-angle"), (60, "standard"), (105, "short telephoto")):
        if lens_mm < limit:
            return f"{lens_mm:.0f} mm {words} lens"
    return f"{lens_mm:.0f} mm telephoto lens"


def object_words(names: Any) -> list[str]:
    """Names of things as a person would say them: `Sofa_Leather.003` becomes `sofa leather`."""
    words: dict[str, None] = {}
    for name in names if isinstance(names, (list, tuple)) else ():
        word = _tag(_NUMBERED.sub("", str(name)).replace("_", " ").replace(".", " ")).lower()
        if word and not _NAMELESS.fullmatch(word.replace(" ", "")):
            words.setdefault(word)
    return list(words)[:_MAX_OBJECTS]


def spaced(text: str) -> str:
    """Chinese, Japanese and Korean letters set apart by single spaces; everything else as it was."""
    return _BETWEEN_SYLLABLES.sub(" ", text)


def _entry(line: Line) -> str:
    return f'<{_speaker(line)}, {line.language}>: "{_spoken(line)}"'


def _said_by(line: Line) -> str:
    return f'{_speaker(line)} says in {line.language}, "{_spoken(line)}"'


def _speaker(line: Line) -> str:
    return _tag(line.speaker.replace('"', "'")) or "The person in view"


def _spoken(line: Line) -> str:
    return spaced(_plain(line.line).replace('"', "'"))


def _tag(text: Any) -> str:
    """Text that may stand between `<` and `>`."""
    return _plain(str(text)).replace("<", "").replace(">", "").strip(" .,")


def _plain(text: str) -> str:
    return " ".join(text.split())


def _sentence(text: str) -> str:
    text = _plain(text)
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?\"'”。！？" else ".")


def _article(noun: str) -> str:
    starts_with_vowel_sound = noun[:1].lower() in "aeiou" or noun[:2] in ("8 ", "11", "18") or noun[:1] == "8"
    return f"{'An' if starts_with_vowel_sound else 'A'} {noun}"
