"""The vocabulary of sounds. Data only: read.py gives it meaning, docs/directions.md lists it."""

from __future__ import annotations

# Each kind of sound: what users call it, and its usual loudness in dB against the others.
KINDS: dict[str, tuple[str, float]] = {
    "room": ("room tone", -14.0), "hum": ("hum of a fridge, fan or air conditioner", -8.0),
    "wind": ("wind", -3.0), "leaves": ("rustling leaves", -6.0), "rain": ("rain", 0.0),
    "thunder": ("thunder", 2.0), "sea": ("sea", 0.0), "water": ("running water", -2.0),
    "dripping": ("dripping water", -8.0), "birds": ("birds", -5.0), "gulls": ("gulls", -7.0),
    "insects": ("crickets", -8.0), "fire": ("fire", -3.0), "traffic": ("city traffic", -2.0),
    "siren": ("siren", -9.0), "crowd": ("crowd", -2.0), "applause": ("applause", 0.0),
    "footsteps": ("footsteps", -4.0), "machinery": ("machinery", -2.0), "engine": ("engine", -2.0),
    "train": ("train", -1.0), "clock": ("ticking clock", -12.0), "typing": ("typing", -9.0),
    "dishes": ("dishes", -11.0), "bells": ("bells", -4.0), "drone": ("low drone", -4.0),
    "heartbeat": ("heartbeat", -6.0), "explosion": ("explosion", 3.0),
}  # fmt: skip

