"""Slips of the pen in common words."""

from __future__ import annotations

import functools

from ...lists import listed, one_of

# Words that people mean when they spell them nearly so.
_SPELLED = listed(
    """
        slow, slowly, the, left, right, forward, backward, backwards, towards, toward, around, through, clockwise,
        counterclockwise, camera, panning, panned, tilting, tilt, dolly, dollying, zoom, zooming, zooms, truck,
        trucking, tracking, orbit, orbiting, orbits, circle, circling, handheld, steadicam, gimbal, crane, descend,
        descends, descending, ascend, rising, rise, push, pushing, pull, pulling, static, locked, tripod, follow,
        follows, following, slight, slightly, gentle, gently, quickly, smooth, smoothly, gradually, degrees, metres,
        meters, seconds, table, chair, sofa, couch, window, door, doorway, kitchen, mirror, picture, painting,
        staircase, stairs, fireplace, lamp, curtain, building, house, garden, balcony, corridor, hallway, bookshelf,
        please, circles, rotates, forest, bridge, castle, tower, street, church, flower, flowers, bottle,
        letter, then, hold, back,
        down, over, past, away, while, forwards, sideways, upwards, downwards, statue, ceiling, between,
        towards, with, into, from, reveal, revealing, approach, approaches, closer, subtle, subtly, vertigo,
        pedestal, whole, entire, clock
    """
)
# Words of their own, though one letter away.
_RIGHT_AS_IT_IS = one_of(
    """
        odor, second, paned, though, tiling, titling, tracing, dolling, balcon, entier, descen, metre, meter, degree,
        clocking, form, angel, quiet, trial, fist, slot, lamb, clam, cable, fable, sable, stable, able, tale, chain,
        hair, choir, glass, plush, bush, rush, posh, crank, cranes, crate, trick, track, tuck, boom, zoos, zone, loom,
        room, doom, stilt, silt, tile, title, till, thee, then, they, them, there, other, clod, clocks, lock, block,
        cock, cloak, bold, gold, hood, holed, closet, moor, dolls, doll, holly, jolly, dory, into, tow, bull, full,
        null, pulls, pushes, windows, widow, sticks, pans, tins, state, statice, wile, whale, hole, hose,
        horse, hound, mouse, warden, pardon, gardens, lamps, damp, lumps, camp, filth, width, wit, sith, whit, lowly,
        solely, sight, night, flight, light, slights, bight, circus, orbital, rise, prise, wise, raise, arise, rising,
        raising, posture, pasture, mixture, vertical, raven, clocked, flocked, blocked, rocked, sink, follows, fellow,
        fallow, hollow, hallow, gentile, general, lefty, cleft, loft, lift, lest, let, felt, bright, fright, wright,
        char, tale, cock, hose, close, hall, sofas, couth, toward, thorough, trough, beak, bask, dawn, don,
        own, oven, pasta, paste, pest, past, awry, sway, tilt, bay, wile, hone, holed, stairs, stars, star,
        lam, lap, rams, from, form, rom, fire,
        certain, certainly, lacked, licked, lucked, fellow, penned, pinned, punned, polling, tricking,
        trekking, pulling,
        statute, status, filled, fallows, hollows, tripped, betwixt, tottering, tolling, telling, toiling, dwelling,
        pollings, relief, heard, tilled, rosing, rinsing, apprise, guarding, girder, guarder, pointing, printing,
        masters, fellows, pestle, stetic, decanting, resting, closer, clear, clever,
        eight, quickie, stair, chairs, tables, doors, sofas, mirrors
    """
)
_KNOWN_SLIPS = {
    "teh": "the",
    "adn": "and",
    "pna": "pan",
    "tehn": "then",
    "thne": "then",
    "verry": "very",
    "vrey": "very",
    "realy": "really",
    "wiht": "with",
    "thru": "through",
    "threw": "threw",
    "untill": "until",
    "til": "until",
    "lense": "lens",
    "litle": "little",
    "abit": "bit",
    "seconde": "second",
    "secs": "seconds",
    "doesnt": "doesn't",
    "dosent": "doesn't",
    "dosnt": "doesn't",
    "doenst": "doesn't",
    "didnt": "didn't",
    "goin": "going",
    "movin": "moving",
    "lookin": "looking",
    "zom": "zoom",
    "upp": "up",
    "pann": "pan",
}
# The camera's own verbs, of which any one letter may be wrong.
_OWN = listed("tilt, zoom, push, pull, dolly, truck, track, orbit, crane, roll, hold, left, right, slow")
_OTHER_WORDS = one_of(
    """
        tilth, tilts, zooms, plush, pushy, pulls, pully, tuck, tack, rack, tracks, tracts, trucks, obit, orbits, cane,
        cranes, craned, carne, cran, rolls, rolla, rolle, rolly, troll, prowl, holds, holed, lefts, lefty, rights,
        righto, righty, wright, slows, salow
    """
)
LEAST_SPELLED = 4  # letters


def spelled(word: str) -> str:
    """The word that is meant by one of at least LEAST_SPELLED letters that is one slip away from it; else `word`."""
    if word in _KNOWN_SLIPS:
        return _KNOWN_SLIPS[word]
    if len(word) < LEAST_SPELLED or word in _RIGHT_AS_IT_IS or word in _OTHER_WORDS:
        return word
    return _slips().get(word) or _own_slips().get(word, word)


def _vowels(word: str) -> set[str]:
    """A longer word with one vowel wrong or one too many: "camara", "slowley"."""
    if len(word) < 5:
        return set()
    wrong = {
        word[:i] + vowel + word[i + 1 :]
        for i in range(1, len(word))
        if word[i] in "aeiou"
        for vowel in "aeiou"
        if len(word) > 5
    }
    more = {word[:i] + vowel + word[i:] for i in range(1, len(word)) for vowel in "aeiou"}
    return (wrong | more) - {word}


@functools.cache
def _own_slips() -> dict[str, str]:
    """By a misspelling with one letter too many or one too few within: one of the camera's own verbs."""
    found: dict[str, set[str]] = {}
    for word in _OWN:
        more = {word[:i] + letter + word[i:] for i in range(1, len(word) + 1) for letter in _LETTERS}
        fewer = {word[:i] + word[i + 1 :] for i in range(1, len(word) - 1)} if len(word) > 3 else set()
        swapped = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(1, len(word) - 1)}
        for slip in (more | fewer | swapped) - _OTHER_WORDS - _RIGHT_AS_IT_IS - {word}:
            found.setdefault(slip, set()).add(word)
    return {slip: meant.pop() for slip, meant in found.items() if len(meant) == 1}


_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@functools.cache
def _slips() -> dict[str, str]:
    """By each misspelling of one slip that leaves no doubt: two letters changed about, one left out, one doubled."""
    found: dict[str, set[str]] = {}
    for word in dict.fromkeys(_SPELLED):
        swapped = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
        doubled = {word[: i + 1] + word[i:] for i in range(len(word))}
        single = {word[:i] + word[i + 1 :] for i in range(len(word) - 1) if word[i] == word[i + 1]}
        short = {word[:i] + word[i + 1 :] for i in range(1, len(word) - 1)} if len(word) > 4 else set()
        for slip in swapped | doubled | single | short | _vowels(word):
            found.setdefault(slip, set()).add(word)
    known = set(_SPELLED)
    return {slip: meant.pop() for slip, meant in found.items() if len(meant) == 1 and slip not in known}
