"""How large a thing is in the frame in the end, with which lens, and on which side it is passed: as marks.py has it."""

from __future__ import annotations

import re

from ...lists import replaced, replacements

_A = r"(?:the|an?|his|her|their|its)"
_NAMED = rf"(?:{_A} (?:\w+ )?\w+|him|her|them|[A-Z]\w+)"
_FILLS = r"(?:fills?|is filling|filling|takes? up|occup(?:y|ies)|covers?)"
_PICTURE = r"(?:frame|screen|shot|picture|image)"
_HALF = r"(?:(?:about |around |roughly |nearly )?half(?: of)? )"
_ALL = r"(?:(?:most|all|nearly all) of )?"
_GOING = r"(?:push|mov|go|zoom|dolly|creep|drift|com|eas|punch|track|lean|glid|walk|pop|crash|snap)(?:e?s|ing|ies|e)?"
_FOCAL = r"(1[0-9]|2[0-8]|3[0-9]|40|50|55|65|70|75|80|85|9[05]|1[0-5][05]|180|200|300)"
_ZOOMS = r"(?:zoom|punch|pop|crash zoom|snap zoom|go|tighten|widen|lens|change|switch|cut)"
_END = r"(?=\s*(?:$|[,.;:!?)\n]|(?:and|then|over|in|for|as|while|fast|slow\w*|quick\w*)\b))"

FRAMING = replacements(
    (
        (
            rf"\b(?:until|till|so (?:that )?) ?(?:it|she|he|they) {_FILLS} (?:up )?{_HALF}(?:of )?(?:the |our "
            rf")?{_PICTURE}\b",
            " framehalf ",
        ),
        (
            rf"\b(?:until|till|so (?:that )?) ?(?:it|she|he|they) {_FILLS} (?:up )?{_ALL}(?:the |our )?(?:whole "
            rf")?{_PICTURE}\b",
            " framefills ",
        ),
        (
            rf"\b(?:until|till) ({_NAMED}) {_FILLS} (?:up )?{_HALF}(?:of )?(?:the |our )?{_PICTURE}\b",
            r"framehalf to \1",
        ),
        (
            rf"\b(?:until|till) ({_NAMED}) {_FILLS} (?:up )?{_ALL}(?:the |our |all of the )?(?:whole |entire "
            rf")?{_PICTURE}\b",
            r"framefills to \1",
        ),
        (rf"\b(?:until|till) ({_NAMED}) (?:is|are) (?:really |very )?(?:big|large|close|tight)\b", r"frameclose to \1"),
        (rf"\bfill(?:s|ing)? (?:up )?the {_PICTURE} with ({_NAMED})", r"push in framefills to \1"),
        (
            rf"\b({_GOING}(?: \w+ly)?(?: in)?) (?:nice and |really |very )?(?:tight|close|tighter) (?:in )?on (?=\w)",
            r"\1 frameclose on ",
        ),
        # Lenses.
        (
            rf"\b{_ZOOMS}(?:s|es|ing|ning|ping)? (?:back )?(in|out)?(?: ?to| into| down to| up to)? (?:an? |the )?"
            rf"{_FOCAL} ?mm\b,? (?:and |, )?then (?:to )?(?:an? |the )?{_FOCAL} ?(?:mm)?\b",
            r"zoom \1 lens\2mm, then hold, then zoom \1 lens\3mm",
        ),
        (
            rf"\b(?:zoom|punch|pop)(?:s|ing|ping)? (in|out) to an? {_FOCAL},? (?:and |, )?then (?:to )?an? {_FOCAL}\b",
            r"fast zoom \1 lens\2mm, then hold, then fast zoom \1 lens\3mm",
        ),
        (rf"\b(?:zoom|punch|pop)(?:s|ing|ping)? (in|out) to an? {_FOCAL}{_END}", r"fast zoom \1 lens\2mm"),
        (
            rf"\b(fast |slow |slowly |crash |snap )?(?:zoom|punch|pop|tighten|widen)(?:s|es|ing|ping|ning)? (in|out)?"
            rf"(?: ?to| into| down to| up to) (?:an? |the )?{_FOCAL} ?mm\b",
            r"\1 zoom \2 lens\3mm",
        ),
        (r"\b(?:punch|pop)(?:es|s|ing|ping)? (out)\b", r"fast zoom \1"),
        (r"\bpop(?:s|ping)? (in)\b", r"fast zoom \1"),
        # Sides.
        (
            rf"\b(past|by|around|round) ({_NAMED}),? (?:on|to|along) (?:its|his|her|their) (left|"
            rf"right)(?:[- ]hand)?(?: side)?\b",
            r"past \2 passed\3",
        ),
        (
            rf"\b(?:past|by) ({_NAMED}),? keeping (?:it|him|her|them) (?:on|to) (?:our|the|your|camera) (left|right)\b",
            r"past \1 keptat\2",
        ),
        (rf"\bpass(?:es|ing)? (?:on |to )?the (left|right) (?:side )?of ({_NAMED})", r"move past \2 passed\1"),
        (
            rf"\bpass(?:es|ing)? ({_NAMED}) on (?:its|his|her|their|the) (left|right)(?: side)?",
            r"move past \1 passed\2",
        ),
        (
            rf"\bskirt(?:s|ing)? (?:along |round |around )?({_NAMED}),? (?:on|to|along) (?:its|his|her|the) "
            r"(left|right)(?:[- ]hand)?(?: side)?",
            r"move past \1 passed\2",
        ),
        (rf"\bskirt(?:s|ing)? (?:along |round |around )?(?={_A} )", "move past "),
        (r"\bkeptatleft\b", "passedright"),
        (r"\bkeptatright\b", "passedleft"),
    )
)


def in_frame(text: str) -> str:
    """English `text` with such sizes, lenses and sides as words of our own."""
    return replaced(text, FRAMING)


_ENDS_IN = r"\b(?:[Tt]o|[Ii]nto|[Ee]nds?|[Ee]nding|[Ff]inish(?:es)?|[Ll]ands?) (?:(?:on|in|at) )?(?:an? )?"
IN_CAPITALS = replacements(
    (
        (rf"{_ENDS_IN}(?:ECU|XCU|BCU)\b", " frameextreme "),
        (rf"{_ENDS_IN}MCU\b", " framenearer "),
        (rf"{_ENDS_IN}CU\b", " frameclose "),
        (rf"{_ENDS_IN}MS\b", " framemedium "),
    ),
    re.NOFLAG,
)
