"""Spanish: see language.Language."""

from __future__ import annotations

from .language import Language
from .tables.nouns import NOUNS

_WORD = r"[^\W\d_]+"
_ARTICLE = r"(?:(?:el|la|los|las|un|una|su|sus|al|del|este|esta)\s+)?"
NOUN = (
    rf"{_ARTICLE}(?P<n>{_WORD}(?:\s(?!y\b|luego\b|hacia\b|hasta\b|para\b|"
    rf"con\b|en\b|lent|a\b|de\b|del\b|que\b|\w+[ai]e?ndo(?:se)?\b|mientras\b|por\b){_WORD})?)"
)

SPANISH = Language(
    nouns=NOUNS["spanish"],
    noun=NOUN,
    camera=r"cámara(?! en mano| al hombro)|\bdron\b|^\s*nosotros\b|objetivo\b",
    splits=(
        (
            r"\s*,?\s*\bcon\s+(?=(?:[^\W\d_]+\s+){1,2}?(?:zoom|inclin|neigung|kantel)|zoom\s+(?:l[eé]|suave|rápid|discret|rapide))",
            "while",
        ),
        (r"\s*(?:[!?\n]|\.(?!\d))\s*", "."),
        (
            (
                r"\s*,?\s*\b(?:y luego|luego|después|y después|antes de|a continuación|seguido de|y finalmente|"
                r"finalmente)\b\s*"
            ),
            "then",
        ),
        (r"\s*,?\s*\b(?:mientras(?: que)?|al mismo tiempo(?: que)?|a la vez(?: que)?|simultáneamente)\b\s*", "while"),
        (r"\s+y\s+", "and"),
        (r"\s*(?:[;:]|,(?!\d))\s*", ","),
    ),
    moves=(
        (r"(?:paneo|panorámica) vertical\w*", "tilt"),
        (
            r"(?:levanta|alza|sube|eleva)\w* (?:la (?:mirada|vista|cabeza)|los ojos)|contrapicado (?:a|de|sobre)\b",
            "tilt up",
        ),
        (r"baj\w+ (?:la (?:mirada|vista|cabeza)|los ojos)|picado (?:a|de|sobre)\b", "tilt down"),
        (r"^\s*para\b(?=\s*$)|\balto\b(?=\s*$)", "static shot"),
        (
            r"\bse detiene\b|\bdetenerse\b|\bpausa\b|\bse para\b|\bquiet[ao]\b|\bestátic[ao]\b|"
            r"\binmóvil\b|\bfij[ao]\b(?=\s*$)|\bespera\b|\bmantiene\b|\bmantener\b|no (?:mover|muevas|"
            r"mueve|se mueve) (?:la )?(?:cámara)?",
            "static shot",
        ),
        (
            r"(?:zoom|acercamiento) (?:hacia(?! (?:atrás|fuera))|a|al|en|sobre)\b|cierra (?:el plano|en)|zoom rápido",
            "zoom in",
        ),
        (r"abre el plano|abrir plano|ampl[ií]a el plano", "zoom out"),
        (r"tira hacia atrás|\bretir\w+|marcha atrás", "pull out"),
        (r"empuj\w+|se mete|se introduce|penetra", "push in"),
        (r"(?:barrido|latigazo|paneo (?:rápido|brusco)|paneo látigo)", "whip pan"),
        (r"cámara (?:en mano|al hombro)|en mano\b|temblor|temblorosa", "handheld"),
        (r"respiración|balanceo|vaivén", "handheld"),
        (
            r"plano (?:fijo|estático)|cámara (?:fija|estática|inmóvil|quieta)|"
            r"sin (?:ningún )?movimiento(?: de cámara)?"
            r"|ningún movimiento(?: de cámara)?|trípode|cámara (?:no se mueve|permanece \w+)",
            "static shot",
        ),
        (r"efecto vértigo|vértigo|dolly zoom|travelling compensado|zoom contrario|retrozoom", "dolly zoom"),
        (
            r"órbita\w*|orbita\w*|rodea\w*|travelling circular|"
            r"da la vuelta|circunda|arco\b",
            "orbit",
        ),
        (r"zoom (?:in|hacia dentro|de acercamiento|de entrada)|acerca el zoom", "zoom in"),
        (r"zoom (?:out|hacia fuera|hacia atrás|de alejamiento|de salida)|aleja el zoom", "zoom out"),
        (r"\bzoom\b", "zoom"),
        (r"plano (?:holandés|aberrante|inclinado)|ángulo holandés|encuadre inclinado", "dutch angle"),
        (r"pane[oa]\w*|panorámica\w*|panea\w*", "pan"),
        (r"se inclina|inclina\w*|cabecea|tilt\b", "tilt"),
        (r"alabeo|\brueda\b", "roll"),
        (r"gr[úu]a\w*", "crane"),
        (r"gira\w*|giro\b|girando", "turn"),
        (
            r"avanza\w*|avance\w*|se acerca\w*|acerc\w+|travelling (?:de avance|"
            r"hacia delante|hacia adelante|in)|dolly in|entra\b|se adentra",
            "push in",
        ),
        (
            r"retroced\w*|se aleja\w*|alej\w+|travelling (?:de retroceso|hacia atrás|out)|dolly out|hacia atrás",
            "pull out",
        ),
        (r"sube\b|subir|subida|asciende\w*|se eleva\w*|ascenso|eleva\w*", "pedestal up"),
        (r"baja\b|bajar|bajada|desciende\w*|descenso|descendiendo", "pedestal down"),
        (r"sigue\b|siguiendo|seguir|acompaña\w*|persigue", "follow"),
        (r"travelling lateral|lateral\w*", "truck"),
        (
            r"travelling|sobrevuela\w*|vuelo\b|vuela\b|toma aérea|plano aéreo|"
            r"atraviesa\w*|cruza\w*|pasa(?:ndo)?\b|recorre\w*|se desliza"
            r"|desliza\w*|se mueve|se desplaza|mueve\b|movimiento\b|flota\b|va\b|se dirige|camina\b",
            "move",
        ),
        (r"\brota\w*|\bvoltea\w*|\bgirar\b", "turn"),
        (r"\btrepa\b|se levanta|\balza\w*", "pedestal up"),
        (r"\bbajando\b|se agacha", "pedestal down"),
        (r"steadicam|\bdolly\b|carro\b|slider", "move"),
        (r"\bacérc\w+", "push in"),
        (r"\baléj\w+", "pull out"),
        (r"\bsuba\b|\bsubiendo\b", "pedestal up"),
        (r"\bbaje\b", "pedestal down"),
        (r"\bmuév\w+|\bmueva\b|\bve\b", "move"),
        (r"\bsiga\b|\bsíguel\w+", "follow"),
    ),
    sides=(
        (r"desde el suelo|del suelo|desde el piso|del piso", "up"),
        (r"desde el techo|del techo", "down"),
        (r"(?:de (?:la )?)?izquierda\s*(?:a|hacia|-|→|/)?\s*(?:la )?derecha", "right"),
        (r"(?:de (?:la )?)?derecha\s*(?:a|hacia|-|→|/)?\s*(?:la )?izquierda", "left"),
        (
            r"en sentido (?:antihorario|contrario a las agujas del reloj)|sentido antihorario|antihorario",
            "counterclockwise",
        ),
        (r"en (?:el )?sentido (?:horario|de las agujas del reloj)|sentido horario", "clockwise"),
        (r"(?:hacia |a |por )?(?:la )?izquierda", "left"),
        (r"(?:hacia |a |por )?(?:la )?derecha", "right"),
        (r"hacia arriba|arriba\b", "up"),
        (r"hacia abajo|abajo\b", "down"),
        (r"hacia (?:delante|adelante)|adelante\b", "in"),
    ),
    manners=(
        (r"\bde golpe\b|\bbruscamente\b|\bde repente\b|\bsúbitamente\b", "sudden"),
        (r"\bmuy\b", "very"),
        (r"\blent[oa]s?\b|\blentamente\b|\bdespacio\b|\bsuavemente\b|\bpausad\w+", "slow"),
        (r"\brápid[oa]s?\b|\brápidamente\b|\bdeprisa\b|\bvelozmente\b", "fast"),
        (r"\bliger[oa]s?\b|\bligeramente\b|\bun poco\b|\bleve\w*|\bsutil\w*", "slight"),
        (r"\bsuaves?\b|\bpoco a poco\b|\bgradual\w*|\bcalma\w*|\btranquil\w*", "slow"),
        (r"\bbrusc\w+|\bbrutal\w*|\bde golpe\b|\brepentin\w+|\bsúbit\w+", "sudden"),
        (r"\brapidísim\w+|\bvelocísim\w+", "very fast"),
        (r"\blentísim\w+", "very slow"),
        (r"\bveloz\b|\bveloces\b", "fast"),
    ),
    units=(
        (r"\b(?:hasta |a |en )?(?:un |el )?(?:primer(?:ísimo)? plano|plano detalle)\b", ""),
        (r"\bcírculo completo", "orbita 360 degrees"),
        (r"sobre (?:su|el) (?:propio )?eje|sobre sí misma", "paneo"),
        (r"\bdos (?:veces|vueltas)\b", "720 degrees"),
        (r"\btres (?:veces|vueltas)\b", "1080 degrees"),
        (
            r"\b(?:después de|tras|a los) (\d+(?:[.,]\d+)?) segundos?|(\d+) segundos? (?:después|más tarde)",
            r"\1\2 delay",
        ),
        (r"\b(?:una )?vuelta completa|\bgiro completo", "orbita 360 degrees"),
        (r"\b(?:una )?media vuelta|(?:un )?medio (?:giro|círculo)|semicírculo", "orbita 180 degrees"),
        (r"\b(?:un )?cuarto de (?:vuelta|giro|círculo)", "orbita 90 degrees"),
        (r"\bmedio metro", "0.5 metres"),
        (r"\bun(?= metro)", "1"),
        (r"\bdos(?= (?:metros|segundos))", "2"),
        (r"\btres(?= (?:metros|segundos))", "3"),
        (r"\bcinco(?= (?:metros|segundos))", "5"),
        (r"(?:\b(?:de|unos|en|a)\s+)?(\d+(?:[.,]\d+)?)\s*(?:grados?|°)", r"\1 degrees"),
        (r"(?:\b(?:de|unos|a)\s+)?(\d+(?:[.,]\d+)?)\s*(?:centímetros?|cm)\b", r"\1 centimetres"),
        (r"(?:\b(?:de|unos|a)\s+)?(\d+(?:[.,]\d+)?)\s*(?:metros?|m)\b", r"\1 metres"),
        (r"(?:\b(?:de|durante|en)\s+)?(\d+(?:[.,]\d+)?)\s*(?:segundos?|s)\b", r"\1 seconds"),
    ),
    things=(
        (r"\b(?:hasta |a )?(?:la altura|al nivel|el nivel) (?:del |de ){N}", "level"),
        (
            rf"(?:(?:para|hasta) )?(?:revelar|mostrar|ver|descubrir|revelando|"
            rf"mostrando|que se ve)?\s*\b(?:toda la |todo el |la totalidad de la |"
            rf"el conjunto de la )(?P<n>{_WORD})",
            "whole",
        ),
        (r"\b(?:alrededor (?:del |de )|en torno (?:al |a )){N}", "around"),
        (
            (
                r"\b(?:por )?delante (?:del |de ){N}|\b(?P<keep>pas\w+) de largo (?:a |al )?{N}|\bdejan?(?:do|"
                r"r)? atrás {N}"
            ),
            "past",
        ),
        (r"(?P<keep>rodea\w*|orbita\w*|circunda)\s+(?!(?:a )?(?:la )?(?:izquierda|derecha))(?:a )?{N}", "around"),
        (r"(?P<keep>sobrevuela\w*)\s+{N}", "over"),
        (r"\b(?:por encima (?:del |de )|sobre ){N}", "over"),
        (r"(?P<keep>atraviesa\w*|cruza\w*)\s+{N}", "through"),
        (r"\bentre (?:los |las |el |la )?(?:dos )?{N}", "between"),
        (
            r"(?P<keep>pas\w+) por (?!(?:la |el |una? )?(?:izquierda|derecha|puerta|ventana|portón|arco|túnel|pasillo|"
            r"entrada|hueco|sala|cocina|delante|encima|debajo)){N}",
            "past",
        ),
        (r"(?P<keep>(?:da|dar|dando|dé) (?:la |una )?vuelta) (?:al |a ){N}", "around"),
        (r"\b(?:a través (?:del |de )|por (?!(?:la )?(?:izquierda|derecha)\b)){N}", "through"),
        (r"\ba lo largo (?:del |de ){N}", "along"),
        (r"(?P<keep>recorre\w*)\s+{N}", "along"),
        (r"(?P<keep>pasa\w*)\s+(?:junto (?:al |a )|por delante (?:del |de )|al lado (?:del |de )|por ){N}", "past"),
        (r"(?P<keep>se aleja\w*|alej\w+|aléj\w+|retrocede\w*)(?: la cámara)?\s+(?:del |de ){N}", "from"),
        (r"(?P<keep>se acerca\w*|acerc\w+|acérc\w+)(?: despacio| lentamente)?\s+(?:al |a ){N}", "to"),
        (r"\b(?:hasta(?! que\b)|en dirección (?:al |a )) ?{N}", "to"),
        (r"\bhacia (?!(?:la )?izquierda|(?:la )?derecha|arriba|abajo|delante|adelante|atrás|fuera|dentro){N}", "to"),
        (r"(?P<keep>sigue|siguiendo|seguir|acompaña\w*)\s+(?:al |a )?{N}", "with"),
        (r"\b(?:al|en) (?!sentido|mano|mismo|hombro){N}", "to"),
        (r"(?P<keep>\bzoom) (?:a|al|hacia|sobre|en) (?!atrás|a?delante|fuera|dentro){N}", "to"),
        (
            r"\b(?:a|sobre) (?:el|la|los|las|su|un|una) (?!izquierda|derecha|vez){N}",
            "to",
        ),
        (r"\bdesde (?!abajo|arriba){N}", "from"),
    ),
    others=r"^\s*(?:(?:el|la|los|las|un|una|unos|unas)\s+)?(?!cámara)"
    r"(?:coche|carro|hombre|mujer|niña|niño|chica|chico|gente|ella|"
    r"ellos|ellas|él|cortinas?|nubes?|luz|sol|perro|gato|"
    r"pájaros?|hojas|humo|agua|olas|tren|barco|lluvia|nieve|puerta|multitud)\b(?!\s*$)"
    r"|^\s*(?:el|la|los|las|un|una)\s+(?!cámara|plano|travelling|grúa|panorámica|"
    r"zoom|cuadro|dron|vista|objetivo|toma)"
    r"\w+\s+(?:\w+\s+){0,2}?(?:avanza|retrocede|gira|sube|baja|se acerca|camina|pasa|"
    r"entra|corre|vuela|cruza|sigue|se mueve)\w*",
    never=r"\b(?:sin|no|ningún|ninguna|nada de|ni|nunca|tampoco)\b",
    numbers="un/una/uno dos tres cuatro cinco seis siete ocho nueve diez",
    counted=r"metro|segundo|grado|centímetro",
)
