"""The things of a clause in another language, in English and with how they are meant: "past the chair to the door"."""

from __future__ import annotations

from ...languages.language import Language
from ...languages.tables.nouns import PEOPLES_NAMES
from ...marks import owned_name
from ...where.target import OF_A_BODY
from ..between import PAIR, unpaired


class Names:
    """What one language calls things."""

    def __init__(self, language: Language) -> None:
        self.nouns, self.blanks = language.nouns, language.blanks

    def named(self, things: list[tuple[str, str]]) -> str:
        """Things with the relation that each is meant in, as English says them one after the other."""
        said = []
        ranks = []
        for relation, name in things:
            if PAIR.fullmatch(name):
                said.append(unpaired(name))
                ranks.append(1)
                continue
            noun = self.noun_of(name)
            if not noun:
                continue
            article = "" if noun in ("her", "him", "them") or "'s " in noun or noun.split()[0] in _HIS else "the "
            if relation == "between" and not noun.endswith("s"):
                noun += "s"
            relation = "with" if relation == "along" and noun in _PEOPLE else relation
            prefix = {"whole": "to reveal the whole ", "with": "", "level": "level with the "}.get(
                relation, f"{relation} {article}"
            )
            said.append(prefix + noun)
            ranks.append({"with": 0, "whole": 2}.get(relation, 1))
        # Whom it follows is said at once, and "the whole" is read as a clause of its own.
        return " ".join(one for _, one in sorted(zip(ranks, said, strict=True), key=lambda pair: pair[0]))

    def noun_of(self, name: str) -> str:
        """A thing's name, as a clause has it, in English where it is known."""
        name = name.strip()
        if whose := next((said for word in name.split() if (said := owned_name(word))), ""):
            return whose
        if name in self.nouns:
            return self.nouns[name]
        if self.blanks:
            words = name.split()
            known = [self.nouns[word] for word in words if word in self.nouns]
            known += [word for word in words if word in PEOPLES_NAMES]
            return known[0] if known else (words[-1] if words else "")
        inside = [form for form in self.nouns if form in name]
        parts = [self.nouns[form] for form in inside if self.nouns[form] in OF_A_BODY]
        owners = [_WHOSE[self.nouns[form]] for form in inside if self.nouns[form] in _WHOSE]
        if parts and owners:  # "她的脸"
            return f"{owners[0]} {parts[0]}"
        return self.nouns[max(inside, key=len)] if inside else name


_HIS = ("her", "his", "their")
_WHOSE = {"her": "her", "him": "his"}
_PEOPLE = ("her", "him", "them", "woman", "man", "girl", "boy", "child", "people", "couple")
