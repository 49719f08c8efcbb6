"""Where the camera is, and where it looks, a third of the way and at the end of whole directions: in a room without
symmetry, that is seen from a camera which looks down and is rolled. A take that is made again has to fly as it did."""

from __future__ import annotations

import numpy as np
import pytest

from backend.engines.draft.camera.moves import Move, plan
from backend.engines.draft.camera.scene_depth import SceneDepth
from client.protocol import Thing

THINGS = (
    Thing("Chair", (-1.5, -0.8, -5.0), (0.6, 1.1, 0.7)),
    Thing("Lamp", (1.2, 0.5, -3.5), (0.3, 1.5, 0.4)),
    Thing("Door", (0.5, -0.2, -7.0), (1.0, 2.2, 0.2)),
    Thing("Table", (0.9, -0.9, -4.2), (1.6, 0.8, 1.1)),
    Thing("Anna", (-0.4, -0.3, -3.0), (0.5, 1.7, 0.4), True),
    Thing("Ben", (0.6, -0.2, -3.6), (0.6, 1.8, 0.5), True),
)
ROOM = SceneDepth(
    orthographic=False, width=1600, height=900, fx=1400, fy=1500, focus=4.5, forward=6.0,
    left=2.5, right=3.5, up=1.4, down=1.1, subject=3.8, deepest=(0.7, 0.3, -7.5), things=THINGS,
)  # fmt: skip
SCENES = {
    "room": ROOM,
    "lens": SceneDepth(**{**vars(ROOM), "lens": (0.4, -0.2, -3.2)}),
    "bare": SceneDepth(**{**vars(ROOM), "things": ()}),
    "flat": SceneDepth(**{**vars(ROOM), "orthographic": True, "fx": 300, "fy": 250}),
}
UP = (0.1, 0.95, 0.25)

