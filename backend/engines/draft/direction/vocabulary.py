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
        move, go, travel, pass, proceed, cruise, slip, weave, lean, nudge, scoot, edge, coast, skim, dart, dash,
        zip, hurtle, charge, peek,
        amble, saunter, tiptoe, prowl, lurch, snake, venture, glide, drift, float, fly, slide, walk, creep,
        inch, step, ease, come, rush, run, drive,
        advance, sweep, swoop, race, sail, head, get, shift, sneak, crawl, march, stroll, soar, scroll, wander,
        proceed, press, punch
    """
)
_TURNING = listed("turn, rotate, swing, look, swivel, spin, whip, pivot, gaze")
_RISING = listed("rise, ascend, climb, lift, raise, elevate")
_SINKING = listed("descend, lower, sink, drop, fall, duck, dive, dip, plunge")
RISING_AND_SINKING = frozenset((*_RISING, *_SINKING, "swoop"))
_HOLDING = listed("hold, stay, remain, rest, linger, stop, pause, wait, freeze, settle, hover")

# Everyday verbs, which may just as well be an actor's.
EVERYDAY_VERBS: dict[str, dict[str, Move]] = {
    **dict.fromkeys(_TRAVELLING, _TRAVEL),
    **dict.fromkeys(_TURNING, _TURN),
    **dict.fromkeys(_RISING, _RISE),
    **dict.fromkeys(_SINKING, _SINK),
    **dict.fromkeys(_HOLDING, _HOLD),
    "drift": {**_TRAVEL, "": ("truck", 1)},
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
        ("hold", 1): "static, tripod, still, motionless, stationary, sticks, fixed, unmoving, immobile",
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

# Set phrases that look like a move and are none: they are dropped before anything is read.
FALSE_FRIENDS = listed(
    """
        frying pan, sauce pan, baking pan, pan flute, pan pipe, pan pipes, peter pan, pan pizza, pan fried, pots
        and pans, dust pan, push notification, push notifications, push button, push buttons, a push up, push ups,
        pull ups, pull over, crash site, crash test, crash landing, whipped cream, record player, media
        player, cd player, team player, pull string, zoom call, zoom meeting, zoom lens, tilt shift, food
        truck,
        fire truck, pickup truck, pick up truck, tow truck, toy truck, garbage truck, dump truck, hand truck,
        truck driver, truck stop, monster truck, race track, train track, train tracks, railway track, railway
        tracks, running track, sound track, track suit, track record, keep track, keeps track, track and field,
        back track, roll call, rock and roll, rock n roll, rock 'n' roll, bread roll, egg roll, spring roll,
        sushi roll, rolling hills, rolling pin, rolling stock, rolling stone, rolling thunder, toilet roll,
        kitchen roll, drum roll, jelly roll, roll of, rolls of, construction crane, tower crane, paper crane,
        origami crane, crane fly, harbor crane, harbour crane, dolly parton, dolly the sheep, baby dolly, arc
        lamp, arc light, arc of, arc welder, arc welding, story arc, arc de triomphe, static electricity, static
        noise, radio static, tv static, white static, static charge, static on, circle of, traffic circle, inner
        circle, full circle of, handheld radio, handheld device, handheld console, handheld game, handheld
        phone, handheld fan, handheld mirror, handheld torch, handheld flashlight, handheld camera store, still
        life, boom box, boom mic, boom microphone, boom operator, boom pole, sonic boom, baby boom, in orbit,
        orbit of, low orbit, earth orbit, look back at, hold hands, hold on to, holds hands, holding hands, on
        hold, rest room, step back in time, back in time, moving on, move on, come on, come in, go on,
        look out, get out, get up, get in, get away, get back, run away, run out, step up, turn off,
        turn on, lift off, drop off, head on, straight ahead of, back to back, left over, left
        alone, left open, right now, right away, back door, back yard, back seat, back room, back wall, back
        alley, back street, back lit, far away, close up, close ups, upside down, bullet train, reverse angle,
        reverse angles, reverse shot, counter shot, shot reverse shot, reverse on, reverses on, depth of
        field, handheld in, camera
        store, security camera, camera man
    """
)

# What a shot's camera is called; as the subject of a verb these make it a camera move.
CAMERA_NOUNS = one_of(
    """
        camera, cam, drone, slider, shot, shots, lens, frame, framing, view, viewpoint, viewer, pov, perspective,
        steadicam, gimbal, operator, we, us, i, you, our, video, clip, footage, movement, movements, move, moves,
        motion, dolly's, cinematography, camerawork, kamera
    """
)

# Words that may stand before a move without being its subject.
LEAD_INS = one_of(
    """
        a, an, the, this, one, some, its, it'll, it, is, are, be, being, was, will, would, should, shall, can,
        could, must, may, might, let, let's, lets, start, starts, starting, begin, begins, beginning, keep, keeps,
        keeping, continue, continues, continuing, end, ends, ending, to, by, in, on, with, of, for, and, or, then,
        now, next, first, second, finally, also, just, only, simply, please, want, wants, like, need, needs, make,
        makes, making, do, does, doing, add, adds, use, uses, using, used, give, have, has, having, try, as, while,
        slow, so, but, very, super, really, quite, more, most, less, rather, too, almost, extra, nice, beautiful,
        elegant, cinematic, cinematically, handheld, dramatic, continuous, continuously, single, immersive, stable,
        stabilized, stabilised, long, short, wide, medium, close, up, tight, extreme, establishing, drone, aerial,
        low, high, angle, eye, level, dynamic, moody, ominous, tense, hypnotic, majestic, graceful, gracefully,
        simultaneously, meanwhile, again, once, same, time, at, all, way, straight, directly, ever, film, filmed,
        style, classic, professional, together, still, over, combined, followed, after, before, that, which, there,
        here, it's, that's, into, plus, perform, performs, performing, execute, executes, steady, crisp, controlled,
        precise, natural, subtle, parallax, from, then's, instead, point, not, never, no, without, avoid, don't,
        doesn't, dont, doesnt, isn't, aren't, won't, shouldn't, any, rotation, initially, pls, plz, kindly, ok, okay,
        maybe, perhaps, basically, ideally, instruction, instructions, direction,
        directions, create, animate, generate
    """
)

# People and things that act: their motion is not the camera's.
ACTORS = one_of(
    """
        he, she, they, it, who, subject, action, talent, someone, somebody, everyone, everybody, nobody, man, woman,
        men, women, boy, girl, boys, girls, child, children, kid, kids, baby, person, people, guy, lady, gentleman,
        couple, crowd, group, family, mother, father, mom, dad, friend, friends, actor, actress, dancer, dancers,
        soldier, soldiers, police, policeman, officer, doctor, nurse, teacher, student, students, worker, workers,
        driver, rider, runner, player, players, character, hero, heroine, villain, robot, alien, monster, dog, cat,
        bird, birds, horse, horses, fish, animal, animals, car, cars, bus, truck, train, plane, aircraft, ship,
        boat, bike, bicycle, motorcycle, helicopter, balloon, ball, door, doors, gate, curtain, curtains,
        elevator, lift, sun, moon, star, stars, planet, earth, satellite, cloud, clouds, smoke, fog, mist, steam,
        water, wave, waves, wind, leaf, leaves, snow, rain, fire, flame, flames, light, lights, shadow, shadows,
        head, heads, hand, hands, eye, eyes, face, arm, arms, leg, legs, hair, body, finger, flag, wheel, wheels,
        machine, creature, figure, silhouette, stranger, visitor, visitors, guest, guests, king, queen, knight, anna,
        waiter, waitress, chef, cook, cyclist, architect, tourist, tourists, singer, drummer, pianist, bartender,
        butler, bride, groom, passenger, passengers, customer, customers, thief, guard, toddler, twins, ghost
    """
)

NEGATIONS = one_of(
    """
        no, not, never, without, avoid, don't, doesn't, dont, doesnt, isn't, aren't, won't, shouldn't, nor, neither,
        cannot, can't, nothing
    """
)

# Words that may stand between a verb and its direction.
BETWEEN = one_of(
    """
        to, the, a, an, from, camera, shot, it, view, lens, frame, very, slowly, more, some, just, over, straight,
        directly, all, way, towards, its, side, motion, movement, move, and, still, his, her, our, us, picture, image,
        so, by, about, of, quite, really, further, in, on, only, ever, across, whole, deeper, farther, lower, low, high
    """
)
DETERMINERS = one_of("the, a, an, his, her, their, its, my, your, our, this, that, these, those, each, every, some")
PREPOSITIONS = one_of(
    """
        to, on, onto, into, toward, towards, at, from, across, along, over, past, through, around, for, until, up,
        down, in, of, between, behind, under, above, inside, outside, by, with, upon, off, beyond
    """
)
ROADS = one_of(
    """
        street, road, hall, hallway, corridor, aisle, path, alley, lane, tunnel, track, nave, arcade, colonnade,
        gallery, pier, trail, canal, driveway, stairs, staircase, steps, stairway, hill, river, avenue, passage,
        walkway, runway, bridge, escalator, ladder, slope
    """
)
MOVING = listed("movement, movements, move, moves, motion, motions, moving, camerawork")
STILL = listed(
    """
        camera stays, camera remains, camera holds still, camera at rest, camera does nothing, zero camera, shot
        stays still, frame stays still, camera is locked, camera locked, camera is completely still, camera is not
        moving, camera isn't moving, no need to move
    """
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
    "dolly": ("dollies", "dollying", "dolling", "dollied"),
    "travel": ("travels", "travelling", "traveling", "travelled"),
}

# How fast everyday verbs are by themselves.
VERB_SPEEDS: dict[str, float] = by_phrase(
    {
        0.5: "creep, crawl, inch",
        0.6: "sneak",
        0.7: "stroll",
        1.6: "swoop, run",
        2.0: "rush, race",
        4.0: "whip",
    }
)
# Verbs that turn about something if they go "around the" it.
TURN_ABOUT = listed("rotate, turn, swing, spin, pivot, swivel")
