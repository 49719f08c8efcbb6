"""Whose doing a clause of another language is, by its subject: "Anna va alla porta" moves no camera."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from ...languages.tables.nouns import PEOPLES_NAMES
from ...lists import one_of

_ACTING = PEOPLES_NAMES | one_of(
    "woman, man, girl, boy, child, people, couple, crowd, car, train, boat, dog, cat, cyclist, singer, actor, actress, "
    "dancer, bride, baby, bicycle, motorcycle, horse, curtain"
)
_ARTICLE = (
    r"(?:(?:der|die|das|le|la|les|el|los|las|il|lo|gli|i|o|a|os|as|de|het|un|une|una|uno|um|uma|ein|eine|een)\s+|"
    r"l['’])"
)
_LATIN = re.compile(
    rf"\s*{_ARTICLE}?(?P<who>[^\W\d_]+)\s+(?:(?:se|si|sich|zich)\s+|s['’])?(?P<does>[^\W\d_]+)",
    re.IGNORECASE,
)
# Words that open a clause without being its subject.
_OPENING = one_of(
    """
        zuerst, jetzt, erst, nun, hier, dort, dabei, nochmal, wieder, anfangs, zunächst, abord, ici, là, maintenant,
        encore, primero, ahora, ya, aquí, allí, otra, prima, ora, adesso, qui, ancora, primeiro, agora, aqui, eerst,
        nu, hier, weer, bitte, immer, ganz, nur, toujours, siempre, sempre, kamera, caméra, drohne, drone, dron, dolly,
        kran, steadicam, plano, plan, toma, totale, travelling, zoom, pan, tilt, we, wir, man, on, nous, noi, ne, no,
        non, não, ni, pas
    """
)


def is_somebodys(
    clause: str,
    nouns: Mapping[str, str],
    blanks: bool,
    is_verb: Callable[[str], bool],
    is_manner: Callable[[str], bool],
    beside_camera: bool,
) -> bool:
    """Whether somebody or something in the picture is a clause's subject. `nouns`: what a language calls them in
    English; `is_verb` knows the forms of its verbs; `beside_camera`: another clause has the camera as its subject."""
    if not blanks or re.search(r"[가-힣]", clause):
        return _is_marked(clause, nouns)
    match = _LATIN.match(clause)
    if match is None:
        return False
    who, does = match["who"].lower(), match["does"].lower()
    if not is_verb(does) or who in _OPENING or is_verb(who) or is_manner(who):
        return False
    if nouns.get(who) in _ACTING or who in PEOPLES_NAMES:
        return True
    return beside_camera and match["who"][0].isupper() and who not in nouns and len(who) > 2


# What follows a person's name or noun and tells of nothing that happens.
_AT_REST = one_of(
    """
        in, im, am, an, auf, mit, vor, bei, neben, hinter, zu, zum, zur, und, der, die, das, von, aus, ist, sitzt,
        steht, liegt, bleibt, wartet, dans, sur, avec, devant, et, de, du, au, est, assis, assise, debout, près, qui,
        en, con, junto, del, está, sentado, sentada, nel, nella, sul, sulla, seduto, seduta, com, perto, met, naast,
        bij, van, het, zit, staat, ligt, cadrée, kommt, lentement, langsam, lentamente, lento, per, por, para, pour,
        für, voor, bis, hasta, fino, até, tot, jusqu
    """
)
_NAMED = re.compile(
    rf"\s*(?:(?:que|wie|dass|che|dat|pendant que|mentre|während|wobei|enquanto|mientras|terwijl|et|und|y|e|"
    rf"en)\s+|qu['’]\s*)?"
    rf"{_ARTICLE}?(?P<who>[^\W\d_]+)\s+(?:(?:se|si|sich|zich|lui|le)\s+|s['’])?(?P<does>[^\W\d_]{{3,}})",
    re.IGNORECASE,
)


def acts(clause: str, nouns: Mapping[str, str], blanks: bool, is_the_cameras: Callable[[str], bool]) -> bool:
    """Whether a person is a clause's subject and does anything: "
    ""que Anna parpadee", "アンナが笑う". `is_the_cameras`: of
    a word, whether it is a direction or a manner."""
    return _actor(clause, nouns, blanks, is_the_cameras, _PEOPLE) != ""


def creature_of(clause: str, nouns: Mapping[str, str], blanks: bool, is_the_cameras: Callable[[str], bool]) -> str:
    """The animal or vehicle, in English, that is a clause's subject and does anything; "" for none."""
    return _actor(clause, nouns, blanks, is_the_cameras, _CREATURES)


def _actor(
    clause: str,
    nouns: Mapping[str, str],
    blanks: bool,
    is_the_cameras: Callable[[str], bool],
    among: Collection[str],
) -> str:
    """Who of those called so in English is a clause's subject and does anything; "" for none."""
    if not blanks or re.search(r"[가-힣]", clause):
        clause = _COUNTED.sub("", clause.lstrip())
        told = max((noun for noun in nouns if clause.startswith(noun)), key=len, default="")
        if nouns.get(told) not in among:
            return ""
        after = clause[len(told) :]
        if re.match(
            r"(?:が|は|이|가|은|는)(?!.*(?:見え|보일|中心|画面|フレーム|화면|いる|ある|있|서 ?있|앉아|座って|立って))",
            after,
        ):
            return nouns[told]
        kana = re.search(r"[ぁ-んァ-ヶ가-힣]", clause)
        goes = kana is None and re.match(
            r"[走跑站坐转笑哭离进起朝眨说唱跳挥拿点摇头抬飞游爬驶]|从.{1,6}[走跑飞]|[经穿路开]过", after
        )
        return nouns[told] if goes else ""
    match = _NAMED.match(clause)
    if match is None:
        return ""
    who, does = match["who"].lower(), match["does"].lower()
    name = who if who in PEOPLES_NAMES else nouns.get(who, "") if match["who"] != "paar" else ""  # "ein paar Schritte"
    rests = does in _AT_REST and not _GETS_UP.search(clause)
    acting = name in among and not rests and does not in nouns and not is_the_cameras(does)
    return name if acting else ""


_PEOPLE = PEOPLES_NAMES | one_of(
    "woman, man, girl, boy, child, people, couple, crowd, cyclist, singer, actor, actress, dancer, bride, baby"
)


_CREATURES = one_of("dog, cat, bird, horse, car, train, bus, boat, bicycle, motorcycle, truck, plane")
_COUNTED = re.compile(r"(?:有)?[一两几][只个辆位名条匹群头]")  # "一只狗跑过"
_GETS_UP = re.compile(r"\b(?:steht|staat|sitzt|zit|kommt)\b[^,.;]*\b(?:auf|op|herein|rein|vorbei)\s*$", re.IGNORECASE)


def _is_marked(clause: str, nouns: Mapping[str, str]) -> bool:
    """By a particle after it, or by standing first where there are none: "アンナがドアへ歩く", "安娜走向门口"."""
    told = max((noun for noun in nouns if clause.lstrip().startswith(noun)), key=len, default="")
    if nouns.get(told) not in _ACTING:
        return False
    after = clause.lstrip()[len(told) :]
    particle = re.match(r"(?:が|は|이|가|은|는)(?!.*見え|.*보일)", after)
    return bool(particle) or (
        re.search(r"[ぁ-んァ-ヶ가-힣]", clause) is None and re.match(r"[走跑站坐转笑哭离进起朝向]", after) is not None
    )