# Words and the sounds they stand for: "kind" or "kind:dB". A place is several sounds.
WORDS: dict[str, tuple[str, ...]] = {
    "room tone": ("room",), "room": ("room",), "interior": ("room",), "indoors": ("room",),
    "indoor": ("room",), "ambience": ("room",), "quiet room": ("room",), "bedroom": ("room",),
    "living room": ("room",), "library": ("room",), "museum": ("room",), "hallway": ("room",),
    "apartment": ("room",), "fridge": ("hum",), "refrigerator": ("hum",), "hum": ("hum",),
    "humming": ("hum",), "buzz": ("hum",), "buzzing": ("hum",), "air conditioner": ("hum",),
    "air conditioning": ("hum",), "ventilation": ("hum",), "ventilator": ("hum",), "fan": ("hum",),
    "server room": ("hum",), "fluorescent": ("hum",), "neon": ("hum:-6",),
    "kitchen": ("room", "hum:-4", "dishes:-6"), "office": ("room", "hum:-3", "typing:-4"),
    "hospital": ("room", "hum:-2"), "wind": ("wind",), "winds": ("wind",), "windy": ("wind",),
    "breeze": ("wind:-4",), "breezy": ("wind:-4",), "gust": ("wind",), "gusts": ("wind",),
    "gale": ("wind:2",), "draught": ("wind:-4",), "desert": ("wind",), "mountain": ("wind",),
    "mountains": ("wind",), "blizzard": ("wind:3",), "snowstorm": ("wind:3",), "tundra": ("wind",),
    "leaves": ("leaves",), "rustling": ("leaves",), "rustle": ("leaves",), "foliage": ("leaves",),
    "rain": ("rain",), "raining": ("rain",), "rainy": ("rain",), "rains": ("rain",), "rainfall": ("rain",),
    "raindrops": ("rain",), "drizzle": ("rain:-4",), "drizzling": ("rain:-4",), "downpour": ("rain:2",),
    "shower": ("rain",), "monsoon": ("rain:2",), "thunder": ("thunder",),
    "thunderstorm": ("rain", "thunder", "wind:-6"), "lightning": ("thunder",),
    "storm": ("rain", "wind", "thunder"), "stormy": ("rain", "wind", "thunder:-3"),
    "tempest": ("rain", "wind", "thunder"), "sea": ("sea",), "ocean": ("sea",), "surf": ("sea",),
    "waves": ("sea",), "shore": ("sea",), "seashore": ("sea",), "seaside": ("sea", "gulls:-4"),
    "beach": ("sea", "gulls:-5"), "coast": ("sea", "wind:-6"), "harbour": ("sea:-4", "gulls"),
    "harbor": ("sea:-4", "gulls"), "port": ("sea:-4", "gulls"), "tide": ("sea",), "river": ("water",),
    "stream": ("water",), "brook": ("water",), "creek": ("water",), "fountain": ("water",),
    "waterfall": ("water:2",), "running water": ("water",), "babbling": ("water",), "rapids": ("water:2",),
    "lake": ("water:-6", "birds:-4"), "dripping": ("dripping",), "drip": ("dripping",),
    "drips": ("dripping",), "cave": ("dripping", "room"), "leaking": ("dripping",), "bird": ("birds",),
    "birds": ("birds",), "birdsong": ("birds",), "chirping": ("birds",), "tweeting": ("birds",),
    "songbirds": ("birds",), "dawn chorus": ("birds:2",), "forest": ("leaves", "birds", "wind:-6"),
    "woods": ("leaves", "birds", "wind:-6"), "woodland": ("leaves", "birds"),
    "park": ("birds", "leaves:-4", "crowd:-14"), "garden": ("birds", "leaves:-4"),
    "meadow": ("birds", "wind:-6", "insects:-6"), "countryside": ("birds", "wind:-6"),
    "field": ("wind:-4", "birds"), "jungle": ("insects", "birds", "leaves:-4"),
    "rainforest": ("insects", "birds", "rain:-6"), "swamp": ("insects", "dripping"), "gulls": ("gulls",),
    "seagulls": ("gulls",), "seagull": ("gulls",), "gull": ("gulls",), "crickets": ("insects",),
    "cricket": ("insects",), "cicadas": ("insects",), "insects": ("insects",), "grasshoppers": ("insects",),
    "summer night": ("insects", "wind:-8"), "fire": ("fire",), "fireplace": ("fire",), "campfire": ("fire",),
    "bonfire": ("fire:2",), "flames": ("fire",), "crackling": ("fire",), "burning": ("fire",),
    "hearth": ("fire",), "blaze": ("fire:2",), "torches": ("fire",), "city": ("traffic",),
    "traffic": ("traffic",), "street": ("traffic",), "streets": ("traffic",), "road": ("traffic",),
    "highway": ("traffic:2",), "motorway": ("traffic:2",), "freeway": ("traffic:2",),
    "downtown": ("traffic",), "urban": ("traffic",), "town": ("traffic:-4",), "cars": ("traffic",),
    "intersection": ("traffic",), "rush hour": ("traffic:2",), "honking": ("traffic",), "siren": ("siren",),
    "sirens": ("siren",), "ambulance": ("siren",), "police car": ("siren",), "crowd": ("crowd",),
    "crowded": ("crowd",), "people talking": ("crowd",), "chatter": ("crowd",), "murmur": ("crowd:-4",),
    "murmuring": ("crowd:-4",), "voices": ("crowd",), "walla": ("crowd",), "babble": ("crowd",),
    "audience": ("crowd",), "party": ("crowd",), "pub": ("crowd", "dishes"), "bar": ("crowd:-3", "dishes"),
    "cafe": ("crowd:-4", "dishes", "room"), "café": ("crowd:-4", "dishes", "room"),
    "coffee shop": ("crowd:-4", "dishes", "room"), "restaurant": ("crowd:-3", "dishes"),
    "market": ("crowd",), "marketplace": ("crowd",), "stadium": ("crowd:3",), "airport": ("crowd:-3", "hum"),
    "mall": ("crowd:-3", "hum:-6"), "station": ("crowd:-3", "train:-6"),
    "train station": ("crowd:-3", "train:-4"), "classroom": ("crowd:-6", "room"), "applause": ("applause",),
    "clapping": ("applause",), "cheering": ("crowd", "applause"), "ovation": ("applause",),
    "footsteps": ("footsteps",), "footstep": ("footsteps",), "steps": ("footsteps",),
    "footfalls": ("footsteps",), "machinery": ("machinery",), "machine": ("machinery",),
    "machines": ("machinery",), "factory": ("machinery",), "industrial": ("machinery",),
    "workshop": ("machinery:-4",), "mill": ("machinery",), "generator": ("machinery",),
    "construction site": ("machinery", "traffic:-6"), "construction": ("machinery",),
    "conveyor": ("machinery",), "robot": ("machinery:-4",), "engine": ("engine",), "engines": ("engine",),
    "motor": ("engine",), "car interior": ("engine",), "inside a car": ("engine",), "truck": ("engine",),
    "airplane": ("engine",), "aeroplane": ("engine",), "aircraft": ("engine",), "plane": ("engine",),
    "jet": ("engine",), "spaceship": ("engine", "drone:-4"), "spacecraft": ("engine", "drone:-4"),
    "ship": ("engine:-4", "sea"), "boat": ("engine:-6", "sea"), "ferry": ("engine", "sea:-4"),
    "bus": ("engine",), "tractor": ("engine",), "motorbike": ("engine",), "train": ("train",),
    "railway": ("train",), "subway": ("train", "crowd:-6"), "metro": ("train", "crowd:-6"),
    "tram": ("train:-3", "traffic:-4"), "clock": ("clock",), "ticking": ("clock",), "tick": ("clock",),
    "metronome": ("clock",), "typing": ("typing",), "keyboard": ("typing",), "typewriter": ("typing:2",),
    "dishes": ("dishes",), "cutlery": ("dishes",), "glasses clinking": ("dishes",), "clinking": ("dishes",),
    "plates": ("dishes",), "bell": ("bells",), "bells": ("bells",), "church": ("bells:-4", "room"),
    "chimes": ("bells",), "cathedral": ("bells:-6", "room"), "drone sound": ("drone",),
    "ominous": ("drone:-3",), "tension": ("drone:-3",), "eerie": ("drone:-4", "wind:-8"),
    "space": ("drone",), "sci fi": ("drone", "hum"), "rumble": ("drone",), "rumbling": ("drone",),
    "heartbeat": ("heartbeat",), "heart beating": ("heartbeat",), "explosion": ("explosion",),
    "explosions": ("explosion",), "blast": ("explosion",), "bomb": ("explosion",),
    "gunfire": ("explosion:-4",),
}  # fmt: skip

