"""The vocabulary of camera moves. Data only: read.py gives it meaning, docs/directions.md lists it.

Two kinds of verbs: the camera's own ("pan", "dolly"), and everyday ones ("move", "walk", "rise") that need
the camera as their subject, or none at all ("walk towards the door").
"""

from __future__ import annotations

from .lists import by_phrase, listed, one_of

Move = tuple[str, int]  # kind and sign

# What users call each move.
NAMES: dict[Move, str] = {
    ("push", 1): "push in",
    ("push", -1): "pull out",
    ("truck", 1): "truck right",
    ("truck", -1): "truck left",
    ("pedestal", 1): "pedestal up",
    ("pedestal", -1): "pedestal down",
    ("pan", 1): "pan right",
    ("pan", -1): "pan left",
    ("tilt", 1): "tilt up",
    ("tilt", -1): "tilt down",
    ("roll", 1): "roll clockwise",
    ("roll", -1): "roll counterclockwise",
    ("orbit", 1): "orbit right",
    ("orbit", -1): "orbit left",
    ("crane", 1): "crane up",
    ("crane", -1): "crane down",
    ("zoom", 1): "zoom in",
    ("zoom", -1): "zoom out",
    ("dolly zoom", 1): "dolly zoom in",
    ("dolly zoom", -1): "dolly zoom out",
    ("handheld", 1): "handheld",
    ("hold", 1): "hold",
}

# Words for a direction, and the axis they speak of.
DIRECTIONS: dict[str, str] = by_phrase(
    {
        "in": """
            in, into, inward, inwards, forward, forwards, ahead, closer, close, toward, towards, nearer, through,
            along, alongside, between, onward, onwards
        """,
        "out": "out, outward, outwards, back, backward, backwards, away, off",
        "left": "left, leftward, leftwards",
        "right": "right, rightward, rightwards, sideways, sideway, laterally, lateral",
        "up": "up, upward, upwards, above",
        "down": "down, downward, downwards",
        "around": "around, round, about",
        "clockwise": "clockwise",
        "counter": "anticlockwise, counterclockwise",
    }
)

SIDEWAYS = listed("sideways, sideway, laterally, lateral")  # to one side or the other

_PUSH: dict[str, Move] = {"in": ("push", 1), "out": ("push", -1)}
_TRUCK: dict[str, Move] = {"left": ("truck", -1), "right": ("truck", 1)}
_PEDESTAL: dict[str, Move] = {"up": ("pedestal", 1), "down": ("pedestal", -1)}
_CRANE: dict[str, Move] = {"up": ("crane", 1), "down": ("crane", -1)}
_ORBIT: dict[str, Move] = {"around": ("orbit", 1), "clockwise": ("orbit", -1), "counter": ("orbit", 1)}
_PAN: dict[str, Move] = {"left": ("pan", -1), "right": ("pan", 1), "around": ("pan", 1)}
_TILT: dict[str, Move] = {"up": ("tilt", 1), "down": ("tilt", -1)}
_ROLL: dict[str, Move] = {"clockwise": ("roll", 1), "counter": ("roll", -1)}
_ANY_ROLL: dict[str, Move] = {"left": ("roll", -1), "right": ("roll", 1), **_ROLL}
_ANY_ORBIT: dict[str, Move] = {"left": ("orbit", -1), "right": ("orbit", 1), **_ORBIT, "": ("orbit", 1)}
_ANY_TRUCK: dict[str, Move] = {**_TRUCK, **_PUSH, **_PEDESTAL, "around": ("orbit", 1), "": ("truck", 1)}
_ANY_CRANE: dict[str, Move] = {**_CRANE, "": ("crane", 1)}

_TRAVEL: dict[str, Move] = {**_PUSH, **_TRUCK, **_PEDESTAL, **_ORBIT}
_TURN: dict[str, Move] = {**_PAN, **_TILT, **_ROLL}
_RISE: dict[str, Move] = {"": ("pedestal", 1), "up": ("pedestal", 1), "above": ("pedestal", 1)}
_SINK: dict[str, Move] = {"": ("pedestal", -1), "down": ("pedestal", -1)}
_HOLD: dict[str, Move] = {"": ("hold", 1)}
_HANDHELD: dict[str, Move] = {"": ("handheld", 1)}

