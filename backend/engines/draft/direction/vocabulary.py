"""The vocabulary of camera moves. Data only: read.py gives it meaning, docs/directions.md lists it.

Two kinds of verbs: the camera's own ("pan", "dolly"), and everyday ones ("move", "walk", "rise") that need
the camera as their subject, or none at all ("walk towards the door").
"""

from __future__ import annotations

# The moves: name of each direction, by (kind, sign).
NAMES: dict[tuple[str, int], str] = {
    ("push", 1): "push in", ("push", -1): "pull out", ("truck", 1): "truck right",
    ("truck", -1): "truck left", ("pedestal", 1): "pedestal up", ("pedestal", -1): "pedestal down",
    ("pan", 1): "pan right", ("pan", -1): "pan left", ("tilt", 1): "tilt up", ("tilt", -1): "tilt down",
    ("roll", 1): "roll clockwise", ("roll", -1): "roll counterclockwise", ("orbit", 1): "orbit right",
    ("orbit", -1): "orbit left", ("crane", 1): "crane up", ("crane", -1): "crane down",
    ("zoom", 1): "zoom in", ("zoom", -1): "zoom out", ("dolly zoom", 1): "dolly zoom in",
    ("dolly zoom", -1): "dolly zoom out", ("handheld", 1): "handheld", ("hold", 1): "hold",
}  # fmt: skip

# Words for a direction, and the axis they speak of.
DIRECTIONS: dict[str, str] = {
    "in": "in", "into": "in", "inward": "in", "inwards": "in", "forward": "in", "forwards": "in",
    "ahead": "in", "closer": "in", "close": "in", "toward": "in", "towards": "in", "nearer": "in",
    "through": "in", "along": "in", "onward": "in", "onwards": "in", "out": "out", "outward": "out",
    "outwards": "out", "back": "out", "backward": "out", "backwards": "out", "away": "out", "off": "out",
    "left": "left", "leftward": "left", "leftwards": "left", "right": "right", "rightward": "right",
    "rightwards": "right", "sideways": "right", "sideway": "right", "laterally": "right", "lateral": "right",
    "up": "up", "upward": "up", "upwards": "up", "above": "up", "down": "down", "downward": "down",
    "downwards": "down", "around": "around", "round": "around", "about": "around", "clockwise": "clockwise",
    "anticlockwise": "counter", "counterclockwise": "counter",
}  # fmt: skip

# What each of the camera's own verbs does in each direction: (kind, sign). "" = no direction was said.
CAMERA_VERBS: dict[str, dict[str, tuple[str, int]]] = {
    "pan": {"left": ("pan", -1), "right": ("pan", 1), "up": ("tilt", 1), "down": ("tilt", -1),
            "around": ("pan", 1), "clockwise": ("pan", 1), "counter": ("pan", -1), "": ("pan", 1)},
    "tilt": {"up": ("tilt", 1), "down": ("tilt", -1), "left": ("roll", -1), "right": ("roll", 1),
             "clockwise": ("roll", 1), "counter": ("roll", -1), "": ("tilt", 1)},
    "dolly": {"in": ("push", 1), "out": ("push", -1), "left": ("truck", -1), "right": ("truck", 1),
              "up": ("pedestal", 1), "down": ("pedestal", -1), "around": ("orbit", 1), "": ("push", 1)},
    "truck": {"left": ("truck", -1), "right": ("truck", 1), "in": ("push", 1), "out": ("push", -1),
              "around": ("orbit", 1), "": ("truck", 1)},
    "track": {"left": ("truck", -1), "right": ("truck", 1), "in": ("push", 1), "out": ("push", -1),
              "around": ("orbit", 1), "": ("truck", 1)},
    "crab": {"left": ("truck", -1), "right": ("truck", 1)},
    "zoom": {"in": ("zoom", 1), "out": ("zoom", -1), "": ("zoom", 1)},
    "pedestal": {"up": ("pedestal", 1), "down": ("pedestal", -1)},
    "ped": {"up": ("pedestal", 1), "down": ("pedestal", -1)},
    "crane": {"up": ("crane", 1), "down": ("crane", -1), "": ("crane", 1)},
    "jib": {"up": ("crane", 1), "down": ("crane", -1), "": ("crane", 1)},
    "boom": {"up": ("crane", 1), "down": ("crane", -1)},
    "orbit": {"left": ("orbit", -1), "right": ("orbit", 1), "around": ("orbit", 1),
              "clockwise": ("orbit", -1), "counter": ("orbit", 1), "": ("orbit", 1)},
    "arc": {"left": ("orbit", -1), "right": ("orbit", 1), "around": ("orbit", 1), "clockwise": ("orbit", -1),
            "counter": ("orbit", 1), "": ("orbit", 1)},
    "circle": {"left": ("orbit", -1), "right": ("orbit", 1), "around": ("orbit", 1),
               "clockwise": ("orbit", -1), "counter": ("orbit", 1), "": ("orbit", 1)},
    "push": {"in": ("push", 1), "out": ("push", -1), "left": ("truck", -1), "right": ("truck", 1)},
    "pull": {"out": ("push", -1), "in": ("push", 1), "left": ("truck", -1), "right": ("truck", 1),
             "up": ("crane", 1)},
    "roll": {"left": ("roll", -1), "right": ("roll", 1), "clockwise": ("roll", 1), "counter": ("roll", -1),
             "": ("roll", 1)},
}  # fmt: skip

