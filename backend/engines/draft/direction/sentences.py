"""The words that stand around a move: what a camera is called, who else acts, what leads in, what denies."""

from __future__ import annotations

from .lists import listed, one_of

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
        now, next, first, second, last, final, finally, also, just, only, simply, please, want, wants, like,
        need, needs, make, makes, making, do, does, doing, add, adds, use, uses, using, used, give, have, has,
        having, try, as, while, slow, so, but, very, super, really, quite, more, most, less, rather, too,
        almost, extra, nice, beautiful, elegant, cinematic, cinematically, handheld, dramatic, continuous,
        continuously, single, immersive, stable, stabilized, stabilised, long, short, wide, medium, close, up,
        tight, extreme, establishing, drone, aerial, low, high, angle, eye, level, dynamic, moody, ominous,
        tense, hypnotic, majestic, graceful, gracefully, simultaneously, meanwhile, again, once, same, time, at,
        all, way, straight, directly, ever, film, filmed, style, classic, professional, together, still, over,
        combined, followed, after, before, that, which, both, there, here, it's, that's, into, plus, perform,
        performs, performing, execute, executes, steady, crisp, controlled, precise, natural, subtle, parallax,
        from, then's, instead, point, not, never, no, without, avoid, don't, doesn't, dont, doesnt, isn't,
        aren't, won't, shouldn't, any, rotation, initially, pls, plz, kindly, ok, okay, maybe, perhaps,
        basically, ideally, instruction, instructions, direction, directions, create, animate, generate
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
# Roads that rise and fall.
INCLINES = one_of("stairs, staircase, stairway, steps, stair, escalator, ladder, hill, slope, ramp")
MOVING = listed("movement, movements, move, moves, motion, motions, moving, camerawork")
STILL = listed(
    """
        camera stays, camera remains, camera holds still, camera at rest, camera does nothing, zero camera, shot
        stays still, frame stays still, camera is locked, camera locked, camera is completely still, camera is not
        moving, camera isn't moving, no need to move
    """
)