# What each of the camera's own verbs does in each direction. "" = no direction was said.
CAMERA_VERBS: dict[str, dict[str, Move]] = {
    "pan": {**_PAN, **_TILT, "clockwise": ("pan", 1), "counter": ("pan", -1), "": ("pan", 1)},
    "tilt": {**_TILT, **_ANY_ROLL, "": ("tilt", 1)},
    "dolly": {**_PUSH, **_TRUCK, **_PEDESTAL, "around": ("orbit", 1), "": ("push", 1)},
    "truck": _ANY_TRUCK,
    "track": _ANY_TRUCK,
    "crab": {**_TRUCK, "": ("truck", 1)},
    "zoom": {"in": ("zoom", 1), "out": ("zoom", -1), "": ("zoom", 1)},
    "pedestal": _PEDESTAL,
    "ped": _PEDESTAL,
    "crane": _ANY_CRANE,
    "jib": _ANY_CRANE,
    "boom": _CRANE,
    "orbit": _ANY_ORBIT,
    "arc": _ANY_ORBIT,
    "circle": _ANY_ORBIT,
    "push": {**_PUSH, **_TRUCK, **_PEDESTAL, "around": ("orbit", 1)},
    "pull": {**_PUSH, **_TRUCK, "up": ("crane", 1)},
    "roll": {**_ANY_ROLL, "": ("roll", 1)},
}

_TRAVELLING = listed(
    """
        move, go, travel, pass, proceed, cruise, slip, weave, nudge, scoot, edge, coast, skim, dart, dash,
        zip, hurtle, charge, peek,
        amble, saunter, tiptoe, prowl, lurch, snake, venture, glide, drift, float, fly, slide, walk, creep,
        inch, step, ease, come, rush, run, drive,
        advance, sweep, swoop, race, sail, head, get, shift, sneak, crawl, march, stroll, soar, scroll, wander,
        press, punch, lunge, surge, roam, stray, rocket, meander, trundle, sidle, stumble,
        trudge, jog, sprint, hurry, scramble, squeeze, thread, shuffle, plod, hop, skip, wriggle, nip, burrow,
        shove, thrust, limp, wade, tread, waltz, wend, scurry, scuttle, sashay, zigzag, vault
    """
)
_TURNING = listed(
    """
        turn, rotate, swing, look, swivel, spin, whip, snap, flick, pivot, gaze, whirl, twirl, jerk, yank, twist, flip,
        wrench, slew, veer, glance
    """
)
_RISING = listed("rise, ascend, climb, lift, raise, elevate, hoist, heave")
_SINKING = listed("descend, lower, sink, drop, fall, duck, dive, dip, plunge, plummet, land, stoop, slump")
RISING_AND_SINKING = frozenset((*_RISING, *_SINKING, "swoop"))
_HOLDING = listed("hold, stay, remain, rest, linger, stop, pause, wait, freeze, settle, hover, dwell, idle, halt")

# Everyday verbs, which may just as well be an actor's.
EVERYDAY_VERBS: dict[str, dict[str, Move]] = {
    **dict.fromkeys(_TRAVELLING, _TRAVEL),
    **dict.fromkeys(_TURNING, _TURN),
    **dict.fromkeys(_RISING, _RISE),
    **dict.fromkeys(_SINKING, _SINK),
    **dict.fromkeys(_HOLDING, _HOLD),
    **{verb: {**_SINK, "out": ("push", -1)} for verb in ("drop", "fall")},
    "tip": _TILT,
    "settle": {**_HOLD, "out": ("push", -1)},
    "cant": {**_ANY_ROLL, "": ("roll", 1)},
    "recoil": {"": ("push", -1)},
    "drift": {**_TRAVEL, "": ("truck", 1)},
    "lean": {**_PUSH, **_ANY_ROLL},
    "stand": {"up": ("pedestal", 1)},
    "sit": {"down": ("pedestal", -1)},
    **dict.fromkeys(("crouch", "squat", "kneel"), _SINK),
    "lead": {**_PUSH, **_TRUCK, "": ("push", -1)},
    "revolve": {**_ORBIT, "": ("orbit", 1)},
    "encircle": {"": ("orbit", 1)},
    "follow": {"": ("push", 1), "in": ("push", 1), **_TRUCK},
    "approach": {"": ("push", 1)},
    "enter": {"": ("push", 1)},
    "exit": {"": ("push", 1), "out": ("push", -1)},
    "cross": {"": ("push", 1)},
    "traverse": {"": ("push", 1)},
    "explore": {"": ("push", 1)},
    "retreat": {"": ("push", -1), "out": ("push", -1)},
    "recede": {"": ("push", -1)},
    "reverse": {"": ("push", -1)},
    "back": {"out": ("push", -1), "up": ("push", -1)},
    "reveal": {},
    "tighten": {"": ("zoom", 1), "in": ("zoom", 1)},
    "widen": {"": ("zoom", -1), "out": ("zoom", -1)},
    "loosen": {"": ("zoom", -1), "out": ("zoom", -1)},
    "spiral": {**_ORBIT, "": ("orbit", 1), "up": ("orbit", 1), "down": ("orbit", 1)},
    "shake": _HANDHELD,
    "wobble": _HANDHELD,
    **dict.fromkeys(("sway", "bob", "rock", "jiggle", "tremble", "vibrate", "quiver"), _HANDHELD),
}