# Words that mean a sound only in the sound field: in a prompt they are about the picture.
ONLY_AS_SOUND = frozenset((
    "room", "steps", "waves", "fan", "machine", "robot", "shower", "bar", "port", "field", "voices", "plane",
    "glasses clinking", "plates", "fluorescent", "neon", "ominous", "tension", "eerie", "space", "tick",
    "keyboard", "clock", "fridge", "refrigerator", "leaves", "cars", "bird", "truck", "ambience", "interior",
    "construction", "bell", "bells", "buzz", "jet", "desert", "mountain", "mountains", "mill", "road",
    "people talking", "ship", "boat", "bus", "tractor", "station", "torches", "party", "lightning",
    "ambulance", "lake", "museum", "dishes", "bomb", "blast", "audience", "burning", "flames",
))  # fmt: skip
# Words that mean a sound only in the sound field, as in "a woman walking": there they are steps.
WALKING = ("walking", "walks", "running", "runs", "jogging", "heels", "boots")

# Sounds with silence between them: a little room tone is put under them.
SPARSE = ("dripping", "footsteps", "clock", "typing", "dishes", "heartbeat")

SILENCE = (
    "silence", "silent", "no sound", "no sounds", "no audio", "mute", "muted", "without sound",
    "without audio", "soundless", "nothing",
)  # fmt: skip
MUSIC = (
    "music", "song", "score", "piano", "guitar", "violin", "orchestra", "jazz", "melody", "drums",
    "soundtrack", "singing",
)  # fmt: skip
NOT_SOUNDS = (
    "fire exit", "fire escape", "fire truck", "fire engine", "fire hydrant", "fire station",
    "fire extinguisher", "fire alarm", "rain coat", "sea view", "sea food", "sea level", "bird's eye view",
    "birds eye view", "bird's eye", "bird house", "stream of light", "city hall", "room service",
    "clock tower", "storm trooper", "wind turbine", "wind mill", "wind chime", "train of thought",
    "space bar", "fan of", "bar of", "field of view", "depth of field", "wave of", "sound stage",
    "fire place tools", "street lamp", "street light", "street food", "rain forest cafe",
)  # fmt: skip

STRENGTHS: dict[str, float] = {
    "light": 0.5, "lightly": 0.5, "soft": 0.5, "softly": 0.5, "gentle": 0.5, "gently": 0.5, "quiet": 0.5,
    "quietly": 0.5, "faint": 0.4, "faintly": 0.4, "subtle": 0.4, "slight": 0.4, "small": 0.6, "low": 0.6,
    "calm": 0.5, "few": 0.5, "sparse": 0.4, "little": 0.5, "occasional": 0.5, "heavy": 1.8, "heavily": 1.8,
    "hard": 1.7, "strong": 1.7, "loud": 1.7, "loudly": 1.7, "roaring": 1.9, "pouring": 1.8, "raging": 2.0,
    "violent": 2.0, "howling": 1.8, "busy": 1.5, "big": 1.5, "huge": 1.8, "many": 1.5, "intense": 1.7,
    "stormy": 1.7, "torrential": 2.0, "crashing": 1.6, "dense": 1.5, "bustling": 1.5, "fierce": 1.9,
    "deafening": 2.0, "rough": 1.5,
}  # fmt: skip
DISTANCES: dict[str, float] = {
    "distant": 0.9, "far": 0.8, "faraway": 0.9, "remote": 0.8, "away": 0.6, "outside": 0.6, "muffled": 0.8,
    "background": 0.6, "behind": 0.3, "beyond": 0.6, "close": 0.0, "near": 0.0,
}  # fmt: skip
