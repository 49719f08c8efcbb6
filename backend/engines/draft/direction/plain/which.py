"""Which language a direction is written in."""

from __future__ import annotations

import functools
import re

from ..languages import chinese, dutch, french, german, italian, japanese, korean, portuguese, spanish
from ..languages.tables.nouns import NOUNS
from ..languages.tables.verbs import is_verb
from ..lists import one_of
from .amounts.measures import is_unit
from .grammar import Reader


def reader_of(text: str) -> Reader | None:
    """The reader of the language that a text is in, None for English."""
    found = next((name for name, script in _SCRIPTS if script.search(text)), "")
    if found:
        return _reader(found)
    lower = text.lower()
    words = _WORD.findall(_NAMES.sub(" ", text).lower())
    marked = _LOANS.sub("", lower)
    counts = {name: _said_in(name, words, marked) for name in _FUNCTION_WORDS}
    most = max(counts.values())
    english = sum(word in _ENGLISH_WORDS for word in words)
    sided = len(_SIDED.findall(lower))  # "truck left": no other language has that side
    if not most or most < english + sided or (sided and most == english + sided):
        return None
    first = [name for name, count in counts.items() if count == most]
    return _reader(first[0] if len(first) == 1 else max(first, key=lambda name: _reader(name).tells(text.lower())))


def _said_in(name: str, words: list[str], marked: str) -> int:
    """How many words and marks of a language are there; a single one that English or a name may have is none."""
    known = _FUNCTION_WORDS[name]
    found = [
        word for word in words if word in known or word in _nouns(name) or is_verb(name, word) or is_unit(name, word)
    ]
    marks = len(_MARKS[name].findall(marked)) if name in _MARKS else 0
    if not marks and len(found) == 1 and (found[0] in _MAYBE_ENGLISH or found[0] in _nouns(name)):
        return 0
    return len(found) + marks


@functools.cache
def _nouns(name: str) -> frozenset[str]:
    """The things that are called so in this language and not in English."""
    return frozenset(NOUNS[name]) - frozenset(NOUNS[name].values()) - _ENGLISH_WORDS - _ALSO_ENGLISH


@functools.cache
def _reader(name: str) -> Reader:
    languages = {
        "german": german.GERMAN,
        "french": french.FRENCH,
        "spanish": spanish.SPANISH,
        "chinese": chinese.CHINESE,
        "italian": italian.ITALIAN,
        "japanese": japanese.JAPANESE,
        "korean": korean.KOREAN,
        "portuguese": portuguese.PORTUGUESE,
        "dutch": dutch.DUTCH,
    }
    return Reader(languages[name], name)