_TRAVEL = {
    "in": ("push", 1), "out": ("push", -1), "left": ("truck", -1), "right": ("truck", 1),
    "up": ("pedestal", 1), "down": ("pedestal", -1), "around": ("orbit", 1), "clockwise": ("orbit", -1),
    "counter": ("orbit", 1),
}  # fmt: skip
_TURN = {
    "left": ("pan", -1), "right": ("pan", 1), "up": ("tilt", 1), "down": ("tilt", -1), "around": ("pan", 1),
    "clockwise": ("roll", 1), "counter": ("roll", -1),
}  # fmt: skip
_RISE = {"": ("pedestal", 1), "up": ("pedestal", 1), "above": ("pedestal", 1)}
_SINK = {"": ("pedestal", -1), "down": ("pedestal", -1)}
_HOLD = {"": ("hold", 1)}

_TRAVELLING = (
    "move", "go", "travel", "glide", "drift", "float", "fly", "slide", "walk", "creep", "inch", "step",
    "ease", "come", "rush", "run", "drive", "advance", "sweep", "swoop", "race", "sail", "head", "get",
    "shift", "sneak", "crawl", "march", "stroll", "soar", "scroll", "wander", "proceed", "press", "punch",
)  # fmt: skip

# Everyday verbs, which may just as well be an actor's.
EVERYDAY_VERBS: dict[str, dict[str, tuple[str, int]]] = {
    **dict.fromkeys(_TRAVELLING, _TRAVEL),
    **dict.fromkeys(("turn", "rotate", "swing", "look", "swivel", "spin", "whip", "pivot", "gaze"), _TURN),
    **dict.fromkeys(("rise", "ascend", "climb", "lift", "raise", "elevate"), _RISE),
    **dict.fromkeys(("descend", "lower", "sink", "drop"), _SINK),
    **dict.fromkeys(("hold", "stay", "remain", "rest", "linger", "stop", "pause", "wait", "freeze",
      "settle"), _HOLD),
    "lead": {"in": ("push", 1), "out": ("push", -1), "left": ("truck", -1), "right": ("truck", 1)},
    "follow": {"": ("push", 1), "left": ("truck", -1), "right": ("truck", 1), "in": ("push", 1)},
    "approach": {"": ("push", 1)}, "enter": {"": ("push", 1)}, "explore": {"": ("push", 1)},
    "retreat": {"": ("push", -1), "out": ("push", -1)}, "recede": {"": ("push", -1)},
    "reverse": {"": ("push", -1)}, "back": {"out": ("push", -1), "up": ("push", -1)}, "reveal": {},
    "shake": {"": ("handheld", 1)}, "wobble": {"": ("handheld", 1)}, "sway": {"": ("handheld", 1)},
}  # fmt: skip

