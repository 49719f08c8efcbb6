"""The vocabulary of sounds. Data only: read.py gives it meaning, docs/directions.md lists it."""

from __future__ import annotations

from ..direction.lists import by_phrase, listed, one_of

# Each kind of sound: what users call it, and how loud it is by itself, in LUFS. Dialogue is at -23.
KINDS: dict[str, tuple[str, float]] = {
    "room": ("room tone", -50.0),
    "hum": ("hum of a fridge, fan or air conditioner", -46.0),
    "wind": ("wind", -38.0),
    "leaves": ("rustling leaves", -43.0),
    "rain": ("rain", -36.0),
    "thunder": ("thunder", -28.0),
    "sea": ("sea", -35.0),
    "water": ("running water", -38.0),
    "dripping": ("dripping water", -43.0),
    "birds": ("birds", -41.0),
    "gulls": ("gulls", -40.0),
    "insects": ("crickets", -43.0),
    "fire": ("fire", -38.0),
    "traffic": ("city traffic", -37.0),
    "siren": ("siren", -38.0),
    "crowd": ("crowd", -37.0),
    "applause": ("applause", -31.0),
    "footsteps": ("footsteps", -36.0),
    "machinery": ("machinery", -34.0),
    "engine": ("engine", -34.0),
    "train": ("train", -32.0),
    "clock": ("ticking clock", -44.0),
    "typing": ("typing", -42.0),
    "dishes": ("dishes", -43.0),
    "bells": ("bells", -35.0),
    "drone": ("low drone", -38.0),
    "heartbeat": ("heartbeat", -37.0),
    "explosion": ("explosion", -22.0),
}

_SOUNDS_AND_WORDS = {
    "room": """
        room tone, room, interior, indoors, indoor, ambience, quiet room, bedroom, living room, library, museum,
        hallway, apartment
    """,
    "hum": """
        fridge, refrigerator, hum, humming, buzz, buzzing, air conditioner, air conditioning, ventilation,
        ventilator, fan, server room, fluorescent
    """,
    "hum:-6": "neon",
    "room, hum:-4, dishes:-6": "kitchen",
    "room, hum:-3, typing:-4": "office",
    "room, hum:-2": "hospital",
    "wind": "wind, winds, windy, gust, gusts, desert, mountain, mountains, tundra",
    "wind:-4": "breeze, breezy, draught",
    "wind:2": "gale",
    "wind:3": "blizzard, snowstorm",
    "leaves": "leaves, rustling, rustle, foliage",
    "rain": "rain, raining, rainy, rains, rainfall, raindrops, shower",
    "rain:-4": "drizzle, drizzling",
    "rain:2": "downpour, monsoon",
    "thunder": "thunder, lightning",
    "rain, thunder, wind:-6": "thunderstorm",
    "rain, wind, thunder": "storm, tempest",
    "rain, wind, thunder:-3": "stormy",
    "sea": "sea, ocean, surf, waves, shore, seashore, tide",
    "sea, gulls:-4": "seaside",
    "sea, gulls:-5": "beach",
    "sea, wind:-6": "coast",
    "sea:-4, gulls": "harbour, harbor, port",
    "water": "river, stream, brook, creek, fountain, running water, babbling",
    "water:2": "waterfall, rapids",
    "water:-6, birds:-4": "lake",
    "dripping": "dripping, drip, drips, leaking",
    "dripping, room": "cave",
    "birds": "bird, birds, birdsong, chirping, tweeting, songbirds",
    "birds:2": "dawn chorus",
    "leaves, birds, wind:-6": "forest, woods",
    "leaves, birds": "woodland",
    "birds, leaves:-4, crowd:-14": "park",
    "birds, leaves:-4": "garden",
    "birds, wind:-6, insects:-6": "meadow",
    "birds, wind:-6": "countryside",
    "wind:-4, birds": "field",
    "insects, birds, leaves:-4": "jungle",
    "insects, birds, rain:-6": "rainforest",
    "insects, dripping": "swamp",
    "gulls": "gulls, seagulls, seagull, gull",
    "insects": "crickets, cricket, cicadas, insects, grasshoppers",
    "insects, wind:-8": "summer night",
    "fire": "fire, fireplace, campfire, flames, crackling, burning, hearth, torches",
    "fire:2": "bonfire, blaze",
    "traffic": "city, traffic, street, streets, road, downtown, urban, cars, intersection, honking",
    "traffic:2": "highway, motorway, freeway, rush hour",
    "traffic:-4": "town",
    "siren": "siren, sirens, ambulance, police car",
    "crowd": """
        crowd, crowded, people talking, chatter, voices, walla, babble, audience, party, market, marketplace
    """,
    "crowd:-4": "murmur, murmuring",
    "crowd, dishes": "pub",
    "crowd:-3, dishes": "bar, restaurant",
    "crowd:-4, dishes, room": "cafe, café, coffee shop",
    "crowd:3": "stadium",
    "crowd:-3, hum": "airport",
    "crowd:-3, hum:-6": "mall",
    "crowd:-3, train:-6": "station",
    "crowd:-3, train:-4": "train station",
    "crowd:-6, room": "classroom",
    "applause": "applause, clapping, ovation",
    "crowd, applause": "cheering",
    "footsteps": "footsteps, footstep, steps, footfalls",
    "machinery": """
        machinery, machine, machines, factory, industrial, mill, generator, construction, conveyor
    """,
    "machinery:-4": "workshop, robot",
    "machinery, traffic:-6": "construction site",
    "engine": """
        engine, engines, motor, car interior, inside a car, truck, airplane, aeroplane, aircraft, plane, jet, bus,
        tractor, motorbike
    """,
    "engine, drone:-4": "spaceship, spacecraft",
    "engine:-4, sea": "ship",
    "engine:-6, sea": "boat",
    "engine, sea:-4": "ferry",
    "train": "train, railway",
    "train, crowd:-6": "subway, metro",
    "train:-3, traffic:-4": "tram",
    "clock": "clock, ticking, tick, metronome",
    "typing": "typing, keyboard",
    "typing:2": "typewriter",
    "dishes": "dishes, cutlery, glasses clinking, clinking, plates",
    "bells": "bell, bells, chimes",
    "bells:-4, room": "church",
    "bells:-6, room": "cathedral",
    "drone": "drone sound, space, rumble, rumbling",
    "drone:-3": "ominous, tension",
    "drone:-4, wind:-8": "eerie",
    "drone, hum": "sci fi",
    "heartbeat": "heartbeat, heart beating",
    "explosion": "explosion, explosions, blast, bomb",
    "explosion:-4": "gunfire",
}