_PLAIN_PHRASES: dict[str, Move] = by_phrase(
    {
        ("dolly zoom", -1): """
            dolly zoom out, dolly zoom, dolly out zoom in, dolly out and zoom in, vertigo effect, vertigo shot, vertigo
            zoom, push pull, dolly counter zoom, counter zoom, counter dolly, dolly and zoom, hitchcock
            zoom, hitchcock effect, jaws effect, trombone shot, contra zoom, zolly
        """,
        ("dolly zoom", 1): "dolly zoom in, dolly in zoom out, dolly in and zoom out",
        ("truck", 1): "tracking shot, trucking shot, lateral tracking, side tracking",
        ("push", -1): "reverse dolly, reverse tracking shot, pull back shot",
        ("push", 1): "dolly shot, push in shot, walking shot",
        ("crane", 1): "crane shot, jib shot, boom shot",
        ("orbit", 1): "orbit shot, orbital shot, orbiting shot, arc shot, orbital",
        ("pan", 1): "panning shot, pan shot, panorama, panoramic shot, panoramic view",
        ("tilt", 1): "tilt shot",
        ("zoom", 1): "zoom shot",
        ("roll", 1): "dutch angle, dutch tilt, dutch roll, canted angle",
        ("handheld", 1): "handheld, hand held",
        ("hold", 1): """
            static shot, static camera, static frame, static wide, static view, static composition, still camera,
            still shot, fixed camera, fixed shot, stationary camera, stationary shot, motionless camera, locked off,
            locked down, lock off, locked camera, locked shot, tripod shot, on a tripod, on tripod, on sticks, camera
            static, camera still, camera fixed, camera is static, camera is still, camera is fixed, camera is locked,
            camera is stationary, hold the shot, hold the frame, hold still, hold steady, hold position, stays still,
            tableau shot, freeze frame, start static, starts static, begin static, begins static, static at first,
            first half static, first half is static
        """,
    }
)
# What carries a camera: a move only where nothing else is.
CARRIERS = one_of("steadicam, drone, aerial, helicopter, gimbal, handheld")
_CARRIED = by_phrase({("push", 1): "steadicam shot, pov shot, drone shot, aerial shot, helicopter shot"})
CARRIED = frozenset(_CARRIED)
Manner = tuple[tuple[str, float], ...]  # fields of a step and their values
_PHRASES_WITH_MANNER: dict[str, tuple[Move, Manner]] = by_phrase(
    {
        (("push", 1), (("amount", 1.4),)): "walkthrough, walk through of",
        (("push", 1), (("amount", 1.6),)): "flythrough, fly through of",
        (("orbit", 1), (("amount", 2.0),)): "360 shot",
        (("orbit", 1), (("degrees", 360.0),)): """
            360 around, 360 degrees around, full 360, full circle around, full orbit, complete circle around, full
            turn around, one turn around, one full turn around, full rotation around, full revolution around,
            complete rotation around, complete orbit, three sixty around, all the way around
        """,
        (("orbit", 1), (("degrees", 180.0),)): """
            180 around, 180 degrees around, half a turn around, half turn around, half orbit, half circle
            around, half a circle around, semicircle around, semi circle around
        """,
        (
            ("orbit", 1),
            (("degrees", 90.0),),
        ): "90 around, 90 degrees around, quarter orbit, quarter turn around, quarter circle around",
        (("orbit", 1), (("degrees", 270.0),)): "270 around, 270 degrees around",
        (("push", 1), (("speed", 0.6),)): "slow push, slow creep, slow crawl",
        (("push", 1), ()): "gentle push, subtle push, soft push, steady push, push towards, push toward, push to",
        (("push", -1), (("speed", 0.6),)): "slow pull",
        (("orbit", 1), (("speed", 0.8),)): "bullet time",
        (("zoom", 1), (("amount", 0.6),)): "ken burns",
        (("zoom", 1), (("speed", 3.0),)): "crash zoom, snap zoom, punch in",
        (("roll", 1), (("degrees", 360.0),)): "barrel roll",
        (("roll", 1), (("amount", 0.6),)): "slight dutch, subtle dutch, bit of dutch, little dutch",
        (("roll", 1), ()): "rotation clockwise, clockwise rotation",
        (("roll", -1), ()): "rotation counterclockwise, counterclockwise rotation",
        (("handheld", 1), (("amount", 1.8),)): "shaky cam, shaky camera",
        (("handheld", 1), (("amount", 1.5),)): "camera shake, shaky",
        (("handheld", 1), (("amount", 0.8),)): "shoulder mounted, on the shoulder",
        (("handheld", 1), (("amount", 0.4),)): """
            camera breathing, camera breathes, breathing camera, breathing of the camera, breathing motion, breathing
            movement, breathing handheld, handheld breathing
        """,
    }
)
# Set phrases, whatever their subject: what they do, and how.
PHRASES: dict[str, tuple[Move, Manner]] = {
    **{phrase: (move, ()) for phrase, move in {**_PLAIN_PHRASES, **_CARRIED}.items()},
    **_PHRASES_WITH_MANNER,
}