# Set phrases, whoever is about: what they do (kind, sign), and how.
PHRASES: dict[str, tuple[tuple[str, int], dict[str, float]]] = {
    "dolly zoom out": (("dolly zoom", -1), {}), "dolly zoom in": (("dolly zoom", 1), {}),
    "dolly zoom": (("dolly zoom", -1), {}), "dolly out zoom in": (("dolly zoom", -1), {}),
    "dolly in zoom out": (("dolly zoom", 1), {}), "dolly out and zoom in": (("dolly zoom", -1), {}),
    "dolly in and zoom out": (("dolly zoom", 1), {}), "vertigo effect": (("dolly zoom", -1), {}),
    "vertigo shot": (("dolly zoom", -1), {}), "vertigo zoom": (("dolly zoom", -1), {}),
    "hitchcock zoom": (("dolly zoom", -1), {}), "hitchcock effect": (("dolly zoom", -1), {}),
    "jaws effect": (("dolly zoom", -1), {}), "trombone shot": (("dolly zoom", -1), {}),
    "contra zoom": (("dolly zoom", -1), {}), "zolly": (("dolly zoom", -1), {}),
    "tracking shot": (("truck", 1), {}), "trucking shot": (("truck", 1), {}),
    "lateral tracking": (("truck", 1), {}), "side tracking": (("truck", 1), {}),
    "reverse dolly": (("push", -1), {}), "reverse tracking shot": (("push", -1), {}),
    "dolly shot": (("push", 1), {}), "push in shot": (("push", 1), {}), "pull back shot": (("push", -1), {}),
    "walkthrough": (("push", 1), {"amount": 1.4}), "walk through of": (("push", 1), {"amount": 1.4}),
    "flythrough": (("push", 1), {"amount": 1.6}), "fly through of": (("push", 1), {"amount": 1.6}),
    "steadicam shot": (("push", 1), {}), "pov shot": (("push", 1), {}), "drone shot": (("push", 1), {}),
    "aerial shot": (("push", 1), {}), "crane shot": (("crane", 1), {}), "jib shot": (("crane", 1), {}),
    "boom shot": (("crane", 1), {}), "orbit shot": (("orbit", 1), {}), "orbital shot": (("orbit", 1), {}),
    "orbiting shot": (("orbit", 1), {}), "arc shot": (("orbit", 1), {}),
    "360 shot": (("orbit", 1), {"amount": 2.0}), "orbital": (("orbit", 1), {}),
    "360 around": (("orbit", 1), {"degrees": 360.0}), "full 360": (("orbit", 1), {"degrees": 360.0}),
    "bullet time": (("orbit", 1), {"speed": 0.8}), "panning shot": (("pan", 1), {}),
    "pan shot": (("pan", 1), {}), "tilt shot": (("tilt", 1), {}), "zoom shot": (("zoom", 1), {}),
    "ken burns": (("zoom", 1), {"amount": 0.6}), "crash zoom": (("zoom", 1), {"speed": 3.0}),
    "snap zoom": (("zoom", 1), {"speed": 3.0}), "punch in": (("zoom", 1), {"speed": 3.0}),
    "dutch angle": (("roll", 1), {}), "dutch tilt": (("roll", 1), {}), "dutch roll": (("roll", 1), {}),
    "canted angle": (("roll", 1), {}), "barrel roll": (("roll", 1), {"degrees": 360.0}),
    "handheld": (("handheld", 1), {}), "hand held": (("handheld", 1), {}),
    "shaky cam": (("handheld", 1), {"amount": 1.8}), "shaky camera": (("handheld", 1), {"amount": 1.8}),
    "camera shake": (("handheld", 1), {"amount": 1.5}), "shaky": (("handheld", 1), {"amount": 1.5}),
    "shoulder mounted": (("handheld", 1), {"amount": 0.8}),
    "on the shoulder": (("handheld", 1), {"amount": 0.8}), "static shot": (("hold", 1), {}),
    "static camera": (("hold", 1), {}), "static frame": (("hold", 1), {}), "static wide": (("hold", 1), {}),
    "static view": (("hold", 1), {}), "static composition": (("hold", 1), {}),
    "still camera": (("hold", 1), {}), "still shot": (("hold", 1), {}), "fixed camera": (("hold", 1), {}),
    "fixed shot": (("hold", 1), {}), "stationary camera": (("hold", 1), {}),
    "stationary shot": (("hold", 1), {}), "motionless camera": (("hold", 1), {}),
    "locked off": (("hold", 1), {}), "locked down": (("hold", 1), {}), "lock off": (("hold", 1), {}),
    "locked camera": (("hold", 1), {}), "locked shot": (("hold", 1), {}), "tripod shot": (("hold", 1), {}),
    "on a tripod": (("hold", 1), {}), "on tripod": (("hold", 1), {}), "on sticks": (("hold", 1), {}),
    "camera static": (("hold", 1), {}), "camera still": (("hold", 1), {}), "camera fixed": (("hold", 1), {}),
    "camera is static": (("hold", 1), {}), "camera is still": (("hold", 1), {}),
    "camera is fixed": (("hold", 1), {}), "camera is locked": (("hold", 1), {}),
    "camera is stationary": (("hold", 1), {}), "hold the shot": (("hold", 1), {}),
    "hold the frame": (("hold", 1), {}), "hold still": (("hold", 1), {}), "hold steady": (("hold", 1), {}),
    "hold position": (("hold", 1), {}), "stays still": (("hold", 1), {}), "tableau shot": (("hold", 1), {}),
    "freeze frame": (("hold", 1), {}), "start static": (("hold", 1), {}), "starts static": (("hold", 1), {}),
    "begin static": (("hold", 1), {}), "begins static": (("hold", 1), {}),
    "static at first": (("hold", 1), {}),
}  # fmt: skip