# Words and the sounds they stand for: "kind" or "kind:dB". A place is several sounds.
WORDS: dict[str, tuple[str, ...]] = {word: listed(sounds) for word, sounds in by_phrase(_SOUNDS_AND_WORDS).items()}

# Words that mean a sound only in the sound field: in a prompt they are about the picture.
ONLY_AS_SOUND = one_of(
    """
        room, steps, waves, fan, machine, robot, shower, bar, port, field, voices, plane, glasses clinking, plates,
        fluorescent, neon, ominous, tension, eerie, space, tick, keyboard, clock, fridge, refrigerator, leaves,
        cars, bird, truck, ambience, interior, construction, bell, bells, buzz, jet, desert, mountain, mountains,
        mill, road, people talking, ship, boat, bus, tractor, station, torches, party, lightning, ambulance, lake,
        museum, dishes, bomb, blast, audience, burning, flames
    """
)
# Words that mean a sound only in the sound field, as in "a woman walking": there they are steps.
WALKING = listed("walking, walks, running, runs, jogging, heels, boots")

# Sounds with silence between them: a little room tone is put under them.
SPARSE = listed("dripping, footsteps, clock, typing, dishes, heartbeat")

SILENCE = listed(
    """
        silence, silent, no sound, no sounds, no audio, mute, muted, without sound, without audio, soundless,
        nothing
    """
)
MUSIC = listed(
    """
        music, song, score, piano, guitar, violin, orchestra, jazz, melody, drums, soundtrack, singing
    """
)
NOT_SOUNDS = listed(
    """
        fire exit, fire escape, fire truck, fire engine, fire hydrant, fire station, fire extinguisher, fire alarm,
        rain coat, sea view, sea food, sea level, bird's eye view, birds eye view, bird's eye, bird house, stream of
        light, city hall, room service, clock tower, storm trooper, wind turbine, wind mill, wind chime, train of
        thought, space bar, fan of, bar of, field of view, depth of field, wave of, sound stage, fire place tools,
        street lamp, street light, street food, rain forest cafe
    """
)

STRENGTHS: dict[str, float] = by_phrase(
    {
        0.4: "faint, faintly, subtle, slight, sparse",
        0.5: """
            light, lightly, soft, softly, gentle, gently, quiet, quietly, calm, few, little, occasional
        """,
        0.6: "small, low",
        1.5: "busy, big, many, dense, bustling, rough",
        1.6: "crashing",
        1.7: "hard, strong, loud, loudly, intense, stormy",
        1.8: "heavy, heavily, pouring, howling, huge",
        1.9: "roaring, fierce",
        2.0: "raging, violent, torrential, deafening",
    }
)
DISTANCES: dict[str, float] = by_phrase(
    {
        0.0: "close, near",
        0.3: "behind",
        0.6: "away, outside, background, beyond",
        0.8: "far, remote, muffled",
        0.9: "distant, faraway",
    }
)
