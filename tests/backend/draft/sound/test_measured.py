"""What each sound was measured to be when it was last listened to: its levels by band, by time and by side. A take that
is made again has to sound as it did, so these change only where a sound is meant to."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from backend.engines.draft.sound.ambience import MAKERS
from backend.engines.draft.sound.events import SoundEvent
from backend.engines.draft.sound.levels import RATE
from backend.engines.draft.sound.vocabulary import KINDS

EDGES = (20, 90, 200, 450, 1000, 2200, 4500, 9000, 20_000)  # Hz
FLOOR = -80.0  # dB under the whole: what lies below is as good as nothing
SECONDS = {"thunder": 3.0, "bells": 2.6, "crowd": 1.0, "birds": 2.5, "gulls": 3.0, "traffic": 2.2, "train": 2.5}

# A kind, its strength where it is not 1, words near it: hundredths of dB, as `levels` gives them.
MEASURED = """
room: -28 -192 -624 -1143 -2151 -2636 -2985 -3622 -4515 -30 19 45 -37 -35 21 45 -39
hum: -218 -1331 -539 -622 -1001 -1181 -1756 -2878 -4138 1 1 -10 -24 -1 14 21 -4
hum fan: -208 -1330 -541 -618 -1002 -1177 -1753 -2876 -4138 7 1 -19 -25 4 12 13 4
wind: -184 -379 -525 -834 -1371 -2053 -3033 -3871 -4752 -144 -168 75 158 -167 -161 74 152
wind 0.5: -410 -348 -515 -868 -1471 -2219 -3282 -4438 -5537 -144 -163 77 153 -165 -155 76 147
wind 0.5 howling: -410 -348 -515 -868 -1468 -2219 -3281 -4428 -5482 -144 -163 77 153 -165 -155 76 147
wind 2: 181 -447 -556 -796 -1168 -1786 -2467 -2898 -3720 -148 -181 70 171 -173 -175 68 165
leaves: -407 -6173 -5069 -3751 -2427 -1219 -748 -713 -1118 -133 -219 12 209 -154 -194 22 210
leaves 0.5: -414 -6212 -5068 -3745 -2421 -1211 -752 -720 -1126 -149 -217 13 215 -155 -202 14 219
rain: 209 -3169 -2359 -2111 -1761 -990 -705 -692 -1052 -19 52 -10 -3 -69 55 23 -44
rain 0.5 window: -338 -3999 -3257 -2939 -2273 -764 -432 -576 -2229 -172 -82 -729 30 -71 337 -401 261
rain 2 roof: 384 -2799 -2052 -1630 -1003 -852 -977 -897 -1099 15 -5 -10 -17 -11 29 -2 1
rain metal: -46 -3514 -2703 -2465 -2060 -423 -817 -813 -1494 -129 -13 -38 76 -298 147 83 26
rain leaves: 101 -3239 -2419 -2158 -1093 -823 -689 -886 -1101 27 -81 -138 61 44 -110 57 80
rain umbrella: -110 -2416 -1980 -708 -429 -1534 -1240 -1206 -1416 229 -94 -53 -134 73 -283 121 -67
thunder: -664 -309 -466 -1059 -1771 -2275 -2462 -2726 -3580 -421 347 22 -422 -291 326 -4 -466
sea: -767 -582 -618 -812 -1221 -1540 -1616 -1563 -1822 107 -49 -38 -141 150 -2 4 -115
sea 0.5: -870 -594 -594 -775 -1174 -1562 -1753 -1710 -1969 71 -39 -14 -97 101 -3 21 -78
water: -601 -1108 -901 -821 -697 -964 -1249 -1480 -2234 -61 -37 98 -142 86 -27 127 -131
water 2: 284 -788 -592 -614 -1000 -1425 -1531 -1763 -2517 24 -11 1 -34 36 -8 7 -20
dripping 2: -2571 -5462 -4485 -3819 -3009 -165 -2781 -5718 -7004 -8000 -2222 640 -1017 -8000 -2274 535 -988
birds: -1414 -4536 -3459 -3062 -3296 -3421 -112 -942 -3315 -1386 -516 57 87 -1039 -476 280 472
birds 0.3: -1557 -4409 -3346 -2911 -3149 -3274 -83 -1247 -3545 -2046 -631 -56 130 -2263 -1937 319 535
gulls 2: -1732 -7064 -6713 -5986 -1297 -477 -561 -2373 -6676 -2546 -499 -1390 -53 -1244 754 -110 -616
insects: -1057 -6469 -6079 -5600 -4751 -3498 -244 -472 -3214 57 149 42 65 -281 51 -221 -27
insects 0.3: -1769 -6093 -5666 -5039 -4050 -2789 -1254 -99 -2505 -211 132 107 -1 -100 16 10 -48
fire: -722 -417 -504 -745 -1401 -1827 -1832 -2060 -2304 50 1 32 -95 40 -3 40 -92
fire 2: -136 -401 -492 -734 -1522 -2182 -2135 -2227 -2285 17 3 49 -82 8 6 56 -78
traffic: 10 -446 -592 -865 -1297 -1287 -1454 -2079 -3091 83 69 -89 -187 -208 11 109 87
traffic 0.5: -87 -382 -593 -909 -1378 -1387 -1585 -2213 -3218 17 56 132 -48 -156 -108 3 36
siren: 271 -4458 -3473 -557 -455 -1884 -3779 -6081 -6327 65 -6 -86 -155 31 108 38 -53
crowd 0.5: 838 -2905 -1161 -618 -613 -1036 -2533 -4230 -5431 -146 5 146 86 -174 -28 17 5
applause: -729 -3055 -2117 -1749 -1237 -589 -1005 -1124 -849 -234 -29 98 -149 -93 190 -40 98
footsteps gravel: -2286 -1015 -706 -746 -1550 -1046 -939 -760 -1220 117 -359 -128 -41 38 -438 267 112
footsteps running sand: -1752 -1657 -1132 -1320 -1273 -853 -543 -631 -1208 -160 -11 -66 -188 -235 144 87 212
footsteps slow snow: -2113 -2164 -1281 -1167 -1047 -641 -457 -999 -1827 244 -34 -1467 -77 130 -127 -1023 354
footsteps grass corridor: -1996 -1083 -476 -824 -1441 -1421 -1042 -935 -1317 -61 -24 -107 -79 -138 -104 244 114
footsteps carpet: -2110 -176 -646 -1645 -1509 -1978 -2777 -3284 -4050 82 -290 -178 14 2 -374 211 185
footsteps wood: -1588 -766 -153 -1085 -2333 -2557 -2526 -3091 -3981 113 -297 -139 52 -32 -482 201 175
footsteps metal: -1546 -2618 -1605 -579 -318 -979 -1677 -2718 -3178 -22 -35 71 -144 -174 -66 284 -108
footsteps wet: -2192 -1138 -154 -2143 -1871 -1463 -1254 -1236 -1694 -32 -186 -73 34 -134 -350 269 162
footsteps: -2229 -1537 -115 -2353 -1102 -1856 -1500 -1519 -1995 85 -597 -100 136 -58 -776 223 219
machinery: -661 -814 -1233 -517 -1176 -865 -1429 -2299 -3413 -88 -71 -95 -67 -86 200 -84 160
engine: 56 -523 -557 -633 -1034 -1955 -3276 -4508 -5648 18 -4 3 -25 9 1 18 -21
engine jet: -29 -833 -626 -655 -816 -1081 -2025 -3221 -4412 12 13 -4 -31 -3 18 19 -26
engine ship: 59 -499 -569 -650 -1036 -1957 -3278 -4509 -5653 9 10 -3 -24 3 14 10 -21
train: -152 -466 -535 -676 -1215 -1630 -2007 -2578 -3586 39 -28 27 -17 -1 -20 3 -7
clock: -3071 -4529 -3907 -3346 -2912 -660 -349 -846 -1018 -6 -28 -1289 -5 219 200 -862 220
typing: -3786 -3213 -2783 -2227 -1932 -871 -413 -797 -725 -1611 -54 74 339 -1335 -146 197 142
dishes 2: -1320 -6149 -5242 -4409 -3559 -377 -466 -1270 -1913 -1153 -1086 432 337 -1030 -867 284 -85
bells: 71 -4072 -816 -176 -840 -3274 -6795 -6932 -6987 -22 188 -116 -16 -124 159 -136 -69
drone: -207 -144 -977 -1508 -2479 -3767 -4798 -5196 -5371 47 83 55 -29 -38 -24 -8 -120
heartbeat: -1866 -17 -2107 -3317 -4252 -5121 -6547 -7448 -8000 165 -268 144 -218 165 -268 144 -218
explosion: -1196 -653 -466 -504 -1565 -2511 -2689 -3091 -3893 -33 357 -142 -956 15 336 -188 -955
"""


def levels(made: np.ndarray) -> list[float]:
    """dB of full scale: the whole; and against it the bands of the mean of both sides, the quarters of the left, those
    of the right."""

    def decibels(power: float) -> float:
        return float(10 * np.log10(max(power, 1e-30)))

    samples = made.astype(np.float64)
    whole = decibels(float((samples**2).mean()))
    power = np.abs(np.fft.rfft(samples.mean(axis=0))) ** 2 * 2 / samples.shape[1] ** 2
    at = np.fft.rfftfreq(samples.shape[1], 1 / RATE)
    bands = [power[(at >= low) & (at < high)].sum() for low, high in pairwise(EDGES)]
    parts = [(part**2).mean() for side in samples for part in np.array_split(side, 4)]
    return [whole, *(max(decibels(float(one)) - whole, FLOOR) for one in (*bands, *parts))]


def heard(row: str) -> list[float]:
    kind, *more = row.split()
    strength = next((float(word) for word in more if word[0].isdigit()), 1.0)
    event = SoundEvent(kind, strength, near=tuple(word for word in more if not word[0].isdigit()))
    return levels(MAKERS[kind](np.random.default_rng(7), round(SECONDS.get(kind, 1.5) * RATE), event))


ROWS = dict(line.split(":") for line in MEASURED.strip().splitlines())


@pytest.mark.parametrize("row", ROWS)
def test_a_sound_is_what_it_was(row: str) -> None:
    assert heard(row) == pytest.approx([float(one) / 100 for one in ROWS[row].split()], abs=0.015)


LOUD = """
    room -50, hum -46, wind -38, leaves -43, rain -36, thunder -28, sea -35, water -38, dripping -43, birds -41,
    gulls -40, insects -43, fire -38, traffic -37, siren -38, crowd -37, applause -31, footsteps -36, machinery -34,
    engine -34, train -32, clock -44, typing -42, dishes -43, bells -35, drone -38, heartbeat -37, explosion -22
"""


def test_each_sound_is_as_loud_as_it_was_beside_dialogue_at_23() -> None:
    """LUFS, by which a film's takes are mixed: one that changes is heard at every cut to an older take."""
    levels = dict(one.split() for one in LOUD.split(","))
    assert {kind: level for kind, (_, level) in KINDS.items()} == {kind: float(one) for kind, one in levels.items()}


def test_a_long_explosion_is_several_the_first_where_a_short_one_is() -> None:
    for seconds, last in ((7.9, 3.0), (14.0, 14.0)):
        made = MAKERS["explosion"](np.random.default_rng(7), round(seconds * RATE), SoundEvent("explosion"))
        loud = np.array([np.abs(part).max() for part in np.array_split(made, round(seconds * 20), axis=1)])
        blasts = np.flatnonzero(loud > 0.3 * loud.max())
        assert blasts[0] == 5 and loud[:5].max() < 0.1 * loud.max()
        assert bool(blasts[-1] > 20 * 4.2) is (last > 8) and blasts[-1] < 20 * last
