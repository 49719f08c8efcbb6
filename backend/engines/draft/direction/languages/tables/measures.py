"""How much, in each language: its numbers in words, its units, its halves, its parts of a turn."""

from __future__ import annotations

# One to nine as compounds have them, then ten to nineteen, then the tens; forms of one number separated by "/".
ONES = {
    "german": "ein/eins/eine/einen/einem/einer zwei/zwo drei vier fünf sechs sieben acht neun",
    "french": "un/une deux trois quatre cinq six sept huit neuf",
    "spanish": "uno/un/una dos tres cuatro cinco seis siete ocho nueve",
    "italian": "uno/un/una due tre/tré quattro cinque sei sette otto nove",
    "portuguese": "um/uma dois/duas três quatro cinco seis sete oito nove",
    "dutch": "een/één twee drie vier vijf zes zeven acht negen",
}
TEENS = {
    "german": "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn",
    "french": "dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf",
    "spanish": "diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve",
    "italian": "dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove",
    "portuguese": (
        "dez onze doze treze catorze/quatorze quinze dezesseis/dezasseis dezessete/dezassete dezoito dezenove/dezanove"
    ),
    "dutch": "tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien",
}
TENS = {
    "german": "zwanzig dreißig/dreissig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "french": "vingt trente quarante cinquante soixante septante quatre-vingt/quatre-vingts/huitante/octante nonante",
    "spanish": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "italian": "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "portuguese": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
    "dutch": "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
}
# How ones and tens are joined, and what stands after a hundred: {tens}, {ones}.
JOINED = {
    "german": ("{ones}und{tens}",),
    "french": ("{tens} {ones}", "{tens} et {ones}"),
    "spanish": ("{tens} y {ones}", "{tens} {ones}"),
    "italian": ("{tens}{ones}",),
    "portuguese": ("{tens} e {ones}",),
    "dutch": ("{ones}en{tens}", "{ones}ën{tens}"),
}
HUNDREDS = {
    "german": ("hundert/einhundert zweihundert dreihundert", ("", "und")),
    "french": ("cent deux-cent/deux-cents trois-cent/trois-cents", (" ",)),
    "spanish": ("ciento/cien doscientos/doscientas trescientos/trescientas", (" ",)),
    "italian": ("cento duecento trecento", ("", " ")),
    "portuguese": ("cento/cem duzentos/duzentas trezentos/trezentas", (" e ", " ")),
    "dutch": ("honderd tweehonderd driehonderd", ("", "en", " ")),
}
KOREAN_COUNTS = (
    "하나/한 둘/두 셋/세/석 넷/네/넉 다섯 여섯 일곱 여덟 아홉 열 "
    "열한 열두 열세 열네 열다섯 열여섯 열일곱 열여덟 열아홉 스무/스물"
)
KOREAN_TENS = {"서른": 30, "마흔": 40, "쉰": 50, "예순": 60, "일흔": 70, "여든": 80, "아흔": 90}