# Clauses that are a move only when nothing else is in them ("Static.", "Tripod.").
ALONE: dict[str, tuple[str, int]] = {
    "static": ("hold", 1), "tripod": ("hold", 1), "still": ("hold", 1), "motionless": ("hold", 1),
    "stationary": ("hold", 1), "sticks": ("hold", 1), "fixed": ("hold", 1), "orbit": ("orbit", 1),
    "vertigo": ("dolly zoom", -1), "dolly": ("push", 1), "zoom": ("zoom", 1), "pan": ("pan", 1),
    "tilt": ("tilt", 1), "crane": ("crane", 1), "arc": ("orbit", 1), "truck": ("truck", 1),
    "tracking": ("truck", 1), "track": ("truck", 1), "forward": ("push", 1), "forwards": ("push", 1),
    "closer": ("push", 1), "backward": ("push", -1), "backwards": ("push", -1), "reverse": ("push", -1),
    "parallax": ("truck", 1), "steadicam": ("push", 1),
}  # fmt: skip

# Set phrases that look like a move and are none: they are dropped before anything is read.
FALSE_FRIENDS: tuple[str, ...] = (
    "frying pan", "sauce pan", "baking pan", "pan flute", "pan pipe", "pan pipes", "peter pan", "pan pizza",
    "pan fried", "pots and pans", "dust pan", "push notification", "push notifications", "push button",
    "push buttons", "push up", "push ups", "pull up", "pull ups", "pull over", "pull string", "zoom call",
    "zoom meeting", "zoom lens", "tilt shift", "food truck", "fire truck", "pickup truck", "pick up truck",
    "tow truck", "toy truck", "garbage truck", "dump truck", "hand truck", "truck driver", "truck stop",
    "monster truck", "race track", "train track", "train tracks", "railway track", "railway tracks",
    "running track", "sound track", "track suit", "track record", "keep track", "keeps track",
    "track and field", "back track", "roll call", "rock and roll", "rock n roll", "rock 'n' roll",
    "bread roll", "egg roll", "spring roll", "sushi roll", "rolling hills", "rolling pin", "rolling stock",
    "rolling stone", "rolling thunder", "toilet roll", "kitchen roll", "drum roll", "jelly roll", "roll of",
    "rolls of", "construction crane", "tower crane", "paper crane", "origami crane", "crane fly",
    "harbor crane", "harbour crane", "dolly parton", "dolly the sheep", "baby dolly", "arc lamp",
    "arc light", "arc of", "arc welder", "arc welding", "story arc", "arc de triomphe", "static electricity",
    "static noise", "radio static", "tv static", "white static", "static charge", "static on", "circle of",
    "traffic circle", "inner circle", "full circle of", "handheld radio", "handheld device",
    "handheld console", "handheld game", "handheld phone", "handheld fan", "handheld mirror",
    "handheld torch", "handheld flashlight", "handheld camera store", "still life", "boom box", "boom mic",
    "boom microphone", "boom operator", "boom pole", "sonic boom", "baby boom", "in orbit", "orbit of",
    "low orbit", "earth orbit", "look back at", "hold hands", "hold on to", "holds hands", "holding hands",
    "on hold", "rest room", "step back in time", "back in time", "moving on", "move on", "come on",
    "come in", "go away", "go on", "look out", "get out", "get up", "get in", "get away", "get back",
    "run away", "run out", "go out", "step up", "turn off", "turn on", "lift off", "drop off", "head on",
    "straight ahead of", "back to back", "left over", "left behind", "left alone", "left open", "right now",
    "right away", "back door", "back yard", "back seat", "back room", "back wall", "back alley",
    "back street", "back lit", "far away", "close up", "close ups", "upside down", "bullet train",
    "depth of field", "handheld in", "camera store", "security camera", "camera man",
)  # fmt: skip

