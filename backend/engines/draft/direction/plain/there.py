"""What other languages say is there in the picture, by words that are also the camera's: a crane on a roof, somebody
who looks out of a window."""

from __future__ import annotations

import re

_ARTICLE = r"(?:ein|eine|einen|der|die|das|den|een|de|het|une|un|la|le|una|uma|um|o|a|il|lo|el)"
_BY_MEANS_OF = "".join(rf"(?<!\b{word} )" for word in ("mit", "avec", "con", "com", "met", "par", "per", "en"))
_CRANE = re.compile(
    rf"{_BY_MEANS_OF}\b{_ARTICLE}\s+(?:\w+\s+)?(?:kran|kraan|grue|grúa|grua|gru)\b|"
    r"(?:クレーン|크레인)(?:が|は|이|가|은|는)"
)
_GOES_UP_OR_DOWN = re.compile(
    r"\b(?:hoch|herab|herunter|runter|hinab|hinauf|nach oben|nach unten|hebt|senkt|steigt|sinkt|fährt|omhoog|omlaag|"
    r"stijgt|daalt|mont\w+|descend\w*|s['’]élève|haut|bas|sube|baja|eleva|desciende|arriba|abajo|sobe|desce|cima|baixo|sale|scende|"
    r"alza|abbassa|alto|basso)\b|(?<!屋)上[にがへ昇]|下[にがへ降]|アップ|ダウン|위로|아래|올라|내려"
)
_LOOKS = re.compile(
    rf"^\s*{_ARTICLE}\s+(?!\w*(?:kamera|caméra|cámara|câmera|câmara|camera)|toma|plano?|inquadratura|beeld|vista)"
    r"\w+(?:\s+\w+)?\s+(?:mira|olha|guarda|regarde|schaut|blickt|kijkt)\b"
)


def is_there(clause: str) -> bool:
    """Whether a clause, in lower case, tells of a thing or a person in the picture and of no move of the camera."""
    return bool(_LOOKS.search(clause) or (_CRANE.search(clause) and not _GOES_UP_OR_DOWN.search(clause)))
