"""How each language says that a thing is looked at all along a way: "eyes on Anna", "en gardant le canapé dans le
cadre". {N} stands for the thing, in lower case with what goes before a noun."""

from __future__ import annotations

# What may go before the name of a thing, in languages that leave blanks.
ARTICLES = {
    "german": r"den|die|das|dem|der|einen?|einem|einer|ihren?|seinen?",
    "french": r"le|la|les|l['’]|un|une|au|aux|du|des|à la|à l['’]|de la|de l['’]|son|sa",
    "spanish": r"el|la|los|las|al|a la|a los|a las|del|de la|un|una|a un|a una|su",
    "italian": r"il|lo|la|i|gli|le|l['’]|al|allo|alla|all['’]|sul|sullo|sulla|sull['’]|del|della|dell['’]|dal|dalla|un|"
    r"una|su un|su una",
    "portuguese": r"o|a|os|as|ao|à|do|da|no|na|um|uma|num|numa",
    "dutch": r"de|het|een|haar|zijn",
}
_DE_IN = r"(?:im (?:bild|blick|auge|fokus|zentrum|sucher)|in der (?:bild)?mitte|zentriert|mittig)"
_DE_EVER = r"(?:(?:dabei|immer|stets|ständig|die ganze zeit|wir|weiter|fest) )*"
_FR_IN = (
    r"(?:dans (?:le (?:cadre|champ)|l['’]image)|au (?:centre|milieu)(?: du cadre| de l['’]image)?|à l['’](?:image|"
    r"écran)|"
    r"en vue|centrée?s?|cadrée?s?)"
)
_FR_EVER = r"(?:(?:toujours|constamment|bien|sans cesse|en permanence) )*"
_ES_IN = (
    r"(?:en (?:el )?(?:centro|cuadro|encuadre|plano|medio)(?: del? (?:la )?(?:cuadro|encuadre|plano|imagen))?|"
    r"(?:en)?cuadrad[oa]s?|centrad[oa]s?|a la vista|en cámara)"
)
_ES_EVER = r"(?:(?:siempre|todo el (?:tiempo|rato)|bien|en todo momento) )*"
_IT_IN = (
    r"(?:al centro(?: del(?:l['’]| )\w+)?|in (?:quadro|campo|vista|inquadratura|mezzo)|nell['’]inquadratura|"
    r"inquadrat[oaie]|centrat[oaie])"
)
_IT_EVER = r"(?:(?:sempre|ben|costantemente|tutto il tempo) )*"
_PT_IN = (
    r"(?:n[oa] (?:centro|quadro|enquadramento|meio|tela|plano|imagem)(?: d[oa] \w+)?|em (?:quadro|vista|cena)|"
    r"centralizad[oa]s?|centrad[oa]s?|enquadrad[oa]s?|à vista)"
)
_PT_EVER = r"(?:(?:sempre|bem|o tempo todo) )*"
_NL_IN = r"(?:in (?:beeld|zicht|het (?:midden|beeld|oog|zicht|kader|vizier))|gecentreerd|centraal)"
_NL_EVER = r"(?:(?:altijd|steeds|voortdurend|de hele tijd|we|je|strak|daarbij) )*"
_JA_EVER = r"(?:常に|ずっと|終始|つねに|絶えず)?"
_KO_EVER = r"(?:(?:계속(?:해서)?|항상|늘|내내|줄곧) ?)?"
_ZH_EVER = r"(?:始终|一直|全程|时刻|持续|不断)(?:都)?"
_ZH_IN = (
    r"(?:处于|位于|置于|放在|留在|保持在|居于|在)?"
    r"(?:画面|镜头|取景框)?的?(?:正?中央|正?中心|中间|正中|之中|里面?|内|中)"
)

