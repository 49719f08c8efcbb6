"""Camera and sound words of the product's other languages, as the English that the readers know.

Each phrase is replaced by its English and set off by blanks; what has no entry stays as it is. Verbs become
English verbs, so that the readers still look for the subject: "die Kamera fährt nach links" moves the camera,
"das Auto fährt nach links" does not.
"""

from __future__ import annotations

import functools
import re

from ..languages.tables.nouns import IN_ENGLISH
from .grammar import Reader
from .which import reader_of

# English: what stands for it, separated by "|". Latin words match whole words only, the rest anywhere.
GERMAN = {
    "the camera": "die kamera|kamera",
    "dolly": "kamerafahrt",
    "push in": "kamerafahrt vorwärts|heranfahren|ranfahren",
    "pushes in": "fährt heran|fährt näher heran|fährt vorwärts|fährt nach vorne|fährt nach vorn",
    "pull out": "zurückfahren",
    "pulls out": "fährt zurück|fährt rückwärts",
    "moves": "fährt|bewegt sich",
    "in": "heran",
    "moves left": "fährt nach links|bewegt sich nach links",
    "moves right": "fährt nach rechts|bewegt sich nach rechts",
    "moves up": "fährt nach oben|fährt hoch|bewegt sich nach oben",
    "moves down": "fährt nach unten|bewegt sich nach unten",
    "left": "nach links",
    "right": "nach rechts",
    "up": "nach oben",
    "down": "nach unten",
    "pan left": "linksschwenk|nach links schwenken",
    "pan right": "rechtsschwenk|nach rechts schwenken",
    "tilt up": "nach oben neigen",
    "tilt down": "nach unten neigen",
    "pan": "schwenk",
    "pans": "schwenkt",
    "tilts": "neigt sich",
    "orbit": "umkreisen|umrunden",
    "orbits": "umkreist|umrundet|kreist um",
    "crane up": "kranfahrt",
    "zoom in": "heranzoomen|einzoomen|reinzoomen",
    "zooms in": "zoomt heran|zoomt hinein|zoomt ein",
    "zoom out": "herauszoomen|rauszoomen|auszoomen",
    "zooms out": "zoomt heraus",
    "handheld": "handkamera|aus der hand",
    "static shot": (
        "statische kamera|statische einstellung|feste einstellung|feste kamera|keine kamerabewegung|ohne kamerabewegung"
    ),
    "slow": "langsame|langsamer|langsamen|langsames",
    "slowly": "langsam",
    "fast": "schnell|schnelle|schneller|schnellen",
    "slightly": "leicht|leichte|leichter|leichten|ein wenig|etwas",
    "very": "sehr",
    "then": "dann|danach|anschließend",
    "and": "und",
    "while": "während|wobei",
    "degrees": "grad",
    "metres": "metern",
    "rain": "regen|regnet",
    "sea": "meer|meeresrauschen|brandung|ozean",
    "birds": "vögel|vogelgezwitscher|vogelgesang",
    "traffic": "verkehr|straßenlärm|stadtlärm",
    "city": "stadt|großstadt",
    "crowd": "menschenmenge|stimmengewirr",
    "fire": "feuer|kaminfeuer|lagerfeuer",
    "footsteps": "schritte",
    "machinery": "maschinen|maschinenlärm",
    "thunder": "donner",
    "thunderstorm": "gewitter",
    "silence": "stille|kein ton|kein geräusch|ohne ton",
    "forest": "wald",
    "room tone": "raumton|zimmerton",
    "on gravel": "auf kies",
    "heavy": "starker|starken|heftiger",
    "light": "leiser|sanfter",
}
FRENCH = {
    "the camera": "la caméra|caméra",
    "push in": "travelling avant",
    "pull out": "travelling arrière",
    "truck left": "travelling gauche|travelling à gauche|travelling vers la gauche",
    "truck right": "travelling droit|travelling à droite|travelling vers la droite|travelling latéral",
    "dolly zoom": "travelling compensé|effet vertigo",
    "pushes in": "s'avance|avance",
    "pulls out": "recule",
    "pan left": "panoramique à gauche|panoramique vers la gauche|panoramique gauche",
    "pan right": "panoramique à droite|panoramique vers la droite|panoramique droite|panoramique",
    "tilt up": "panoramique vers le haut",
    "tilt down": "panoramique vers le bas",
    "zoom in": "zoom avant",
    "zoom out": "zoom arrière",
    "static shot": "plan fixe|caméra fixe|aucun mouvement de caméra|sans mouvement de caméra",
    "handheld": "caméra à l'épaule|caméra portée|à l'épaule",
    "orbits": "tourne autour",
    "orbit": "travelling circulaire",
    "crane up": "mouvement de grue",
    "rises": "s'élève",
    "left": "vers la gauche|à gauche",
    "right": "vers la droite|à droite",
    "up": "vers le haut",
    "down": "vers le bas",
    "slow": "lent|lente",
    "slowly": "lentement|doucement",
    "fast": "rapide|rapidement|vite",
    "slightly": "légèrement|un peu|léger|légère",
    "very": "très",
    "then": "puis|ensuite",
    "while": "tout en|pendant que",
    "and": "et",
    "degrees": "degrés",
    "metres": "mètre|mètres",
    "rain": "pluie|il pleut",
    "wind": "vent",
    "sea": "mer|vagues|océan",
    "birds": "oiseaux|chant d'oiseaux",
    "traffic": "circulation|trafic",
    "city": "ville|rue animée",
    "crowd": "foule|brouhaha",
    "fire": "feu de cheminée|feu de camp|feu",
    "footsteps": "bruits de pas|bruit de pas",
    "machinery": "machines industrielles|usine",
    "thunder": "tonnerre",
    "thunderstorm": "orage",
    "silence": "aucun son|sans son|sans bruit",
    "forest": "forêt",
    "heavy": "forte|fort",
}
CHINESE = {
    "the camera": "镜头|鏡頭|摄像机|攝影機|相机|摄影机",
    "push in": "推进|推進|推近|推镜头|前推|推轨",
    "pull out": "拉远|拉遠|拉镜头|后拉|後拉",
    "pan left": "向左摇|左摇|向左搖|左搖",
    "pan right": "向右摇|右摇|向右搖|右搖",
    "tilt up": "向上摇|上摇|向上搖",
    "tilt down": "向下摇|下摇|向下搖",
    "move left": "向左平移|向左移动|向左移|左移",
    "move right": "向右平移|向右移动|向右移|右移",
    "move up": "向上移动|上升",
    "move down": "向下移动|下降",
    "move forward": "向前移动|前进|前進",
    "move back": "向后移动|后退|後退",
    "orbit around": "环绕|環繞|绕拍|围绕",
    "zoom in": "变焦推近|放大",
    "zoom out": "变焦拉远|缩小",
    "dolly zoom": "希区柯克变焦|滑动变焦",
    "crane up": "升镜头|摇臂上升",
    "handheld": "手持",
    "static shot": "固定镜头|固定鏡頭|固定机位|静止镜头|镜头不动|镜头静止|没有镜头运动",
    "follow": "跟拍|跟随",
    "slowly": "缓慢地|缓慢|緩慢|慢慢地|慢慢|缓缓",
    "fast": "快速|迅速",
    "slightly": "轻微|稍微|略微|輕微",
    "then": "然后|然後|接着|随后",
    "while": "同时|同時",
    "degrees": "度",
    "metres": "米",
    "rain": "雨声|雨聲|下雨|大雨|小雨|雨滴",
    "wind": "风声|風聲|大风|微风|刮风",
    "sea": "海浪|大海|海边|海洋|波浪",
    "birds": "鸟鸣|鳥鳴|鸟叫|鸟儿|鸟声",
    "city": "城市|都市",
    "traffic": "车流|車流|交通",
    "crowd": "人群|人声|嘈杂",
    "fire": "篝火|壁炉|火焰|火堆",
    "footsteps": "脚步声|腳步聲|脚步",
    "machinery": "机器|機器|机械",
    "thunder": "雷声|雷聲|打雷",
    "train": "火车|火車",
    "silence": "静音|靜音|无声|無聲|没有声音",
    "forest": "森林",
    "crickets": "虫鸣|蟋蟀",
}
JAPANESE = {
    "the camera": "カメラが|カメラは|カメラを|カメラ",
    "push in": "ドリーイン|プッシュイン|トラックアップ",
    "pull out": "ドリーアウト|プルバック|トラックバック",
    "pan left": "左にパン|左へパン|左パン",
    "pan right": "右にパン|右へパン|右パン|パンする",
    "tilt up": "ティルトアップ|上にティルト|上へティルト",
    "tilt down": "ティルトダウン|下にティルト|下へティルト",
    "move left": "左に移動|左へ移動",
    "move right": "右に移動|右へ移動",
    "move up": "上に移動|上昇",
    "move down": "下に移動|下降",
    "move forward": "前進|前に進む|近づく|近づき|寄る|寄り",
    "move back": "後退|後ろに下がる|離れる",
    "orbit around": "オービット|周回|回り込み|回り込む",
    "zoom in": "ズームイン",
    "zoom out": "ズームアウト",
    "dolly zoom": "ドリーズーム|めまいショット",
    "crane up": "クレーンアップ",
    "crane down": "クレーンダウン",
    "handheld": "手持ち|手ブレ",
    "static shot": "固定カメラ|固定ショット|フィックス|カメラは動かない|カメラは固定",
    "slowly": "ゆっくりと|ゆっくり",
    "fast": "素早く|すばやく|速く",
    "slightly": "わずかに|少し|ちょっと",
    "then": "その後|それから|次に",
    "while": "しながら|同時に",
    "degrees": "度",
    "metres": "メートル",
    "rain": "雨音|雨の音|雨が|大雨",
    "wind": "風の音|風が|強風",
    "sea": "波の音|海辺|波音|海岸",
    "birds": "鳥のさえずり|鳥の声|小鳥",
    "city": "都会|街の音|街中",
    "traffic": "車の音",
    "crowd": "群衆|人混み|人ごみ|ざわめき",
    "fire": "焚き火|暖炉|炎",
    "footsteps": "足音",
    "machinery": "機械音|機械の音|工場",
    "thunder": "雷鳴|雷の音|雷が",
    "silence": "無音|音なし",
    "forest": "森の中|森林",
    "crickets": "虫の声|虫の音",
}
KOREAN = {
    "the camera": "카메라가|카메라는|카메라를|카메라",
    "push in": "푸시 인|푸시인|달리 인|달리인",
    "pull out": "달리 아웃|달리아웃|풀 백|풀백",
    "pan left": "왼쪽으로 팬|좌로 팬",
    "pan right": "오른쪽으로 팬|우로 팬",
    "tilt up": "위로 틸트|틸트 업|틸트업",
    "tilt down": "아래로 틸트|틸트 다운|틸트다운",
    "move left": "왼쪽으로 이동|왼쪽으로 움직",
    "move right": "오른쪽으로 이동|오른쪽으로 움직",
    "move forward": "앞으로 이동|다가가|다가간|전진",
    "move back": "뒤로 이동|물러나|후진",
    "move up": "위로 이동|상승",
    "move down": "아래로 이동|하강",
    "orbit around": "주위를 돈|궤도 샷|선회",
    "zoom in": "줌 인|줌인",
    "zoom out": "줌 아웃|줌아웃",
    "handheld": "핸드헬드",
    "static shot": "고정 샷|고정 카메라|고정샷|카메라 고정",
    "slowly": "천천히|서서히",
    "fast": "빠르게|빨리",
    "slightly": "살짝|약간|조금",
    "then": "그런 다음|그 다음|이후에",
    "while": "동시에",
    "degrees": "도 ",
    "metres": "미터",
    "rain": "빗소리|비가 ",
    "wind": "바람 소리|바람소리|바람이",
    "sea": "파도 소리|파도소리|바다",
    "birds": "새소리|새 소리|새들",
    "city": "도시",
    "traffic": "교통 소음|차 소리",
    "crowd": "군중|사람들의 웅성",
    "fire": "모닥불|벽난로",
    "footsteps": "발소리|발자국 소리",
    "machinery": "기계 소리|기계음|공장",
    "thunder": "천둥",
    "silence": "무음|소리 없음",
    "forest": "숲속|숲 속",
}


