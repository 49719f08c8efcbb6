"""Whose doing a clause of another language is, by its subject: "Anna va alla porta" moves no camera."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ..languages.tables.nouns import PEOPLES_NAMES
from ..lists import one_of

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
    rf"\s*(?:(?:que|qu['’]|wie|dass|che|dat|pendant que|mentre|während|wobei|enquanto|mientras|terwijl|et|und|y|e|"
    rf"en)\s*)?"
    rf"{_ARTICLE}?(?P<who>[^\W\d_]+)\s+(?:(?:se|si|sich|zich|lui|le)\s+|s['’])?(?P<does>[^\W\d_]{{3,}})",
    re.IGNORECASE,
)


def acts(clause: str, nouns: Mapping[str, str], blanks: bool, is_the_cameras: Callable[[str], bool]) -> bool:
    """Whether a person is a clause's subject and does anything: "
    ""que Anna parpadee", "アンナが笑う". `is_the_cameras`: of
    a word, whether it is a direction or a manner."""
    if not blanks or re.search(r"[가-힣]", clause):
        told = max((noun for noun in nouns if clause.lstrip().startswith(noun)), key=len, default="")
        if nouns.get(told) not in _PEOPLE:
            return False
        after = clause.lstrip()[len(told) :]
        if re.match(r"(?:が|は|이|가|은|는)(?!.*(?:見え|보일|中心|いる|ある|있|서 ?있|앉아|座って|立って))", after):
            return True
        kana = re.search(r"[ぁ-んァ-ヶ가-힣]", clause)
        return kana is None and re.match(r"[走跑站坐转笑哭离进起朝眨说唱跳挥拿点摇头抬]", after) is not None
    match = _NAMED.match(clause)
    if match is None:
        return False
    who, does = match["who"].lower(), match["does"].lower()
    known = who in PEOPLES_NAMES or nouns.get(who) in _PEOPLE
    return known and does not in _AT_REST and does not in nouns and not is_the_cameras(does)


_PEOPLE = PEOPLES_NAMES | one_of(
    "woman, man, girl, boy, child, people, couple, crowd, cyclist, singer, actor, actress, dancer, bride, baby"
)


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