# Who or what a shot's camera is called; as the subject of a verb they make it a camera move.
CAMERA_NOUNS = frozenset((
    "camera", "cam", "shot", "shots", "lens", "frame", "framing", "view", "viewpoint", "viewer", "pov",
    "perspective", "steadicam", "gimbal", "operator", "we", "us", "i", "you", "our", "video", "clip",
    "footage", "movement", "movements", "move", "moves", "motion", "dolly's", "cinematography", "camerawork",
    "kamera",
))  # fmt: skip

# Words that may stand before a move without being its subject.
LEAD_INS = frozenset((
    "a", "an", "the", "this", "one", "some", "its", "it'll", "it", "is", "are", "be", "being", "was", "will",
    "would", "should", "shall", "can", "could", "must", "may", "might", "let", "let's", "lets", "start",
    "starts", "starting", "begin", "begins", "beginning", "keep", "keeps", "keeping", "continue",
    "continues", "continuing", "end", "ends", "ending", "to", "by", "in", "on", "with", "of", "for", "and",
    "or", "then", "now", "next", "first", "second", "finally", "also", "just", "only", "simply", "please",
    "want", "wants", "like", "need", "needs", "make", "makes", "making", "do", "does", "doing", "add",
    "adds", "use", "uses", "using", "used", "give", "have", "has", "having", "try", "as", "while", "slow",
    "so", "but", "very", "super", "really", "quite", "more", "most", "less", "rather", "too", "almost",
    "extra", "nice", "beautiful", "elegant", "cinematic", "cinematically", "handheld", "dramatic",
    "continuous", "continuously", "single", "immersive", "stable", "stabilized", "stabilised", "long",
    "short", "wide", "medium", "close", "up", "tight", "extreme", "establishing", "drone", "aerial", "low",
    "high", "angle", "eye", "level", "dynamic", "moody", "ominous", "tense", "hypnotic", "majestic",
    "graceful", "gracefully", "simultaneously", "meanwhile", "again", "once", "same", "time", "at", "all",
    "way", "straight", "directly", "ever", "film", "filmed", "style", "classic", "professional", "together",
    "still", "over", "combined", "followed", "after", "before", "that", "which", "there", "here", "it's",
    "that's", "into", "plus", "perform", "performs", "performing", "execute", "executes", "steady", "crisp",
    "controlled", "precise", "natural", "subtle", "parallax", "from", "then's", "instead", "point", "not",
    "never", "no", "without", "avoid", "don't", "doesn't", "dont", "doesnt", "isn't", "aren't", "won't",
    "shouldn't", "any", "rotation", "instruction", "instructions", "direction", "directions",
))  # fmt: skip

# People and things that act: their motion is not the camera's.
ACTORS = frozenset((
    "he", "she", "they", "it", "who", "subject", "action", "talent", "someone", "somebody", "everyone",
    "everybody", "nobody", "man", "woman", "men", "women", "boy", "girl", "boys", "girls", "child",
    "children", "kid", "kids", "baby", "person", "people", "guy", "lady", "gentleman", "couple", "crowd",
    "group", "family", "mother", "father", "mom", "dad", "friend", "friends", "actor", "actress", "dancer",
    "dancers", "soldier", "soldiers", "police", "policeman", "officer", "doctor", "nurse", "teacher",
    "student", "students", "worker", "workers", "driver", "rider", "runner", "player", "players",
    "character", "hero", "heroine", "villain", "robot", "alien", "monster", "dog", "cat", "bird", "birds",
    "horse", "horses", "fish", "animal", "animals", "car", "cars", "bus", "truck", "train", "plane",
    "aircraft", "ship", "boat", "bike", "bicycle", "motorcycle", "drone", "helicopter", "balloon", "ball",
    "door", "doors", "gate", "curtain", "curtains", "elevator", "lift", "sun", "moon", "star", "stars",
    "planet", "earth", "satellite", "cloud", "clouds", "smoke", "fog", "mist", "steam", "water", "wave",
    "waves", "wind", "leaf", "leaves", "snow", "rain", "fire", "flame", "flames", "light", "lights",
    "shadow", "shadows", "head", "heads", "hand", "hands", "eye", "eyes", "face", "arm", "arms", "leg",
    "legs", "hair", "body", "finger", "flag", "wheel", "wheels", "machine", "creature", "figure",
    "silhouette", "stranger", "visitor", "guest", "guests", "king", "queen", "knight", "anna",
))  # fmt: skip