# Manners beside the crews' English, which alone do not tell a language: "zoom in, ligeramente".
MANNERS = {
    "slowly": "lentamente|despacio|devagar|langzaam",
    "slightly": "ligeramente|leggermente|ligeiramente|lichtjes",
    "fast": "rápido|rápida|rápidamente|rapidamente|velocemente|veloce|snel",
}


# Also English words: alone they do not make a text German or French.
_ALSO_ENGLISH = frozenset(
    ("et", "fort", "forte", "lent", "vent", "mer", "grad", "rapide", "circulation", "ensuite", "vite", "feu")
)


def to_english(text: str, language: Reader | None = None) -> str:
    """`text` with the known phrases of other languages in English: what is about the camera clause by clause, and of
    the rest word by word. `language`: the one that it is in, where that is known."""
    pattern, hint, meanings = _table()
    language = language or reader_of(text)
    if language is not None:
        text = language.english(text)
    if text.isascii() and not hint.search(text):
        return text
    return pattern.sub(lambda match: f" {meanings[match.group().lower()]} ", text)


def noun_in_english(noun: str) -> str:
    """A thing's name, in lower case, in English where it is known; else as it is."""
    return IN_ENGLISH.get(noun, noun)


@functools.cache
def _table() -> tuple[re.Pattern[str], re.Pattern[str], dict[str, str]]:
    """What matches any phrase, what matches those that are surely not English, and the English of each."""
    meanings = {
        phrase: english
        for table in (GERMAN, FRENCH, CHINESE, JAPANESE, KOREAN, MANNERS)
        for english, phrases in table.items()
        for phrase in phrases.split("|")
    }
    ordered = sorted(meanings, key=len, reverse=True)
    hints = [phrase for phrase in ordered if phrase.isascii() and phrase not in _ALSO_ENGLISH]
    return _any_of(ordered), _any_of(hints), meanings


def _any_of(phrases: list[str]) -> re.Pattern[str]:
    """Latin words as whole words, the rest anywhere: Chinese and Japanese leave no blanks between words."""
    parts = (rf"(?<!\w){re.escape(phrase)}(?!\w)" if phrase[0] < "\u3000" else re.escape(phrase) for phrase in phrases)
    return re.compile("|".join(parts), re.IGNORECASE)
