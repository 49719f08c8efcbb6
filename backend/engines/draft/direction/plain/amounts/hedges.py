"""What only hedges a figure, before it: "at most two metres", "d'au moins trois pas"."""

from __future__ import annotations

import re

from ..ends.heights import NUMBER

_HEDGES = {
    "english": r"at (?:the )?(?:very )?(?:least|most)|(?:no|not) (?:more|less|further|farther) than|(?:a |an )"
    r"?(?:absolute )?(?:maximum|minimum|max\.?|"
    r"min\.?)(?: of)?",
    "german": r"mindestens|höchstens|maximal|wenigstens|nicht mehr als|nicht weniger als",
    "french": r"(?:d['’])?au (?:moins|plus|maximum|minimum)|tout au plus|pas plus d[e'’]|(?:un )?maximum(?: de| "
    r"d['’])?",
    "spanish": r"(?:al|por lo) menos|como (?:mucho|máximo|mínimo)|(?:un )?(?:máximo|mínimo) de|no más de|a lo sumo",
    "italian": r"(?:di )?(?:almeno|al massimo|al minimo|non più di)|(?:un )?massimo (?:di)?",
    "portuguese": r"no (?:máximo|mínimo)|(?:pelo|ao) menos|(?:um )?(?:máximo|mínimo) de|não mais (?:de|que|do que)",
    "dutch": r"minstens|hooguit|hoogstens|maximaal|minimaal|ten minste|niet meer dan",
}
_BARE = {name: re.compile(rf"\b(?:{said})\s*(?={NUMBER}\b)", re.IGNORECASE) for name, said in _HEDGES.items()}


def without_hedges(text: str, name: str) -> str:
    """`text` in the language called `name` without such words."""
    return _BARE[name].sub("", text) if name in _BARE else text