WATCHING: dict[str, tuple[str, ...]] = {
    "german": (
        rf"(?:behalten?|behält|behaltend|halten?|hält|haltend) {_DE_EVER}{{N}} {_DE_EVER}{_DE_IN}",
        rf"{{N}} (?:bleibt {_DE_EVER}{_DE_IN}|{_DE_EVER}{_DE_IN} (?:(?:zu )?(?:behalten|halten)d?|bleib\w+)|(?:immer|"
        rf"stets) {_DE_IN}|im (?:blick|auge))",
        rf"(?<!senkt )(?<!hebt )(?<!richtet )(?<!gibt )(?<!wirft )(?:den |dem |der |die |ihren )(?:blick|augen) "
        rf"(?:bleib\w+ )?{_DE_EVER}auf {{N}}(?: {_DE_EVER}(?:gerichtet|geheftet|fixiert))?(?! frei)",
        rf"(?:die |der )?(?:kamera|linse|objektiv) (?:bleibt )?{_DE_EVER}auf {{N}} {_DE_EVER}gerichtet",
        r"(?:ohne )?{N} (?:dabei |je |nie |niemals |nicht )*aus (?:den augen|dem (?:blick|bild|auge)) (?:zu "
        r")?(?:verlier\w+|lass\w+)",
        r"(?:schau|blick|seh|sieh)\w* (?:(?:dabei|immer|stets|ständig|die ganze zeit) )+(?:auf |zu |zur |zum "
        r")?{N}(?: an| hin)?",
        r"(?:immer|stets|dabei|die ganze zeit) (?:auf |zu |zur |zum )?{N} (?:an)?(?:schau\w+|seh\w+|blick\w+|"
        r"gerichtet)",
    ),
    "french": (
        rf"(?:gard\w+|mainten\w+|laiss\w+|tenant) {_FR_EVER}{{N}} {_FR_EVER}{_FR_IN}",
        rf"{{N}} (?:reste|restant|demeure) {_FR_EVER}{_FR_IN}",
        r"(?:sans|ne) (?:jamais )?(?:perd\w+|quitt\w+|lâch\w+) (?:pas |jamais )?(?:de vue |des yeux |du regard "
        r")?{N}(?: de vue| des yeux| du regard)?",
        rf"(?:le |les |la )?(?:regard|yeux|caméra|objectif) {_FR_EVER}(?:fixée?s?|rivée?s?|braquée?s?|pointée?s?|"
        rf"tournée?s?|posée?s?) {_FR_EVER}(?:sur |vers )?{{N}}",
        rf"(?<!baisse )(?<!lève )(?<!jette )(?:le |les )(?:regard|yeux) {_FR_EVER}sur {{N}}",
        rf"(?:regard|fix|vis)(?:ant|e|er) {_FR_EVER}{{N}}(?: {_FR_EVER}| toujours| constamment| sans cesse)?",
        r"toujours (?:tournée?|orientée?|dirigée?|pointée?|face) (?:vers |sur )?{N}",
    ),
    "spanish": (
        rf"(?:manteniendo|mantén|mantener|mantiene|mantenemos|teniendo|dejando) {_ES_EVER}(?:a )?{{N}} "
        rf"{_ES_EVER}{_ES_IN}",
        rf"{{N}} (?:queda|sigue|permanece|se mantiene) {_ES_EVER}{_ES_IN}",
        r"(?:sin|nunca|no|jamás) (?:perder|perdiendo|pierde|pierdas|dejar|quitar|apartar) (?:nunca )?(?:de (?:vista|"
        r"mirar) |la (?:vista|mirada) de |los ojos de )(?:a )?{N}",
        r"(?:sin|nunca|no|jamás) (?:perder|perdiendo|pierde|pierdas) (?:nunca )?(?:a )?{N} de vista",
        rf"(?:la |los |el )?(?:mirada|vista|ojos|cámara|objetivo) {_ES_EVER}(?:fij[oa]s?|puest[oa]s?|clavad[oa]s?) "
        rf"{_ES_EVER}(?:en |hacia |sobre )?{{N}}",
        rf"(?:mirando|enfocando|apuntando) {_ES_EVER}(?:hacia |a )?{{N}}(?: siempre| todo el tiempo| en todo momento)?",
    ),
    "italian": (
        rf"(?:tenendo|mantenendo|tieni|tenere|mantieni|tenga|lasciando) {_IT_EVER}{{N}} {_IT_EVER}{_IT_IN}",
        rf"{{N}} (?:resta|rimane|rimanendo|restando) {_IT_EVER}{_IT_IN}",
        r"(?:senza|mai|non) (?:mai )?(?:perdere|perdendo|perde) (?:mai )?(?:di vista |d['’]occhio )?{N}(?: di vista| "
        r"d['’]occhio)?",
        r"(?:senza|mai|non) (?:mai )?(?:togliere|staccare|distogliere) (?:mai )?(?:gli occhi |lo sguardo )(?:da )?{N}",
        rf"(?:lo |gli |la |l['’])?(?:sguardo|occhi|camera|obiettivo) {_IT_EVER}(?:fiss[oia]|puntat[oaie]|"
        rf"rivolt[oaie]|incollat[oia]) {_IT_EVER}(?:su |a |verso )?{{N}}",
        rf"(?:guardando|inquadrando|fissando|puntando) {_IT_EVER}(?:verso |a )?{{N}}(?: sempre)?",
    ),
    "portuguese": (
        rf"(?:mantendo|mantém|manter|mantenha|deixando|tendo) {_PT_EVER}{{N}} {_PT_EVER}{_PT_IN}",
        rf"{{N}} (?:fica|permanece|continua) {_PT_EVER}{_PT_IN}",
        r"(?:sem|nunca|não) (?:nunca )?(?:perder|perdendo|perca|perde) (?:nunca )?(?:de vista )?{N}(?: de vista)?",
        r"(?:sem|nunca|não) (?:tirar|tirando|desviar) (?:nunca )?(?:os olhos |o olhar )(?:de )?{N}",
        rf"(?:o |os |a )?(?:olhar|olhos|câmera|câmara) {_PT_EVER}(?:fix[oa]s?|voltad[oa]s?|apontad[oa]s?|pres[oa]s?) "
        rf"{_PT_EVER}(?:em |para )?{{N}}",
        rf"(?:olhando|focando|mirando|apontando) {_PT_EVER}(?:para )?{{N}}(?: sempre| o tempo todo)?",
    ),
    "dutch": (
        rf"(?:houden|houdt?|hou|houdend) {_NL_EVER}{{N}} {_NL_EVER}{_NL_IN}",
        rf"{{N}} (?:blijft {_NL_EVER}{_NL_IN}|{_NL_EVER}{_NL_IN} (?:te )?(?:houd\w*|blij\w+)|(?:altijd|steeds) "
        rf"{_NL_IN})",
        rf"(?:de |je |onze )?(?:blik|ogen) {_NL_EVER}(?:blij\w+ )?(?:op|naar) {{N}}(?: gericht| gevestigd)?",
        rf"(?:de )?(?:camera|lens) {_NL_EVER}(?:blijft )?{_NL_EVER}op {{N}} gericht",
        r"(?:zonder )?{N} (?:nooit |niet |ooit )?uit (?:het (?:oog|zicht)|beeld) (?:te )?(?:verliezen|laten)",
        rf"(?:kijkend|blijf\w* kijken|kijk\w*) {_NL_EVER}naar {{N}}",
        r"(?:steeds|altijd|voortdurend) naar {N} (?:te )?(?:kijken|kijkend|gericht)",
    ),
    "japanese": (
        rf"{_JA_EVER}{{N}}を{_JA_EVER}(?:画面の?|フレームの?)?(?:中央|中心|真ん中|視界)?(?:内|の中)?[にで]?"
        r"(?:見|見つめ|捉え|とらえ|収め|映し|保ち|入れ|見据え|向き|眺め|写し)続?け?(?:ながら|たまま|つつ)",
        rf"{_JA_EVER}{{N}}を{_JA_EVER}(?:見続け|見つめ続け|捉え続け|映し続け)(?:ながら|たまま|て|る)?",
        r"{N}を(?:見失わ|フレームから外さ|画面から外さ)(?:ず|ない)(?:に|で|よう(?:に)?)?",
        r"{N}から(?:目|視線)を(?:離さ|逸らさ|そらさ|外さ)(?:ず|ない)(?:に|で)?",
        rf"視線[はを]{_JA_EVER}{{N}}に(?:向けたまま|向けながら|固定した?まま|固定して|固定|向けて)",
        rf"{{N}}に{_JA_EVER}(?:視線|カメラ|レンズ)を(?:向けたまま|向けながら|向けつつ|固定したまま)",
    ),
    "korean": (
        rf"{_KO_EVER}{{N}}[을를] {_KO_EVER}(?:바라|지켜|쳐다)?(?:보면서|보며|보는 채로?|본 채로?)",
        rf"{_KO_EVER}{{N}}[을를] {_KO_EVER}(?:주시|응시)(?:하며|하면서|한 채로?)",
        r"(?:계속(?:해서)?|항상|줄곧) {N}[을를] (?:바라보|보|주시하|응시하)\w*",
        r"{N}[을를] (?:계속(?:해서)?|항상|줄곧) (?:바라본|본|바라보|주시|응시)\w*",
        rf"{{N}}[을를] {_KO_EVER}(?:화면|프레임|시야)?(?:의)? ?(?:중앙|가운데|안|중심)?에(?:서)? "
        rf"{_KO_EVER}(?:두고|두며|두면서|둔 채로?|유지\w*|"
        rf"담\w*(?: 채로?)?|잡은 채로?)",
        r"{N}[을를] (?:시야에서 |화면에서 )?놓치지 않(?:고|으며|으면서|은 채로?)",
        r"{N}에게?서 (?:눈|시선)을 떼지 않(?:고|으며|으면서|은 채로?)",
        rf"시선은 {_KO_EVER}{{N}}에게?(?: 고정\w*(?: 채로?)?| 둔 채로?|만)",
    ),
    "chinese": (
        rf"{_ZH_EVER}(?:看着|看向|对准|对着|盯着|朝向|朝着|注视着?|面向|锁定|拍着|瞄准|望着){{N}}(?=的?同时|[\s，,。、；]|$)",
        r"(?<![^\s，,。、；边并且头])(?:看着|盯着|注视着|锁定|望着){N}(?=的?同时|[\s，,。、；]|$)",
        rf"(?:{_ZH_EVER})?(?:保持|让|使|将|把){{N}}(?:始终|一直|全程|都|保持)*{_ZH_IN}",
        rf"{{N}}(?:始终|一直|全程)(?:保持)?{_ZH_IN}",
        r"(?:视线|目光|眼睛)(?:始终|一直)?(?:不离开?|锁定在?|停在|对准){N}上?",
        r"不(?:要)?(?:丢失|跟丢){N}",
    ),
}
# What joins such words to a move, and goes with them.
LINKS = {
    "german": r"und|mit|wobei|während|dabei|aber|immer|stets",
    "french": r"et|tout en|en|avec|mais|pendant que|tandis que|toujours",
    "spanish": r"y|con|siempre|pero|mientras",
    "italian": r"e|con|sempre|ma|mentre|pur",
    "portuguese": r"e|com|sempre|mas|enquanto",
    "dutch": r"en|met|terwijl|maar|steeds|altijd|daarbij",
    "japanese": r"常に|ずっと|カメラは",
    "korean": r"계속|항상|카메라는",
    "chinese": r"并且?|同时|镜头|且|一边|边",
}