NEGATIONS = frozenset((
    "no", "not", "never", "without", "avoid", "don't", "doesn't", "dont", "doesnt", "isn't", "aren't",
    "won't", "shouldn't", "nor", "neither", "cannot", "can't",
))  # fmt: skip

# Words that may stand between a verb and its direction.
BETWEEN = frozenset((
    "to", "the", "a", "an", "from", "camera", "shot", "it", "view", "lens", "frame", "very", "slowly",
    "more", "some", "just", "over", "straight", "all", "way", "towards", "its", "side", "motion", "movement",
    "move", "and", "still", "his", "her", "our", "us", "picture", "image", "so", "by", "about", "of",
    "quite", "really", "further", "in", "on", "only", "ever", "across", "whole",
))  # fmt: skip
DETERMINERS = frozenset((
    "the", "a", "an", "his", "her", "their", "its", "my", "your", "our", "this", "that", "these", "those",
    "each", "every", "some",
))  # fmt: skip
PREPOSITIONS = frozenset((
    "to", "on", "onto", "into", "toward", "towards", "at", "from", "across", "along", "over", "past",
    "through", "around", "for", "until", "up", "down", "in", "of", "between", "behind", "under", "above",
    "inside", "outside", "by", "with", "upon", "off", "beyond",
))  # fmt: skip
ROADS = frozenset((
    "street", "road", "hall", "hallway", "corridor", "aisle", "path", "alley", "lane", "tunnel", "track",
    "driveway", "stairs", "staircase", "steps", "stairway", "hill", "river", "avenue", "passage", "walkway",
    "runway", "bridge", "escalator", "ladder", "slope",
))  # fmt: skip
MOVING = ("movement", "movements", "move", "moves", "motion", "motions", "moving", "camerawork")
STILL = (
    "camera stays", "camera remains", "camera holds still", "camera at rest", "camera does nothing",
    "zero camera", "shot stays still", "frame stays still", "camera is locked", "camera locked",
    "camera is completely still", "camera is not moving", "camera isn't moving",
)  # fmt: skip
# Third person, the -ing forms, and the past of verbs that do not follow the rule.
IRREGULAR: dict[str, tuple[str, ...]] = {
    "go": ("goes", "going", "went"), "fly": ("flies", "flying", "flew"), "rise": ("rises", "rising", "rose"),
    "come": ("comes", "coming", "came"), "run": ("runs", "running", "ran"),
    "get": ("gets", "getting", "got"), "drive": ("drives", "driving", "drove"),
    "swing": ("swings", "swinging", "swung"), "spin": ("spins", "spinning", "spun"),
    "sink": ("sinks", "sinking", "sank"), "hold": ("holds", "holding", "held"),
    "sweep": ("sweeps", "sweeping", "swept"), "creep": ("creeps", "creeping", "crept"),
    "slide": ("slides", "sliding", "slid"), "shake": ("shakes", "shaking", "shook"),
    "freeze": ("freezes", "freezing", "froze"), "lead": ("leads", "leading", "led"),
    "dolly": ("dollies", "dollying", "dolling", "dollied"),
    "travel": ("travels", "travelling", "traveling", "travelled"),
}  # fmt: skip

# How fast everyday verbs are by themselves.
VERB_SPEEDS = {
    "whip": 4.0, "rush": 2.0, "race": 2.0, "swoop": 1.6, "run": 1.6, "stroll": 0.7, "sneak": 0.6,
    "creep": 0.5, "crawl": 0.5, "inch": 0.5,
}  # fmt: skip
# Verbs that turn about something when they go "around the" it.
TURN_ABOUT = ("rotate", "turn", "swing", "spin", "pivot", "swivel")
