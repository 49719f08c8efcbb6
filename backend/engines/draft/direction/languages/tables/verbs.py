"""What a camera does, in each language, by the English that read.py knows: one table for all forms of a verb, beside
the phrases that each language's own room has. A stem that ends in "-" stands for the verb in any of its endings."""

from __future__ import annotations

import functools
import re

from ...lists import listed, one_of
from ..language import Rules

# Moves that say of a bare object how they go with it: "passe le canapé", "varca la porta", "把镜头推近".
PAST, THROUGH, OVER, LOOK, BACK, START = "pass", "go through", "fly over", "look", "back", "start"

_TABLE: dict[str, dict[str, str]] = {
    "push in": {
        "german": """ran, ranfahren, annähern, nähern, heranrücken, heranpirschen, heranschleichen, pirsch-, rückt,
            kommt, komm, kommen, taucht, dringt, vorfahren, vorrücken, vorwärts""",
        "french": """approch-, rapproch-, faufil-, vient, viens, venez, venir, aller, allons, allez, rejoin-, gagn-,
            aboutit, arriv-, fonc-, enfonce-, s'enfonc-, pousser, pousse, poussez, foncer, plonge vers""",
        "spanish": """acerc-, acérc-, acerqu-, acérqu-, aproxim-, aproxím-, avanz-, avanc-, arrim-, llega, llegar,
            llegamos, llegue, adelant-, adéntr-, empuj-, adelánt-, ven, vamos""",
        "italian": """avvicin-, avanz-, accost-, spingi, spinge, spingere, spingiti, raggiung-, arriva, arrivare,
            arriviamo, prosegui-, procedi, procede, addentrati, entriamo""",
        "portuguese": """aproxim-, avanç-, avance-, cheg-, chegu-, andar, ande, caminhe, caminhar, adentr-,
            vai, vá, vamos,
            ir, dirija-, prossiga, siga em frente""",
        "dutch": "nader-, dichterbij, kom, komt, schuif naar, toe rijden",
        "japanese": (
            "歩, 行[くっき], 来[るて], 迫, 近付, 忍び寄, にじり寄, 突っ込, 前へ, 進入, 入り込, 向か[うい], 詰め寄"
        ),
        "korean": "걸어\\w*, 가다\\w*, 접근\\w*, 파고\\w*, 다가서\\w*, 밀착\\w*, 나아가\\w*, 향하\\w*, 돌진\\w*",
        "chinese": (
            "来到, 滑向, 前移, 潜行, 凑近, 贴近, 驶入, 进入, 冲入, 走到, 移到, 挪到, 飘向, 挪向, 赶到, 奔向, "
            "飞到, 飞入, 移入, 推过去"
        ),
    },
    "pull out": {
        "german": (
            "zurücksetzen, zurückgehen, zurücktreten, zurückrollen, entfernen, entfern-, weicht, wegziehen, abstand"
        ),
        "french": "recul-, éloign-, s'éloign-, retir-, écart-, dégag-",
        "spanish": "retroced-, retrocéd-, alej-, aléj-, retir-, apart-, echa atrás, echarse atrás, atrás",
        "italian": "arretr-, indietreggi-, allontan-, retroced-, ritir-, scosta-",
        "portuguese": "recu-, afast-, retroced-, distanci-",
        "dutch": "achteruit-, wijk-, verwijder-",
        "japanese": "さが[るりっ], 退[くいがっ], 遠のく, 遠ざけ, 離[れす]",
        "korean": "물러\\w*, 뒷걸음\\w*, 뒤로\\w*, 빠지\\w*, 멀어\\w*, 후퇴\\w*",
        "chinese": "倒退, 撤后, 后撤, 退开, 退远, 往后, 拉后, 抽离, 离开",
    },
    "pedestal up": {
        "german": "anheben, hebt, heb, heben, aufsteigen, hochgehen, in die höhe, hochfahren, steig, steige, steigen",
        "french": """mont-, lèv-, lev-, élev-, élèv-, s'élev-, s'élèv-, élévation, grimp-, soulev-, soulèv-,
            prend- de la hauteur,
            de hauteur, remont-""",
        "spanish": "sub-, súb-, ascend-, asciend-, elev-, elév-, alz-, álz-, levant-, levánt-, alc-",
        "italian": "sal-, alz-, sollev-, innalz-, ascend-",
        "portuguese": "sub-, sob-, elev-, erg-, levant-, ascend-",
        "dutch": "stijg-, hef, heft, klim, klimt",
        "japanese": "浮上, 昇, 上が[るりっ], 登[るりっ], 持ち上げ, 舞い上が",
        "korean": "올린\\w*, 올려\\w*, 올라\\w*, 올리\\w*, 떠오\\w*, 떠올\\w*, 솟\\w*, 치솟\\w*",
        "chinese": "上移, 抬高, 拔高, 升上, 拉高, 上抬, 升空, 拔升, 飞起",
    },
    "pedestal down": {
        "german": "absenken, absinken, senkt, senk, senken, runtergehen, herunter, sinken, sink, tiefer",
        "french": "descend-, abaiss-, s'abaiss-, baiss-, redescend-",
        "spanish": "baj-, báj-, descend-, desciend-, agach-",
        "italian": "scend-, abbass-, discend-, cal-",
        "portuguese": "desc-, desç-, baixe, baixa, baixar, baixando, baixamos, abaix-",
        "dutch": "daal-, daalt, zak, zakt, laat zakken",
        "japanese": "降り, 下り[るてた], 下げ, 沈[むみん], 降下, 低く",
        "korean": "내린\\w*, 내려\\w*, 내리\\w*, 가라앉\\w*, 낮춘\\w*, 낮추\\w*, 낮아\\w*",
        "chinese": "下移, 放低, 沉下, 落下, 下压, 压低",
    },
    "pan": {
        "german": "schwenk-, schwenks, reiß-, reiss-",
        "french": "panot-, pivot-, panoram-, panoramiques?, balay-, balai-",
        "spanish": "pane-, paneos, panorámicas?, barre, barrer, barriendo, recorre con la mirada",
        "italian": "panoramic-, spazza",
        "portuguese": "panorâmic-, panor-, varre-, varr-",
        "dutch": "zwenk-, pan",
        "japanese": "パン",
        "korean": "패닝\\w*, 둘러\\w*",
        "chinese": "扫, 甩",
    },
    "turn": {
        "german": "dreh, drehe, dreht, drehen, drehung, wend-, abbiegen, biegt, rotier-",
        "french": "tourn-, vir-, bifurqu-",
        "spanish": "gir-, gír-, rot-, volte-, dobla, doblar, tuerce",
        "italian": "gir-, ruot-, volt-, svolt-, vòlt-",
        "portuguese": "gir-, vir-, rod-, dobr-",
        "dutch": "draai-",
        "japanese": (
            "回転[ぁ-ん]?[ぁ-ん]?, 振[るりっ][ぁ-ん]?[ぁ-ん]?, 曲が[るりっ][ぁ-ん]?[ぁ-ん]?, 向[くいけ][ぁ-ん]?[ぁ-ん]?"
        ),
        "korean": "돌린\\w*, 돌려\\w*, 돌리\\w*, 회전\\w*, 꺾\\w*, 틀\\w*",
        "chinese": "偏, 拐, 转弯, 拐弯, 转过",
    },
    "tilt": {
        "german": "neig-, kipp-",
        "french": "inclin-, inclinaisons?, bascul-",
        "spanish": "inclin-, inclín-, inclinaci[oó]n(?:es)?, cabece-",
        "italian": "inclin-, inclinazion[ei], basculare",
        "portuguese": "inclin-, inclín-, inclinaç(?:ão|ões)",
        "dutch": "kantel-, kanteling(?:en)?",
        "japanese": "ティルト[ぁ-ん]?[ぁ-ん]?, 傾け[ぁ-ん]?[ぁ-ん]?",
        "korean": "기울\\w*",
        "chinese": "俯仰",
    },
    LOOK: {
        "german": "blick, blickt, blicken, blicke, schau, schaut, schauen, schaue, guck-, sieh, sieht, betracht-",
        "french": "regard-, contempl-",
        "spanish": "mira, mirar, mire, mirando, miramos, observa, observar",
        "italian": "guard-, osserva, osservare, inquadra",
        "portuguese": "olha, olhar, olhe, olhando, olhamos, observa, mira",
        "dutch": "kijk, kijkt, kijken, blik",
        "japanese": "見[るてせ][ぁ-ん]?[ぁ-ん]?, 見(?=\\s*$), 映[しす][ぁ-ん]?[ぁ-ん]?, 捉え[ぁ-ん]?[ぁ-ん]?, "
        "眺め[ぁ-ん]?[ぁ-ん]?",
        "korean": (
            "본다, 보고, 보며, 보면서, 보기, 바라본\\w*, 바라보\\w*, 비춘\\w*, 비추\\w*, 보여\\w*, 돌아본\\w*, 쳐다\\w*"
        ),
        "chinese": "看向, 望向, 看着, 对准, 看, 望, 凝视, 注视",
    },
    "zoom in": {
        "german": "heranzoom-, einzoom-, ranzoom-",
        "french": "zoom-, zooms, resserr-",
        "spanish": "zooms, haz zoom, hace zoom, hacer zoom, hacemos zoom, zoomea-",
        "italian": "zoom-, string-",
        "portuguese": "dê zoom, dá zoom, dar zoom, faz zoom, faça zoom, fazer zoom, zoom",
        "dutch": "inzoom-, zoom-",
        "japanese": "拡大[ぁ-ん]?[ぁ-ん]?",
        "korean": "확대\\w*, 줌\\w*",
        "chinese": "变焦推近, 变焦推向, 变焦推进, 变焦到, 放大",
    },
    "zoom out": {
        "german": "auszoom-, wegzoom-, herauszoom-",
        "french": "dézoom-, élargi-",
        "spanish": "abre el plano, abrir el plano",
        "italian": "allarg-",
        "portuguese": "abre o plano, abrir o plano, abra o plano",
        "dutch": "uitzoom-",
        "japanese": "縮小[ぁ-ん]?[ぁ-ん]?",
        "korean": "축소\\w*",
        "chinese": "变焦拉远, 变焦拉出, 缩小",
    },
    "static shot": {
        "german": """wart-, warten, halt, halte, halten, innehalten, inne, still, stillhalten, stehenbleiben,
            ruht, ruhen,
            verweil-, pausier-, pause, stopp-, nichts passiert, nichts, steht, bleib stehen, bleib""",
        "french": """attend-, tien-, ten-, rest-, pause, arrêt-, s'arrêt-, immobile, immobilis-, s'immobilis-,
            fixe, stop,
            patient-, demeur-, stationn-, maintien-, mainten-""",
        "spanish": """esper-, mantén, mantien-, manten-, manteng-, aguant-, qued-, quéd-, detente, detén,
            detien-, deten-, deteng-, se para, parar,
            parars-, pare, paramos, párate, párese,
            pausa, quiet-, fijo, fija, stop, sostén, sostener, inmóvil, permanec-""",
        "italian": """aspett-, attend-, ferm-, tieni, tenere, teniamo, rest-, riman-, sost-, mantien-, manten-,
            mantieni,
            pausa, stop, immobil-""",
        "portuguese": """esper-, aguard-, segur-, paus-, pare, parar, paramos, fic-, fiqu-, mantém, mantenh-,
            mant-, imóvel,
            permanec-, detém, deten-, stop""",
        "dutch": "wacht-, stop, stopt, stoppen, houd, houdt, hou, pauz-, sta stil, blijf-, stil",
        "japanese": "待[つちっ][ぁ-ん]?[ぁ-ん]?, じっと[ぁ-ん]?[ぁ-ん]?, 停まる, ストップ, 間を置[くい]て?",
        "korean": "그대로, 기다\\w*, 머문\\w*, 머물\\w*, 홀드\\w*, 가만히, 멈추\\w*, 서서, 움직이지 않\\w*, 쉰다, 쉬고",
        "chinese": "停住, 停下, 停留, 停顿, 停, 等待, 等候, 等, 静止, 稍停, 驻留, 逗留",
    },
    PAST: {
        "german": "passier-, vorbeigleiten, vorbeifahren, vorbeiziehen, vorbeigehen, überhol-, vorbei",
        "french": "dépass-, frôl-, doubl-, pass-",
        "spanish": "pas-, pás-, deja atrás, dejar atrás, dejando atrás, sobrepas-, roza",
        "italian": "super-, oltrepass-, sorpass-, sfior-, pass-",
        "portuguese": "pass-, ultrapass-, deixa para trás",
        "dutch": "passeer-, voorbij-",
        "japanese": "過ぎ[るて], 横切[るりっ][ぁ-ん]?[ぁ-ん]?, すれ違",
        "korean": "지나쳐\\w*, 지나치\\w*, 스쳐\\w*, 지나서, 지나",
        "chinese": "经过, 擦过, 路过, 走过, 滑过, 掠过, 经由",
    },
    THROUGH: {
        "german": "durchquer-, durchfahren, betret-, betritt, tritt ein",
        "french": "franchi-, travers-",
        "spanish": "atravies-, atraves-, cruz-, cruc-",
        "italian": "varc-, attravers-",
        "portuguese": "atravess-, cruz-, transp-",
        "dutch": "doorkruis-, betreed-",
        "japanese": "通り抜け[ぁ-ん]?[ぁ-ん]?, くぐ[るりっ][ぁ-ん]?[ぁ-ん]?",
        "korean": "통과\\w*, 빠져나\\w*",
        "chinese": "穿过, 穿越, 通过, 穿出, 穿入",
    },
    OVER: {
        "german": "überflieg-, überquer-, überfliegt",
        "french": "survol-, enjamb-",
        "spanish": "sobrevuel-, sobrevol-",
        "italian": "sorvol-, scavalc-",
        "portuguese": "sobrevo-",
        "dutch": "vlieg over, overvlieg-",
        "japanese": "飛び越え[ぁ-ん]?[ぁ-ん]?",
        "korean": "넘어\\w*",
        "chinese": "飞越, 越过, 翻过, 飞过",
    },
    "orbit": {
        "german": "umrund-, umkreis-, umfahr-, umlauf-",
        "french": "contourn-, encercl-, orbit-, gravit-",
        "spanish": "rode-, orbit-, circund-, bordea",
        "italian": "orbit-, circond-, aggir-, accerchi-",
        "portuguese": "contorn-, orbit-, circund-, rodei-",
        "dutch": "omcirkel-, cirkel-",
        "japanese": "回り込[ぁ-ん]?[ぁ-ん]?, 周[るりっ]",
        "korean": "에워\\w*, 맴\\w*, 돌아",
        "chinese": "围着, 环绕, 围绕, 绕",
    },
    "follow": {
        "german": "folg-, verfolg-, begleit-",
        "french": "suiv-, accompagn-, poursui-",
        "spanish": "sigu-, segu-, acompañ-, persig-",
        "italian": "segu-, accompagn-, insegu-",
        "portuguese": "segue, siga, seguir, seguindo, acompanh-, persig-",
        "dutch": "volg-",
        "japanese": "追[うわいっ][ぁ-ん]?, つい(?:て行|ていく)",
        "korean": "따라\\w*, 쫓\\w*, 뒤따르\\w*",
        "chinese": "跟随, 跟着, 跟拍, 尾随",
    },
    "move": {
        "german": (
            "schieb-, schleich-, wander-, rutsch-, drift-, verschieb-, versetz-, gleit-, schweb-, flieg-, geh, geht"
        ),
        "french": """décal-, gliss-, coulis-, dériv-, longe-, flott-, déplac-, vol-, va, vas, chemin-, défil-,
            bouge-""",
        "spanish": "desplaz-, desplác-, desliz-, desliz-, deriv-, muev-, muév-, mov-, flot-, vuel-, vol-, camin-, anda",
        "italian": "spost-, scivol-, scorr-, trasl-, muov-, fluttu-, vol-, cammin-, dirig-",
        "portuguese": "desloc-, desliz-, mov-, flutu-, vo-, caminh-, deriv-",
        "dutch": "beweeg-, schuif-, glij-, zweef-, vlieg-, rijd, rij, loop, loopt, ga, gaat",
        "japanese": "ずれ[るて], 寄せ[るて]?, 漂[うい], 滑[るりっ][ぁ-ん]?[ぁ-ん]?",
        "korean": "옮기\\w*, 옮긴\\w*, 미끄러\\w*, 흘러\\w*, 간다, 가고, 가며, 가서, 갔\\w*",
        "chinese": "挪, 飘, 滑动, 滑行, 漂移, 横向移动",
    },
    START: {
        "german": "start-, beginn-, begonnen, anfang-, angefangen, fang-, anfangs",
        "french": "commenc-, début-, démarr-, part, partir, partez, partons, pars, partant, début",
        "spanish": "empiez-, empez-, empiec-, empec-, comienz-, comenz-, comienc-, parte, partiendo, partimos, arranc-",
        "italian": "inizi-, parti, parte, partire, partiamo, partendo, cominci-",
        "portuguese": "comec-, começ-, inici-, parte, partindo, parta",
        "dutch": "begin-, start-",
        "japanese": "始め[てる]?, 始ま[りる], スタート[ぁ-ん]?[ぁ-ん]?, 開始",
        "korean": "시작\\w*, 출발\\w*",
        "chinese": "开始, 起幅, 起始, 出发",
    },
    BACK: {
        "german": "zurückkehren, zurückkehrt, kehrt zurück, komm zurück, retour",
        "french": "revien-, reven-, retour, retourn-",
        "spanish": "vuelve, volver, vuelva, volviendo, regres-, vuelta, retorn-",
        "italian": "torn-, ritorn-",
        "portuguese": "volt-, retorn-, regress-",
        "dutch": "terugkeren, keert terug",
        "japanese": "戻[るりっすし][ぁ-ん]?[ぁ-ん]?, 元に戻",
        "korean": "돌아온\\w*, 돌아오\\w*, 되돌\\w*, 복귀\\w*",
        "chinese": "回到, 返回, 回来, 摇回, 摇回来, 移回, 退回原处, 回",
    },
}
# What a stem may end in: persons, orders, infinitives, gerunds, and the pronouns that hang on them.
_ENDINGS = {
    "german": r"(?:e|st|t|en|et|n|end|ung|en sie)?",
    "french": (
        r"(?:e|es|ent|ons|ez|er|ant|ir|is|it|issez|issons|issant|re|r|s|t|ds|d|d[er]?e?|drez?|ds)?(?:-(?:toi|vous|"
        r"nous))?"
    ),
    "spanish": (
        r"(?:o|a|e|as|es|an|en|amos|emos|imos|ar|er|ir|ad|ed|id|ando|iendo|ándo|iéndo|á|é)?(?:se|te|nos|la|lo|le)?"
    ),
    "italian": (
        r"(?:o|a|i|e|iamo|ate|ete|ite|ano|ono|are|ere|ire|ar|er|ir|ando|endo|hi|he|hiamo)?(?:si|ti|ci|la|lo|vi)?"
    ),
    "portuguese": r"(?:o|a|e|am|em|amos|emos|imos|ar|er|ir|á|ê|ando|endo|indo)?(?:-(?:se|nos|te|o|a))?",
    "dutch": r"(?:t|en|e|d|end)?",
}
_ENGLISH_TOO = one_of(
    """
        pan, pans, pass, passes, drift, rotate, stop, halt, pause, still, descend, ascend, orbit, zoom, follow,
        move, go,
        rest, rate, vole, volt, gain, part, partie, mont, mount, monte, arrive, arrives, cal, sole, sale,
        sales, sub, sobs,
        call, cale, case, rode, rota, bar, pare, pares, are, vire, vole, vol, regard, regards, guard, guards,
        roll, alto,
        tourney, plan, sold, sob, sobe, hold, hold, steer, tent, tend, ten, tens, tenant, tenants, tenir,
        hover, dobe, girt,
        gird, giro, gire, super, supers, supers, supero, supere, rest, rests, reste, gird, kom, bend, wander, wandered,
        steal, folds, send, sense, senate, baja, male, mantra, mover, movers, alt, vo, van, val, vale, vend, dare, dart,
        gut, guts, halt, halts, cruise, cruz, cross, doubles, double, doubt, ga, rij, via, visit, retire, retires, park,
        press, pase, reven, retour, retours, return, returns, passe, passer, attend, attends, attendant,
        attended, tired,
        tire, mantle, espero, volar, volts, inclined, incline, inclines, inclination, balance, vas, or, an, as,
        in, it, on,
        ire, hef, apart, descendant, descends, elevate, immobile, longer, moved, moves, orbits, pane, panoramic,
        paste, patient, pivot, quiet, retired, string, traverse, zooms, dove, duck, subs, volta, panel, pans,
        cheer, sink, sinking, inne, geht, ruin, ran, come, comes, kommen, bleib, way, ways, loop, loops
    """
)