# By language, how many metres a unit has, as patterns. Metres and centimetres themselves are known to each language.
UNITS: dict[str, dict[float, str]] = {
    "german": {
        0.001: "millimetern?|mm",
        0.01: "zentimetern?|cm",
        0.0254: "zoll",
        0.1: "dezimetern?|dm|handbreit(?:e|en)?",
        0.3048: "fuß|fuss|ft",
        0.6: "armlängen?",
        0.7: "schritt(?:e|en)?",
        0.9144: "yards?",
        1.0: "metern?|m",
        1.7: "körperlängen?|mannslängen?|mannshöhen?",
        3.0: "stockwerke?n?|etagen?|geschosse?n?",
        4.5: "wagenlängen?|autolängen?",
        1000.0: "kilometern?|km",
    },
    "french": {
        0.001: "millimètres?|mm",
        0.01: "centimètres?|cm",
        0.0254: "pouces?",
        0.1: "décimètres?|dm",
        0.3048: "pieds?|ft",
        0.6: "longueurs? de bras",
        0.7: "pas",
        0.9144: "yards?",
        1.0: "mètres?|m",
        1.7: "longueurs? de corps|hauteurs? d['’]homme",
        3.0: "étages?",
        4.5: "longueurs? de voiture",
        1000.0: "kilomètres?|km",
    },
    "spanish": {
        0.001: "milímetros?|mm",
        0.01: "centímetros?|cm",
        0.0254: "pulgadas?",
        0.1: "decímetros?|dm|palmos?",
        0.3048: "pies?|ft",
        0.7: "pasos?",
        0.9144: "yardas?",
        1.0: "metros?|m",
        1.7: "cuerpos?",
        3.0: "pisos?|plantas?",
        1000.0: "kilómetros?|km",
    },
    "italian": {
        0.001: "millimetr[oi]|mm",
        0.01: "centimetr[oi]|cm",
        0.0254: "pollic[ei]",
        0.1: "decimetr[oi]|dm|spann[ae]",
        0.3048: "piedi|piede|ft",
        0.7: "pass[oi]",
        0.9144: "iard[ae]|yards?",
        1.0: "metr[oi]|m",
        3.0: "pian[oi]",
        1000.0: "chilometr[oi]|km",
    },
    "portuguese": {
        0.001: "milímetros?|mm",
        0.01: "centímetros?|cm",
        0.0254: "polegadas?",
        0.1: "decímetros?|dm|palmos?",
        0.3048: "pés?|ft",
        0.7: "passos?",
        0.9144: "jardas?",
        1.0: "metros?|m",
        3.0: "andar(?:es)?|pisos?",
        1000.0: "quil[óô]metros?|km",
    },
    "dutch": {
        0.001: "millimeters?|mm",
        0.01: "centimeters?|cm",
        0.0254: "inch|duim",
        0.1: "decimeters?|dm",
        0.3048: "voet|ft",
        0.6: "armlengtes?",
        0.7: "stap(?:pen|jes?)?|pas(?:sen)?",
        0.9144: "yards?",
        1.0: "meters?|m",
        3.0: "verdieping(?:en)?|etages?",
        4.5: "autolengtes?",
        1000.0: "kilometers?|km",
    },
    "japanese": {
        0.001: "ミリメートル|ミリ|mm",
        0.01: "センチメートル|センチ|cm|㎝",
        0.0254: "インチ",
        0.3048: "フィート|フット",
        0.303: "尺",
        0.7: "歩",
        0.9144: "ヤード",
        1.0: "メートル|メーター|m",
        3.0: "階分|フロア",
        1000.0: "キロメートル|キロ|km",
    },
    "korean": {
        0.001: "밀리미터|밀리|mm",
        0.01: "센티미터|센티|센치|cm",
        0.0254: "인치",
        0.3048: "피트",
        0.7: "걸음|발자국|발짝|보(?![가-힣])",
        0.9144: "야드",
        1.0: "미터|m",
        3.0: "층",
        1000.0: "킬로미터|킬로|km",
    },
    "chinese": {
        0.001: "毫米",
        0.01: "厘米|公分|cm",
        0.0254: "英寸|吋",
        0.3048: "英尺|呎",
        0.333: "尺",
        0.7: "步",
        0.9144: "码|碼",
        1.0: "米|公尺|m",
        3.0: "层楼|層樓|层|樓層",
        1000.0: "公里|千米",
    },
}
# A half before a unit, "and a half" behind it, and a few of it.
HALVES = {
    "german": ("halbe[rnms]?", "und ein(?:e[nrm]?)? halbe[rnms]?", "ein paar|einige|wenige|mehrere"),
    "french": ("demi[- ]?e?", "et demie?", "quelques|plusieurs"),
    "spanish": ("medi[oa]", "y medi[oa]", "un par de|unos cuantos|unos pocos|algunos"),
    "italian": ("mezz[oa]", "e mezz[oa]", "un paio di|qualche|alcuni|alcune"),
    "portuguese": ("mei[oa]", "e mei[oa]", "um par de|alguns|algumas|uns"),
    "dutch": ("halve", "en een (?:half|halve)", "een paar|enkele"),
    "japanese": ("半", "半", "数"),
    "korean": ("반", "반", "몇"),
    "chinese": ("半", "半", "几|幾|数"),
}
METRE = {"japanese": "メートル", "korean": "미터", "chinese": "米"}

# What goes round, and the names of its parts; halves, quarters and whole turns alone are each language's own.
TURNS = {
    "german": r"(?:um)?drehung(?:en)?|runden?|kreis(?:es|e|bogens?)?|umrundung|umkreisung",
    "french": r"tours?|cercles?|rotations?",
    "spanish": r"vueltas?|giros?|círculos?",
    "italian": r"gir[oi]|cerchi[o]?|rotazion[ei]",
    "portuguese": r"voltas?|giros?|círculos?",
    "dutch": r"draai|cirkel|ronde|slag|omwenteling",
    "japanese": "周|回転|円",
    "korean": "바퀴|회전|원",
    "chinese": "圈|周|圆",
}
PARTS = {
    "german": {"achtel": 8, "sechstel": 6, "fünftel": 5, "drittel": 3, "viertel": 4},
    "french": {"huitièmes?": 8, "sixièmes?": 6, "cinquièmes?": 5, "tiers": 3, "quarts?": 4},
    "spanish": {"octavos?": 8, "sextos?": 6, "quintos?": 5, "tercios?": 3, "cuartos?": 4},
    "italian": {"ottav[oi]": 8, "sest[oi]": 6, "quint[oi]": 5, "terz[oi]": 3, "quart[oi]": 4},
    "portuguese": {"oitavos?": 8, "sextos?": 6, "quintos?": 5, "terços?": 3, "quartos?": 4},
    "dutch": {"achtste": 8, "zesde": 6, "vijfde": 5, "derde": 3, "kwart": 4},
}