_LOANS = re.compile(r"façades?|cafés?|décor|à la\b|déjà vu|jalapeño|naïve|piñata")  # in English
_WORD = re.compile(r"[^\W\d_]+")
_NAMES = re.compile(  # Vasco da Gama, Notre-Dame de Paris
    r"(?<!\w)[A-Z][\w'’]+ (?:(?:da|das|de|del|della|den|der|di|do|dos|du|la|las|le|los|van|von) )+[A-Z][\w'’]+"
)
_SIDED = re.compile(
    r"\b(?:pan|truck|crane|orbit|tilt|roll|dolly|track|boom|pedestal|arc|jib|slide|drift|whip|turn|go|move|look)"
    r"(?:s|ning|ing)? (?:slow(?:ly)? |quick(?:ly)? |gently )?(?:left|right|up|down|forwards?|backwards?)\b"
)
_SCRIPTS = (
    ("korean", re.compile(r"[\uac00-\ud7a3]")),
    ("japanese", re.compile(r"[\u3040-\u30ff]")),
    ("chinese", re.compile(r"[\u4e00-\u9fff]")),
)
# Words that tell a language from the others.
_FUNCTION_WORDS = {
    "german": one_of(
        """
            die, der, das, den, dem, ein, eine, einen, und, auf, nach, kamera, fährt, schwenkt, langsam, langsame,
            langsamer, zu, zur, zum, um, über, durch, von, im, mit, dann, kamerafahrt, handkamera, drohnenflug,
            heranzoomen, feste, statische, schwenk, kran, kranfahrt, nicht, links, rechts, grad, meter,
            handgehaltene, umkreist, zoomt, entlang, vorbei, hoch, runter, leicht, leichte, sehr, reißschwenk,
            zurückfahren, herauszoomen, bis, einmal, kein, keine, ohne, leichter, heraus, heran, hinein,
            bewege, bewegung, fahrt, fahre, folge,
            sekunden, halten, warten, weder, nur, erst, danach, dabei, kamerabewegung,
            zoome, schwenke, umrundet, steigt, sinkt, folgt, ihr, stativ, atmen
        """
    ),
    "french": one_of(
        """
            la, le, les, un, une, des, du, caméra, et, vers, puis, lent, lente, lentement, plan, fixe, travelling,
            avant, arrière, autour, gauche, droite, panoramique, sur, dans, à, épaule, elle, il, grue, recule,
            avance, tourne, plongée, filé, monte, descend, jusqu, pour, degrés, mètres, suit, très, portée, sans,
            mouvement, seconde, secondes, mètre,
            aucun, aucune, ni, juste, pendant, sauf, au, aux, ne, pas, deux, trois, quatre, puis, haut, bas, en
        """
    ),
    "spanish": one_of(
        """
            la, el, los, las, un, una, cámara, y, hacia, luego, lento, lenta, lentamente, plano, fijo, paneo,
            izquierda, derecha, alrededor, del, al, de, en, mano, grados, metros, sube, baja, avanza, retrocede,
            gira, giro, grúa, travelling, lateral, con, desde, hasta, se, sin, movimiento, panorámica, órbita,
            sigue, mientras, muy, por, pasa, segundos, segundo, metro, espejo, sobre, dos, tres, cuatro,
            arriba, abajo, atrás, nada, ningún, ninguna, ni, solo, sólo, después
        """
    ),
    "italian": one_of(
        """
            il, lo, la, le, gli, della, dello, dell, del, al, alla, allo, all, sul, sulla, sull, dal, dalla, di, un,
            una, e, verso, poi, lento, lenta, lentamente, carrello, carrellata, inquadratura, fissa, ferma,
            panoramica, sinistra, destra, intorno, attorno, gira, gradi, metri, metro, secondi, sale, scende, avanza,
            indietro, gru, segue, mentre, molto, senza, movimento, tavolo, finestra, porta, mano, si, fino, mezzo,
            giro, sui, sugli, che, con, per, non, muovere, telecamera,
            niente, nessun, nessuna, solo, soltanto, dopo,
            sullo, nello, nella, nel, dallo, dalle, dai, alle, agli, sulle, uno, uno, due, tre, quattro, secondo
        """
    ),
    "portuguese": one_of(
        """
            os, um, uma, da, das, dos, na, nas, ao, à, e, para, pela, pelo, câmera, câmara, então,
            depois, lento, lenta, lentamente, devagar, plano, fixo, panorâmica, esquerda, direita, em, torno, redor,
            volta, com, sem, movimento, até, travelling, grua, avança, recua, sobe, desce, gira, segue, aproxima, graus,
            metros, metro, segundos, recuo, mão, horário, anti, enquanto, muito, rápido, rápida, não,
            trás, frente, direção, sua, seu, aproximamos, afastamos, afastando, aproximando,
            nada, nenhum, nenhuma, nem, só, apenas,
            segundo, cima, sobre, pelas, pelos, dois, duas, três, quatro, até
        """
    ),
    "dutch": one_of(
        """
            de, het, een, en, van, naar, op, om, dan, langzaam, langzame, langs, omhoog, omlaag, links,
            rechts, graden, meter, seconden, rijdt, nadert, naderen, beweegt, draait, kantelt, gaat, volgt, volg, zoomt,
            inzoomen,
            uitzoomen, achteruit, vooruit, geen, zonder, beweging, vast, kraan, heen, tot, zijn, haar, niet,
            terwijl, daarna, vervolgens, uit, stijgt, daalt, tussen, voorbij, terug, tegen, snel, snelle, halve,
            seconde, wachten, alleen, vooruit, noch, enkel, eerst
        """
    ),
}
# Parts of words and letters that do the same.
_MARKS = {
    "german": re.compile(r"kamera|fahrt|fahren|schwenk|zoomt|zoomen|[ßäöü]"),
    "french": re.compile(r"caméra|panoramique|[èêçœùî]|\b[ld]'"),
    "spanish": re.compile(r"cámara|paneo|[ñ¿¡óáí]|\bdos (?=metros|segundos|pasos|veces|vueltas)"),
    "italian": re.compile(
        r"\bla camera\b|carrell|inquadrat|macchina da presa|[ìòù]\b|zione\b|\b(?:dell|all|sull|nell)'"
    ),
    "portuguese": re.compile(r"câm[ea]ra|panorâmica|[ãõ]|\b(?:às|ção)\b|ções\b|ção\b|\w-(?:se|nos)\b"),
    "dutch": re.compile(r"\b(?:naar|het|een)\b|ij[a-z]|camerabew"),
}
_ENGLISH_WORDS = one_of(
    """
            the, a, an, and, of, to, on, with, then, camera, slow, slowly, into, from, around, shot, at, her,
            his, past, as, while, up, out, down, over, is, it, through, left, right, push, pull, pan, tilt, back,
            toward, towards, he, she, without, any, not, motion, movement, just, only, very, this,
            that, we, they, their, its, for, until, across, along,
                        goes, go, moves, move, cam, forward, backward, hold, dolly, meter,
            meters, second, seconds, per, feet, metres, degrees, until, from, onto, by
        """
)
# Words of other languages that are English, too, or parts of names.
_MAYBE_ENGLISH = one_of(
    """
        al, com, con, da, dal, dan, das, de, dei, del, della, dem, den, der, descend, die, do, dos, e, een, el,
        em, halve, im, la, las, le, les, lo, los, mezzo, metro, na, non, op, par, per, plan, pour, sale, se,
        sem, si, suit, tot, travelling, un, una, van, vast, von, y
    """
)
# Things that an English word is called like.
_ALSO_ENGLISH = one_of(
    """
        bank, bar, bureau, brief, hall, gang, tour, arm, arme, hand, see, rad, bad, bord, muse, main, mesa,
        man, men, mare, stage, place, sale, hof, tor, mall, mala, bus, pilier, via, vase, sol, rio, hen, hun,
        hem, lit, mur, seto, ring, boom, trap, plank, kind, stel, kom, meer, bus, plant, over, photo, champ,
        chat, chaise, grille, portail, verse, pool, four, lustre, tableau, arcade, barrière, pont, office,
        terrace, train, auto, museum, tunnel, glass, statue, computer, logo, actor, singer, boutique
    """
)
