"""What no camera move can do is noted, in every language; what it can do is not."""

from __future__ import annotations

import pytest

from backend.engines.draft.direction.beyond import notes_of
from backend.engines.draft.direction.read import read_moves
from tests.backend.draft.direction.sets.directors import FIRST, SECOND, THIRD

TOPICS = {
    "push in as the light fades": {"light"},
    "The lights flicker, slow push in": {"light"},
    "fading light, static": {"light"},
    "curtains sway gently, static shot": {"curtains"},
    "billowing curtains, slow pan left": {"curtains"},
    "Locked-off shot. The clouds race by.": {"clouds"},
    "she blinks, slow push in": {"people"},
    "slow push in on her eyes, blinking": {"people"},
    "follow her to the door": {"following"},
    "follow her": {"following"},
    "lead her down the corridor": {"following"},
    "Tracking alongside the bus": {"following"},
    "the camera shadows him": {"following"},
    "chase the car through the tunnel": {"following"},
    "static wide. nothing moves except the curtains in the breeze": {"curtains"},
    "Nothing is moving except a few leaves, hold": {"leaves"},
    "push in on the flag in the wind": {"flag"},
    "a car drives past, static": {"car"},
    "the car makes a turn, static": {"car"},
    "ein Hund läuft vorbei, Kamera fix": {"dog"},
    "un chien traverse, la caméra ne bouge pas": {"dog"},
    "un perro cruza la calle, plano fijo": {"dog"},
    "un gatto salta sul tavolo, camera ferma": {"cat"},
    "um carro passa, câmera parada": {"car"},
    "een hond loopt voorbij, camera staat stil": {"dog"},
    "犬が横切る、カメラは固定": {"dog"},
    "개가 지나가고 카메라는 고정": {"dog"},
    "一只狗跑过，镜头不动": {"dog"},
    "Ben steht auf, die Kamera schwenkt nach oben": {"people"},
    "tracking shot, cars passing": {"cars"},
    "rack focus from the glass to her face": {"focus"},
    "pull focus to the window, then pan left": {"focus"},
    "push in on the man as he turns and smiles": {"people"},
    "reverse angle on him": {"another camera"},
    "push in, then cut to the kitchen": {"cuts"},
    "slow motion push in": {"cuts"},
    "The door opens and the camera pulls back": {"door"},
    "Das Licht flackert, langsame Kamerafahrt vorwärts": {"light"},
    "Es wird dunkel, die Kamera fährt zurück": {"light"},
    "Die Vorhänge wehen im Wind, statische Kamera": {"curtains"},
    "Wolken ziehen vorbei, feste Kamera": {"clouds"},
    "Sie blinzelt, Kamera fährt näher heran": {"people"},
    "Die Kamera folgt ihr bis zur Tür": {"following"},
    "Schärfeverlagerung vom Glas auf ihr Gesicht": {"focus"},
    "Gegenschuss auf den Mann": {"another camera"},
    "Ein Auto fährt vorbei, Kamera schwenkt mit": {"car"},
    "La lumière faiblit, lent travelling avant": {"light"},
    "les rideaux flottent au vent, plan fixe": {"curtains"},
    "Les nuages défilent, plan fixe": {"clouds"},
    "elle cligne des yeux, travelling avant": {"people"},
    "la caméra suit la femme": {"following"},
    "bascule de point du verre au visage": {"focus"},
    "contrechamp sur lui": {"another camera"},
    "La luz se apaga, la cámara avanza": {"light"},
    "las cortinas se mueven, plano fijo": {"curtains"},
    "ella parpadea, zoom lento": {"people"},
    "la cámara sigue a la mujer": {"following"},
    "cambio de foco al fondo": {"focus"},
    "contraplano de él": {"another camera"},
    "La luce cala, lenta carrellata in avanti": {"light"},
    "le tende ondeggiano, inquadratura fissa": {"curtains"},
    "controcampo su di lui": {"another camera"},
    "la donna si alza, panoramica a destra": {"people"},
    "As nuvens passam, plano fixo": {"clouds"},
    "A luz diminui e a câmera recua": {"light"},
    "a mulher sorri, zoom lento": {"people"},
    "De gordijnen wapperen, vast shot": {"curtains"},
    "de vrouw lacht, camera rijdt naar voren": {"people"},
    "tegenshot van hem": {"another camera"},
    "racks from the cup to the door, then pulls back": {"focus"},
    "reverse on Tom, slow push": {"another camera"},
    "光线渐渐变暗，镜头推进": {"light"},
    "窗帘飘动，固定镜头": {"curtains"},
    "云朵飘过，固定镜头": {"clouds"},
    "她眨眼，镜头推近": {"people"},
    "镜头跟着她": {"following"},
    "焦点从杯子转移到脸上": {"focus"},
    "汽车驶过，镜头向左摇": {"car"},
    "明かりが消えていく、ゆっくりドリーイン": {"light"},
    "カーテンが揺れる、固定ショット": {"curtains"},
    "雲が流れる、固定カメラ": {"clouds"},
    "彼女がまばたきする、ズームイン": {"people"},
    "彼女を追いかける": {"following"},
    "ピント送りで顔へ": {"focus"},
    "切り返しショット": {"another camera"},
    "조명이 어두워진다, 푸시 인": {"light"},
    "커튼이 흔들린다, 고정 샷": {"curtains"},
    "구름이 흘러간다, 고정 샷": {"clouds"},
    "그녀가 눈을 깜빡인다, 줌 인": {"people"},
    "그녀를 따라간다": {"following"},
    "포커스 이동": {"focus"},
    "slow push in while the sun sets": {"light"},
    "The lamp flickers and goes out, static": {"light"},
    "daylight slowly turns to dusk, hold": {"light"},
    "neon sign flickering, pan left": {"light"},
    "wind blows the curtains, static": {"curtains"},
    "leaves fall, tilt down": {"leaves"},
    "smoke drifting across the frame, static": {"smoke"},
    "a taxi pulls up, pan right": {"taxi"},
    "the train arrives, truck left": {"train"},
    "her hair moves in the wind, push in": {"hair"},
    "he turns his head, slow zoom": {"people"},
    "The girl laughs, handheld": {"people"},
    "we follow the car": {"following"},
    "tracking shot following a cyclist": {"following"},
    "focus shifts to the background": {"focus"},
    "the focus racks from him to her": {"focus"},
    "time-lapse of clouds, static": {"cuts"},
    "fade to black": {"cuts"},
    "over the shoulder, then the reverse angle": {"another camera"},
    "waves crash, crane up": {"waves"},
    "candles flicker, push in": {"candles"},
    "Die Lampe geht aus, Zoom": {"light"},
    "Die Sonne geht unter, Kamera schwenkt nach links": {"light"},
    "Der Mann dreht sich um, Zoom": {"people"},
    "Blätter fallen, statische Kamera": {"leaves"},
    "Der Fokus wandert zum Hintergrund": {"focus"},
    "le soleil se couche, travelling avant": {"light"},
    "l'homme se retourne, zoom avant": {"people"},
    "une voiture passe, panoramique à gauche": {"car"},
    "mise au point sur le fond": {"focus"},
    "el sol se pone, la cámara sube": {"light"},
    "el hombre se gira, zoom": {"people"},
    "un coche pasa, paneo a la derecha": {"car"},
    "太阳下山，镜头后退": {"light"},
    "灯光闪烁，固定镜头": {"light"},
    "男人转身，镜头推近": {"people"},
    "树叶飘落，固定镜头": {"leaves"},
    "夕日が沈む、固定": {"light"},
    "男が振り向く、ズームイン": {"people"},
    "車が通り過ぎる、右にパン": {"car"},
    "葉が落ちる、固定ショット": {"leaves"},
    "해가 진다, 줌 아웃": {"light"},
    "남자가 돌아본다, 줌 인": {"people"},
    "차가 지나간다, 오른쪽으로 팬": {"car"},
    "불빛이 깜빡인다, 고정 샷": {"light"},
    "초점이 뒤로 이동한다": {"focus"},
}
# Nothing here happens but the camera.
ONLY_THE_CAMERA = (
    "push in past the car to the door",
    "orbit around the dog",
    "rotate around the car a full turn in five seconds",
    "push in until Anna fills the frame",
    "ein paar Schritte vor",
    "slow pan across the curtains",
    "a man sitting at a table, push in",
    "tilt up to the clouds",
    "fly over the water",
    "push in on the woman",
    "crane up over the trees, revealing the sea",
    "Die Kamera fährt am Auto vorbei",
    "La caméra s'approche de la voiture",
    "镜头环绕汽车",
    "カメラが車に近づく",
    "카메라가 차 주위를 돈다",
    'push in. She says "the light fades"',
    "zoom in on the light",
    "POV walking to the door",
    "First person walk to the stairs, handheld",
)