@functools.cache
def verbs_of(name: str) -> Rules:
    """The moves of a language: a pattern for all the forms of each, and its English."""
    found = []
    for english in _TABLE:
        said = "|".join(_forms(name, english))
        found.append((rf"(?<![\w'’-])(?:{said})(?!\w)" if name in _ENDINGS else said, english))
    return tuple(found)


def is_verb(name: str, word: str) -> bool:
    """Whether a word can be a camera's verb in a language of the Latin script, and is no word of English."""
    if len(word) <= 3 or word in _ENGLISH_TOO:
        return False
    beginning = _by_first_letter(name).get(word[0], ())
    return any(word.startswith(head) and _compiled(form).fullmatch(word) for head, form in beginning)


@functools.cache
def _by_first_letter(name: str) -> dict[str, list[tuple[str, str]]]:
    """The forms of all moves in a language of the Latin script, and how what they match begins. All of them as one
    pattern would take as long to compile as all else of a first direction."""
    found: dict[str, list[tuple[str, str]]] = {}
    for english in _TABLE:
        for form in _forms(name, english):
            head = _HEAD.match(form)
            assert head is not None and head[0]
            found.setdefault(head[0][0], []).append((head[0], form))
    return found


def _forms(name: str, english: str) -> list[str]:
    """Patterns of a move in a language, one for each form or stem."""
    forms, ending = listed(_TABLE[english][name]), _ENDINGS.get(name, "")
    return [form.replace("-", ending) if ending else form for form in forms]


_compiled = functools.cache(re.compile)
_HEAD = re.compile(r"(?:\w(?![?*{]))*")  # the letters that a pattern begins with, less one that may be left out