# The words, then: scene, seed, views, seconds. Under it the pose a third of the way, and at the end: millimetres to the
# right, up and back; where it looks (three 1000ths), the height of its right side (1000ths), the zoom (percent).
FLIGHTS = """
push in | room 0 1 4
0 0 -191 0 0 -1000 0 100 0 0 -749 0 0 -1000 0 100
push in | room 2 1 4
-1 -11 -215 0 3 -1000 0 100 -4 -46 -931 1 16 -1000 0 100
push in | room 3 3 9
44 23 -432 -13 -7 -1000 3 100 230 122 -2249 -146 -77 -986 41 100
pull out | room 5 3 4
11 36 494 -2 -8 -1000 1 100 45 154 2096 -8 -26 -1000 2 100
pull out a lot | room 0 1 6
0 0 374 0 0 -1000 0 100 0 0 1468 0 0 -1000 0 100
push in 20 metres | room 0 1 4
0 0 -1173 0 0 -1000 0 100 0 0 -4600 0 0 -1000 0 100
push in 20 metres | room 0 3 4
0 0 -1173 0 0 -1000 0 100 0 0 -4600 0 0 -1000 0 100
slowly push in to the chair | room 0 1 6
-123 -6 -417 -49 -22 -999 13 100 -512 -293 -1706 -284 -146 -948 84 100
push in to the chair | room 0 3 6
-123 -6 -417 -49 -22 -999 13 100 -512 -293 -1706 -284 -146 -948 84 100
push in to the chair | room 4 3 6
-79 18 -284 -22 -9 -1000 6 100 -533 -307 -1874 -290 -149 -945 86 100
push in slightly to the lamp | bare 0 1 4
0 0 -95 0 0 -1000 0 100 0 0 -375 0 0 -1000 0 100
push past the lamp | room 0 3 6
30 284 -1092 0 0 -1000 0 100 117 1115 -4286 0 0 -1000 0 100
push past the table | room 0 1 6
-47 221 -820 0 0 -1000 0 100 -379 886 -3215 0 0 -1000 0 100
push through the door | room 0 3 6
179 188 -2071 16 -2 -1000 -4 100 721 926 -8074 99 -12 -995 -26 100
push through the gap | bare 0 3 6
196 409 -1631 18 -2 -1000 -5 100 770 1603 -6399 112 -13 -994 -29 100
fly over the table | room 0 3 6
346 379 -1119 0 0 -1000 0 100 1340 1336 -4428 0 0 -1000 0 100
fly over the fields | bare 2 3 6
31 289 -1403 3 28 -1000 -1 100 136 1252 -6090 14 115 -993 -4 100
fly through the door to the table | room 0 3 8
70 -35 -305 36 -28 -999 -10 100 252 -365 -1254 211 -175 -962 -56 100
pull back from the table | room 0 3 6
-150 -120 516 0 0 -1000 0 100 -588 -470 2023 0 0 -1000 0 100
pull back to see the whole table | room 0 3 6
0 0 550 0 0 -1000 0 100 0 0 2158 0 0 -1000 0 100
pull back to reveal the whole room | room 0 3 6
0 0 1147 0 0 -1000 0 100 0 0 4500 0 0 -1000 0 100
push in | flat 0 1 4
0 0 0 0 0 -1000 0 106 0 0 0 0 0 -1000 0 127
push in to the chair | flat 0 3 4
0 0 0 0 0 -1000 0 106 0 0 0 0 0 -1000 0 127
truck left | room 0 1 4
-97 0 0 0 0 -1000 0 100 -381 0 0 0 0 -1000 0 100
truck right | room 6 3 4
399 -27 -7 1 7 -1000 0 100 1240 -84 -22 2 21 -1000 -1 100
truck right past the lamp | room 0 3 6
472 0 0 0 0 -1000 0 100 1850 0 0 0 0 -1000 0 100
truck left past the chair | room 0 1 6
-542 0 0 0 0 -1000 0 100 -2125 0 0 0 0 -1000 0 100
truck along the table | room 0 3 6
408 0 0 0 0 -1000 0 100 1600 0 0 0 0 -1000 0 100
truck right 3 metres | room 0 1 4
758 0 0 0 0 -1000 0 100 2974 0 0 0 0 -1000 0 100
pedestal up | room 0 1 4
5 49 13 0 0 -1000 0 100 20 192 51 0 0 -1000 0 100
pedestal down | room 0 3 3
-14 -133 -35 0 0 -1000 0 100 -55 -521 -137 0 0 -1000 0 100
pedestal up over the table | room 0 3 6
7 69 18 0 0 -1000 0 100 133 1261 -3659 0 0 -1000 0 100
crane up | room 0 1 4
10 92 24 0 -18 -1000 0 100 38 360 95 0 -71 -998 0 100
push in to the table, stop a metre short of it | room 0 3 6
287 -96 -1207 108 -200 -974 -30 100 525 -147 -2191 172 -346 -922 -51 100
pedestal down level with the table | room 0 3 6
-23 -221 -58 0 0 -1000 0 100 -91 -866 -228 0 0 -1000 0 100
push in past the chair to the door | room 0 3 6
132 235 -1374 1 -84 -996 0 100 495 686 -5452 3 -497 -868 -1 100
crane up 2 metres, looking at the table | room 0 3 6
52 490 129 43 -101 -994 -11 100 203 1924 506 144 -368 -918 -44 100
crane down a lot | room 0 3 6
-23 -221 -58 0 43 -999 0 100 -91 -866 -228 0 167 -986 0 100
crane up over the table | room 0 3 6
7 69 18 0 -7 -1000 0 100 133 1261 -3659 0 -500 -866 0 100
crane up over the roofs | bare 0 3 6
39 372 98 0 -7 -1000 0 100 264 2506 -3269 0 -500 -866 0 100
crane up to reveal the whole room | bare 0 3 6
116 1104 290 0 -211 -978 0 100 456 4329 1139 0 -619 -785 0 100
crane down while pushing in to the chair | room 0 3 6
-134 -108 -444 -44 72 -996 12 100 -526 -422 -1740 -275 333 -902 74 100
push in to the door while rising | room 0 3 6
62 274 -371 15 31 -999 -4 100 243 1075 -1454 97 188 -977 -24 100
orbit left 30 degrees | room 0 3 6
-486 59 -32 128 -16 -992 -33 100 -1815 316 -476 478 -83 -875 -114 100
orbit right | room 2 1 5
179 -27 -7 -47 7 -999 13 100 775 -100 -92 -204 26 -979 56 100
orbit left | room 3 3 5
-500 88 -27 131 -23 -991 -34 100 -2372 622 -847 618 -162 -769 -142 100
orbit | lens 4 3 5
566 -82 20 -178 20 -984 48 100 3053 -59 -1414 -898 -21 -439 289 100
orbit around the table | room 0 3 6
832 -119 118 -204 16 -979 56 100 3191 -198 -523 -723 -5 -691 220 100
360 around the chair | room 0 3 2
3504 838 -4584 -947 -82 -312 316 100 -5024 913 -1459 870 -242 -429 -174 100
fast orbit left around anna | room 0 3 3
-760 81 -4 256 -36 -966 -64 100 -1815 289 -373 594 -116 -796 -137 100
dolly zoom in | lens 0 1 4
0 0 -265 0 0 -1000 0 92 0 0 -1040 0 0 -1000 0 67
dolly zoom out | room 0 3 4
0 0 265 0 0 -1000 0 107 0 0 1040 0 0 -1000 0 127
dolly zoom on the chair | room 0 3 4
0 0 265 0 0 -1000 0 105 0 0 1040 0 0 -1000 0 121
zoom in | room 0 1 4
0 0 0 0 0 -1000 0 106 0 0 0 0 0 -1000 0 127
zoom in to the lamp | room 0 3 4
0 0 0 82 37 -996 -21 106 0 0 0 321 134 -937 -77 127
zoom out | room 0 3 4
0 0 0 0 0 -1000 0 94 0 0 0 0 0 -1000 0 78
zoom in 3x | room 2 1 4
0 0 0 0 0 -1000 0 129 0 0 0 0 0 -1000 0 300
zoom out to see the whole table | room 0 3 4
0 0 0 0 0 -1000 0 94 0 0 0 0 0 -1000 0 78
pan left | room 0 1 4
0 0 0 -47 5 -999 13 100 0 0 0 -184 15 -983 50 100
pan right | room 3 3 4
0 0 0 65 -7 -998 -17 100 0 0 0 330 -50 -943 -81 100
whip pan left | room 0 3 3
0 0 0 -988 -142 -64 351 100 0 0 0 -988 -142 -64 351 100
pan right to the lamp | room 0 3 4
0 0 0 81 -9 -997 -21 100 0 0 0 311 -46 -949 -77 100
pan around the room | room 0 3 6
0 0 0 486 -85 -870 -115 100 0 0 0 795 -453 404 -73 100
pan left 200 degrees | room 0 1 4
0 0 0 -203 16 -979 55 100 0 0 0 -719 -5 -695 219 100
pan left 200 degrees | room 0 3 1
0 0 0 -757 -12 -653 233 100 0 0 0 279 -507 815 102 100
tilt up | room 0 1 4
0 0 0 0 27 -1000 0 100 0 0 0 0 108 -994 0 100
tilt down to the table | room 0 3 4
0 0 0 0 -45 -999 0 100 0 0 0 0 -176 -984 0 100
roll left | room 0 1 4
0 0 0 0 0 -1000 25 100 0 0 0 0 0 -1000 97 100
roll right 40 degrees | room 0 3 4
0 0 0 0 0 -1000 -177 100 0 0 0 0 0 -1000 -643 100
handheld | room 7 1 4
21 34 19 -12 11 -1000 3 100 4 -25 -8 4 -5 -1000 -4 100
slightly handheld, push in | room 2 3 4
-12 9 -384 4 1 -1000 -2 100 -44 -7 -1424 19 6 -1000 -5 100
pan left, then push in to the lamp | room 0 3 8
0 0 0 -273 19 -962 75 100 297 98 -882 323 144 -936 -77 100
pan left then truck right, then tilt up | room 0 1 6
0 0 0 -145 12 -989 39 100 295 12 -43 -147 97 -984 39 100
orbit left 20 degrees while zooming in | room 0 3 5
-324 38 -14 85 -10 -996 -22 107 -1245 187 -214 328 -49 -944 -81 130
hold for 2 seconds, then pull out | room 0 3 6
0 0 0 0 0 -1000 0 100 0 0 1873 0 0 -1000 0 100
fast push in, then pan right | room 0 3 9
0 0 -1736 16 -2 -1000 -4 100 0 0 -1736 432 -72 -899 -104 100
push in linearly | room 0 3 4
0 0 -611 0 0 -1000 0 100 0 0 -1873 0 0 -1000 0 100
truck left with an ease in | room 0 3 4
-102 0 0 0 0 -1000 0 100 -1522 0 0 0 0 -1000 0 100
she walks to the table | room 2 3 5
505 -70 -41 -133 18 -991 36 100 2080 -164 -656 -551 44 -833 160 100
the camera follows her, walking | room 3 3 5
42 16 -348 -11 -6 -1000 4 100 183 100 -1829 -98 -64 -993 28 100
a quiet room | room 0 1 5
0 0 -129 0 0 -1000 0 100 0 0 -507 0 0 -1000 0 100
a quiet room | room 1 3 5
-240 -24 -6 1 6 -1000 0 100 -798 -79 -21 2 21 -1000 -1 100
a quiet room | room 2 3 5
505 -70 -41 -133 18 -991 36 100 2080 -164 -656 -551 44 -833 160 100
a quiet room | room 3 3 5
23 12 -220 -6 -3 -1000 2 100 117 62 -1146 -44 -23 -999 12 100
pan left 90 degrees then push in | room 0 3 6
0 0 0 -902 -55 -429 293 100 -1673 -241 -109 -988 -142 -64 351 100
crane up while panning left | room 0 3 5
26 248 65 -100 -39 -994 27 100 103 974 256 -366 -166 -916 110 100
orbit left around the woman | room 0 3 5
-665 119 -185 191 -25 -981 -48 100 -2207 601 -1400 673 -143 -726 -150 100
go between the chair and the table | room 0 3 5
13 7 -1570 5 -1 -1000 -1 100 76 254 -6100 33 -4 -999 -9 100
tilt up, pull out 30 metres | room 0 1 4
0 0 0 0 63 -998 0 100 0 -389 4584 0 84 -996 0 100
pull back slightly to see the whole table | room 0 3 6
0 0 275 0 0 -1000 0 100 0 0 1079 0 0 -1000 0 100
fast push in 1 metre | room 0 1 9
0 0 -1000 0 0 -1000 0 100 0 0 -1000 0 0 -1000 0 100
push in | room 0 3 0
0 0 0 0 0 -1000 0 100 0 0 -14 0 0 -1000 0 100
quick zoom in a lot | room 0 1 4
0 0 0 0 0 -1000 0 123 0 0 0 0 0 -1000 0 147
lightning fast orbit left | room 0 1 6
-445 54 -27 117 -14 -993 -30 100 -544 68 -40 143 -18 -990 -37 100
"""