@pytest.mark.parametrize("text", TOPICS)
def test_what_only_a_film_could_show_is_noted(text: str) -> None:
    topics = set(read_moves(text).beyond)
    assert topics == TOPICS[text]
    assert notes_of(topics)


@pytest.mark.parametrize("text", ONLY_THE_CAMERA)
def test_what_the_camera_does_is_not_noted(text: str) -> None:
    assert read_moves(text).beyond == ()


def test_notes_name_what_stays_as_it_is() -> None:
    assert notes_of(["light", "curtains", "focus"]) == [
        "The focus is not pulled: everything stays as sharp as it is in the still.",
        "The draft moves only the camera. As in the still stay: the light, the curtains.",
    ]
    assert all(len(note) < 160 for note in notes_of([*"abcdefghij", "another camera", "cuts", "following"]))


def test_few_directions_of_camera_moves_are_noted() -> None:
    noted = [text for text in (*FIRST, *SECOND, *THIRD) if set(read_moves(text).beyond) - {"following"}]
    assert sorted(noted) == sorted(
        [
            "Locked-off shot. The clouds race by.",
            "Reverse angle on her",
            "it starts to rain and the camera pulls away",
            "rack focus from the glass to her face",
            "reverse angle on him",
            "pull focus from the cup to the woman",
        ]
    )
