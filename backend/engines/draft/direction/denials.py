"""A list of moves that one negation denies: "no pan, tilt or zoom" as "no pan, no tilt, no zoom"."""

from __future__ import annotations

from dataclasses import replace

from .clauses import Clause
from .lists import one_of
from .sentences import NEGATIONS
from .vocabulary import ALONE, CAMERA_VERBS, EVERYDAY_VERBS
from .where.ways import VERBS

_OR = ("or", "nor")
_SMALL = one_of("or, nor, and, any, a, an, the, camera, of, kind, to, unwanted, sudden, fancy")


def each_denied(found: list[Clause]) -> list[Clause]:
    """The clauses, with a negation before each move of a list that begins with a denied one."""
    made = list(found)
    for i, clause in enumerate(found):
        if not (NEGATIONS.intersection(clause.words) and _is_bare(clause)):
            continue
        made[i] = _denied(made[i])
        run = [i]
        for j in range(i + 1, len(found)):
            if found[j].link not in ("comma", "and") or not _is_bare(found[j]):
                break
            run.append(j)
        last = max((j for j in run if found[j].link == "and" or any(w in _OR for w in found[j].words)), default=i)
        for j in range(i + 1, last + 1):
            made[j] = replace(_denied(made[j]), link="comma")
    return made


def _is_bare(clause: Clause) -> bool:
    """Whether a clause names moves and says nothing else of them, and one that it names is no rest."""
    text = [word for i, word in enumerate(clause.words) if clause.words[max(i - 1, 0) : i + 1] != ["zoom", "in"]]
    told = [word for word in text if word not in NEGATIONS and word not in _SMALL]
    return told != [] and all(_is_move(word) for word in told)


def _is_move(word: str) -> bool:
    if word in VERBS:
        verb, form, everyday = VERBS[word]
        table = EVERYDAY_VERBS[verb] if everyday else CAMERA_VERBS[verb]
        return form != "ed" and ("hold", 1) not in table.values()
    return word in ALONE and ALONE[word] != ("hold", 1)


def _denied(clause: Clause) -> Clause:
    """A bare clause with "no" before each of its moves."""
    texts: list[str] = []
    for word in clause.words:
        if word in _OR or word == "and":
            continue
        if _is_move(word) and not (texts and (texts[-1] in NEGATIONS or texts[-1] in ("any", "camera", "the", "a"))):
            texts.append("no")
        texts.append(word)
    return replace(clause, words=texts, named=[False] * len(texts))
