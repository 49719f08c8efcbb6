"""Ways back that a clause of another language says, and nothing else: "wieder zurück", "retour au centre",
"回到原位"."""

from __future__ import annotations

import re

# The way back of whatever was told before it.
_BACK = re.compile(
    r"(?:und |wieder )*(?:(?:he)?raus|zurück(?:schwenken|kehren)?|(?:schwenkt?|kehrt|dreht) (?:wieder |dann )*zurück|"
    r"retour|"
    r"(?:et |puis )?(?:on |elle )?(?:revient|reviens|revenir|retourne)|(?:y )?(?:vuelve|vuelta|volver|regresa|"
    r"regresar|regreso|de vuelta|de regreso)|"
    r"(?:e )?(?:(?:torna |ritorna )?indietro|ritorno|ritorna|torna|tornare)|(?:e )?(?:de volta|volta|voltar|retorna|"
    r"retorno)|"
    r"(?:en )?(?:(?:weer )?terug|(?:keert|keer|draait|pant) (?:weer )?terug))|"
    r"(?:再び|また)?戻[るりっ]て?(?:くる|来る)?|戻す|(?:다시 )?(?:되)?돌아(?:온다|간다|오기|가기|와|가)|"
    r"(?:再|又)?\s?(?:[摇推拉移转升降])?(?:返回|回来|回去|回)"
)
_START = (
    r"(?:jusqu['’]|fino |até |bis |hasta |tot )?(?:(?:zur|in die|zum|an den) (?:mitte|anfang|ausgang\w*|start\w*|"
    r"ursprungs\w*)|"
    r"(?:au|à la|à) (?:centre|milieu|début|départ|position (?:initiale|de départ)|point de départ|cadre initial)|"
    r"(?:al|a la) (?:centro|medio|inicio|principio|posición (?:inicial|original)|punto (?:inicial|de partida)|"
    r"encuadre inicial)|"
    r"(?:all['’]|al )(?:centro|inizio|posizione (?:iniziale|di partenza)|punto di partenza|inquadratura iniziale)|"
    r"alla posizione (?:iniziale|di partenza)|"
    r"(?:ao|à) (?:centro|meio|início|começo|posição (?:inicial|original)|ponto (?:inicial|de partida))|"
    r"naar (?:het |de )?(?:midden|begin\w*|start\w*|uitgangs\w*))"
)
_HOME = re.compile(
    rf"(?:und |et |y |e |en |puis |wieder |weer )*(?:zurück|retour|(?:on |elle )?(?:revient|reviens|revenir|retourne)"
    rf"|retrocede|retroceder|recule|reculez|arretra|indietro|torna indietro|recua|recue|achteruit|vuelve|volver|"
    rf"vuelta|regresa|regreso|de vuelta|torna|tornare|ritorna|"
    rf"ritorno|volta|voltar|de volta|retorna|retorno|terug|keert terug|keer terug)(?: (?:wieder|de nouveau))? "
    rf"{_START}(?: (?:zurück|terug))?|"
    rf"(?:wieder |weer )?{_START} (?:zurück|terug)|"
    r"(?:最初|元|始め|はじめ|中央|真ん中)の?(?:位置|場所|構図|フレーム|アングル)?[にへ](?:また|再び)"
    r"?戻[るりっすし]て?(?:くる|来る)?|"
    r"(?:처음|원래|중앙|가운데|시작)(?: ?위치| ?자리| ?지점)?(?:으로|로) (?:다시 )?(?:되)?돌아(?:온다|간다|오기|가기|"
    r"와|가)|제자리로(?: 돌아온다| 돌아간다)?|"
    r"(?:再|又)?\s?[摇推拉移转升降]?回到?(?:原位|原处|原点|中间|中央|中心|起点|起始位置|开始的?位置|最初的?位置)"
)


def way_back(clause: str) -> str:
    """What such a clause is in the words of moves/joining.py; "" for any other."""
    told = clause.strip()
    return "homeward" if _HOME.fullmatch(told) else "back" if _BACK.fullmatch(told) else ""