def shown(pose: np.ndarray, zoom: float) -> float:
    """The share of the frame that the still shows: less to the right than to the left, and less where it turns."""
    x, y, z = pose[:3, 3]
    turned = 1 + float(pose[2, 2])
    return float(np.clip(1 - 0.12 * max(x, 0) + 0.07 * min(x, 0) - 0.1 * abs(y) - 0.05 * z - 0.4 * (2 - turned), 0, 1))


def flown(line: str) -> Move:
    words, _, how = line.rpartition(" | ")
    scene, seed, views, seconds = how.split()
    return plan(words, float(seconds), SCENES[scene], int(seed), UP, shown, int(views))


def numbers(made: Move) -> list[int]:
    keys = made.path.keyframes
    found: list[float] = []
    for key in (keys[len(keys) // 3], keys[-1]):
        matrix = np.array(key.matrix)
        found += [*(1000 * matrix[:3, 3]), *(-1000 * matrix[:3, 2]), 1000 * matrix[1, 0], 100 * key.zoom]
    return [round(one) for one in found]


LINES = FLIGHTS.strip().splitlines()
ROWS = dict(zip(LINES[::2], LINES[1::2], strict=True))


@pytest.mark.parametrize("line", ROWS)
def test_a_direction_is_flown_as_it_was(line: str) -> None:
    assert numbers(flown(line)) == pytest.approx([float(one) for one in ROWS[line].split()], abs=1.01)


ONE = "a single still shows only so much."
TIME = "there is no room or time for more."
SAID = {
    "push in 20 metres | room 0 1 4": f'"push in 20 metres" stops at 4.6 m of 20 m: {ONE}',
    "push in 20 metres | room 0 3 4": f'"push in 20 metres" stops at 4.6 m of 20 m: {TIME}',
    "push past the table | room 0 1 6": f'"push past the table" stops at 3.3 m of 5 m: {ONE}',
    "360 around the chair | room 0 3 2": f'"360 around the chair" stops at 293 degrees of 360 degrees: {TIME}',
    "pan left 200 degrees | room 0 1 4": f'"pan left 200 degrees" stops at 48 degrees of 200 degrees: {ONE}',
    "zoom in 9x | room 0 1 4": f'"zoom in 9 x" stops at 6.0 times of 9.0 times: {ONE}',
    "pull out a lot | room 0 1 6": "",
    "start on the chair, then tilt up | room 0 3 4": "The first frame is the still as it is: "
    "the take does not start on the chair.",
    "the camera frobs the wall, then tilt up | room 0 3 4": (
        'Not understood, and left out: "the camera frobs the wall".'
    ),
    "a quiet room | room 0 1 5": "No camera move found in the words: a gentle push in was used.",
    "a quiet room | room 1 3 5": "No camera move found in the words: a gentle drift to the side was used.",
    "a quiet room | room 2 3 5": "No camera move found in the words: a gentle arc was used.",
    "no push, no pan | room 0 1 5": "The words rule camera moves out: the camera holds.",
    "no truck | room 1 1 5": "No camera move found in the words: a gentle push in was used.",
    "push in to the piano | room 0 1 5": "Not found in view by its name: piano. "
    "The move goes by what is nearest in the middle.",
    "push in to the piano | lens 0 1 5": "Not found in view by its name: piano. "
    "The move goes by what the lens focuses on.",
    "push in to the piano | bare 0 1 5": "",
    "push in to the man | bare 0 1 5": "Not found in view by its name: man. "
    "The move goes by what is nearest in the middle.",
    "push in past the first enormous purple elephant of all the elephants there were 20 metres | bare 0 1 5": (
        f'"push in past the first enormous purple..." stops at 4.6 m of 20 m: {ONE}'
    ),
}


@pytest.mark.parametrize("line", SAID)
def test_what_is_said_of_a_flight(line: str) -> None:
    assert " ".join(flown(line).notes) == SAID[line]