# Clauses that are a move only if nothing else is in them ("Static.", "Tripod.").
ALONE: dict[str, Move] = by_phrase(
    {
        ("hold", 1): "static, locked, tripod, still, motionless, stationary, sticks, fixed, unmoving, immobile",
        ("orbit", 1): "orbit, arc",
        ("dolly zoom", -1): "vertigo",
        ("push", 1): "dolly, forward, forwards, closer, steadicam, push, pushing, creep, creeping, ahead",
        ("zoom", 1): "zoom",
        ("pan", 1): "pan",
        ("tilt", 1): "tilt",
        ("crane", 1): "crane",
        ("truck", 1): "truck, tracking, track, parallax",
        ("push", -1): "backward, backwards, reverse, pull, pulling",
        ("handheld", 1): "breathing, breath, sway, swaying, wobble, jitter, float, floating",
    }
)

# Third person, the -ing forms, and the past of verbs that do not follow the rule.
IRREGULAR: dict[str, tuple[str, ...]] = {
    "go": ("goes", "going", "went"),
    "fly": ("flies", "flying", "flew"),
    "rise": ("rises", "rising", "rose"),
    "come": ("comes", "coming", "came"),
    "run": ("runs", "running", "ran"),
    "get": ("gets", "getting", "got"),
    "drive": ("drives", "driving", "drove"),
    "swing": ("swings", "swinging", "swung"),
    "spin": ("spins", "spinning", "spun"),
    "sink": ("sinks", "sinking", "sank"),
    "hold": ("holds", "holding", "held"),
    "sweep": ("sweeps", "sweeping", "swept"),
    "creep": ("creeps", "creeping", "crept"),
    "slide": ("slides", "sliding", "slid"),
    "shake": ("shakes", "shaking", "shook"),
    "freeze": ("freezes", "freezing", "froze"),
    "lead": ("leads", "leading", "led"),
    "stand": ("stands", "standing", "stood"),
    "sit": ("sits", "sitting", "sat"),
    "kneel": ("kneels", "kneeling", "knelt"),
    "dolly": ("dollies", "dollying", "dolling", "dollied"),
    "travel": ("travels", "travelling", "traveling", "travelled"),
    "pedestal": ("pedestals", "pedestalling", "pedestaling", "pedestalled"),
}

# How fast everyday verbs are by themselves.
VERB_SPEEDS: dict[str, float] = by_phrase(
    {
        0.5: "creep, crawl, inch",
        0.6: "sneak",
        0.7: "stroll",
        1.6: "swoop, run",
        1.8: "surge, recoil",
        2.0: "rush, race, lunge, rocket, plummet",
        4.0: "whip, snap, flick, jerk, yank, flip, wrench",
    }
)
# How far they go by themselves, in metres: as far as a person's eyes do.
VERB_METRES: dict[str, float] = by_phrase({0.45: "stand, sit", 0.7: "crouch, squat, kneel"})
# Verbs that turn about something if they go "around the" it.
TURN_ABOUT = listed(
    "rotate, turn, swing, spin, pivot, swivel, whirl, twirl, twist, slew, jerk, yank, flick, snap, flip"
)
