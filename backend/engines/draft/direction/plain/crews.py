"""What crews of every country say in English among their own words, and the move of each verb by its side."""

from __future__ import annotations

from ..languages.language import Rules

# What crews of every country say in English.
JARGON: Rules = (
    (r"\bdolly (?:indietro|atrás|para trás|arrière|zurück|rückwärts|achteruit)", "pull out"),
    (r"\bdolly (?:avanti|adelante|para (?:a )?frente|avant|vorwärts|vooruit)", "push in"),
    (r"\b(?:dolly|push|track)[ -]?in\b", "push in"),
    (r"\b(?:dolly|pull|track)[ -]?(?:out|back)\b", "pull out"),
    (r"\bzoom[ -]?in\b", "zoom in"),
    (r"\bzoom[ -]?out\b", "zoom out"),
    (r"\borbit\w*", "orbit"),
    (r"\bwhip[ -]?pan\b", "whip pan"),
    (r"\bpan\b", "pan"),
    (r"\btilt\b", "tilt"),
    (r"\bcrane\b|\bjib\b", "crane"),
    (r"\bhandheld\b", "handheld"),
    (r"\b(?:truck|tracking shot)\b", "truck"),
)
JARGON_OF_SIDES: Rules = (
    (r"\bleft\b", "left"),
    (r"\bright\b", "right"),
    (r"\bup\b", "up"),
    (r"\bdown\b", "down"),
    (r"\bforwards?\b", "in"),
    (r"\bbackwards?\b", "out"),
)
JARGON_OF_MANNER: Rules = (
    (r"\bslow(?:ly)?\b", "slow"),
    (r"\b(?:fast|quick(?:ly)?)\b", "fast"),
    (r"\bsubtle\b", "slight"),
)
# What a verb of moving is by its side, and where no side is said.
SIDED = {
    "move": {
        "left": "truck left",
        "right": "truck right",
        "up": "pedestal up",
        "down": "pedestal down",
        "in": "push in",
        "out": "pull out",
    },
    "pan": {"left": "pan left", "right": "pan right", "up": "tilt up", "down": "tilt down"},
    "truck": {"left": "truck left", "right": "truck right", "in": "push in", "out": "pull out"},
    "tilt": {
        "up": "tilt up",
        "down": "tilt down",
        "left": "roll left",
        "right": "roll right",
        "clockwise": "roll clockwise",
        "counterclockwise": "roll counterclockwise",
    },
    "crane": {"up": "crane up", "down": "crane down"},
    "roll": {"left": "roll left", "right": "roll right"},
    "zoom": {"in": "zoom in", "out": "zoom out"},
    "dutch angle": {"left": "dutch angle left", "right": "dutch angle right"},
    "whip pan": {"left": "whip pan left", "right": "whip pan right"},
    "follow": {},
    "look": {"left": "pan left", "right": "pan right", "up": "tilt up", "down": "tilt down"},
    "turn": {"left": "pan left", "right": "pan right", "up": "tilt up", "down": "tilt down"},
}
UNSIDED = {
    "move": "",
    "pan": "pan",
    "truck": "tracking shot",
    "tilt": "tilt",
    "turn": "roll clockwise",
    "crane": "crane up",
    "zoom": "zoom in",
}
