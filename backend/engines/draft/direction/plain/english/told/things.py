"""What may be a thing in an English rule: a noun with its article, or a name, in capitals or known."""

from __future__ import annotations

from ....languages.tables.nouns import PEOPLES_NAMES

ARTICLE = r"(?:the|an?|his|her|their|its|my|your|our)"
KNOWN = rf"(?:{'|'.join(sorted(PEOPLES_NAMES))})"
NAME = rf"(?:(?-i:[A-Z][a-z]+)|{KNOWN})"
THING = rf"(?:{ARTICLE} (?:[\w'’-]+ )?[\w'’-]+|{NAME}(?:['’]s (?:left |right )?\w+)?|(?:him|her|them|it)\b)"
A_THING = rf"(?={ARTICLE} |{NAME}\b)"
_NO_NOUN = (
    r"(?!(?:the|an?|his|her|their|its|and|then|to|in|on|at|up|down|left|right|out|over|for|with|by|of|from|slow|slowly|"
    r"fast|quick|camera|back|wide|close|tight|medium|frame\w*|half|full|first|last|start|end|hold|static|we|it|"
    r"is|across|along|past|around|round|towards?|between|through|under|behind|into|onto|away|off|again|just|only|one|two|me|us|please)\b)"
)
BARE = (
    rf"(?:(?:the |an? |his |her |their )?{_NO_NOUN}[\w'’-]{{2,}}(?: {_NO_NOUN}[\w'’-]{{2,}})?)"  # a noun in a shot list
)
CLAUSE = r"(?:^|(?<=[,.;:!?\n])|\bthen\b|\band\b)\s*"
SENTENCE = r"(?:^|(?<=[.;\n]))\s*"
END = r"(?=\s*(?:$|[,.;:!?)\n]))"
