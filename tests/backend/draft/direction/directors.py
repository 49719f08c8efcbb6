"""Directions as directors write them, and what each of them means, in the notation of `notation`.

`FIRST` was written before the reader could read any of it, `SECOND` beside the work on it.
"""

from __future__ import annotations

from backend.engines.draft.direction.read import read_moves

FIRST = {
    # English
    "Dutch tilt to the left, slow creep in towards the doorway": "roll counterclockwise + push in slow <to doorway>",
    "Arc counter-clockwise around the fountain, 120 degrees": "orbit right 120° <around fountain>",
    "Low angle, tracking right to left along the hedge": "truck left <along hedge>",
    "Static, only a faint breathing of the camera": "hold + handheld",
    "High aerial, descending toward the roof of the barn": "pedestal down + push in <to roof>",
    "Boom down 2 metres while tilting up to the chandelier": "crane down 2m + tilt up <at chandelier>",
    "Truck left 3 feet past the bookcase, then hold two seconds": "truck left 0.9144m <past bookcase>, hold 2s",
    "Slowly circle the two of them, a full turn": "orbit right 360° slow <around them>",
    "Whip pan to the door on the right": "pan right fast <at door>",
    "Crane up over the wall and look down into the courtyard": "crane up <over wall> + tilt down <at courtyard>",
    "Fly through the archway into the hall": "push in <through archway>",
    "Pull back until we see the entire kitchen": "pull out <whole kitchen>",
    "180 around the car, fast": "orbit right 180° fast <around car>",
    "Dolly past the chairs to the piano": "push in <to piano>",
    "follow him to the staircase": "push in <to staircase>",
    "Vertigo shot on the woman in the armchair": "dolly zoom out <at woman>",
    "Camera drifts 50 cm to the right and pushes in a metre at the same time": "truck right 0.5m + push in 1m",
    "Pan 45 degrees left, then tilt down 20 degrees": "pan left 45°, tilt down 20°",
    "Locked-off shot. The clouds race by.": "hold",
    "Reverse angle on her": "",
    "Steadicam backs away from the desk": "pull out <from desk>",
    "half orbit around the statue to the left": "orbit left 180° <around statue>",
    "Rise straight up 4 m": "pedestal up 4m",
    "Start wide on the window, then slow push to the plant": "push in slow <to plant>",
    "creep forward while the camera rolls 15 degrees clockwise": "push in slow + roll clockwise 15°",
    "rack focus from the glass to her face": "",
    "drone flies up and away from the house": "pedestal up + pull out <from house>",
    "quarter circle around the table, counterclockwise": "orbit right 90° <around table>",
    # German
    "Langsame Kamerafahrt um das Sofa herum, im Uhrzeigersinn": "orbit left slow <around sofa>",
    "Die Kamera schwenkt 60 Grad nach rechts und fährt dabei zurück": "pan right 60° + pull out",
    "Drohnenflug über die Dächer": "push in <over roofs>",
    "Kamera fährt am Stuhl vorbei zur Tür": "push in <to door>",
    "Leichte Handkamera, langsam auf sie zu": "handheld + push in slow <to her>",
    "Feste Kamera, nur ein leichtes Atmen": "hold + handheld",
    "Kran hoch über die Fassade, 5 Meter": "crane up 5m <over facade>",
    "Reißschwenk nach links": "pan left fast",
    # French
    "La caméra recule lentement pour révéler toute la pièce": "pull out slow <whole room>",
    "Travelling circulaire autour de la table dans le sens des aiguilles d'une montre": "orbit left <around table>",
    "Plongée : la caméra descend vers l'entrée": "pedestal down + push in <to entrance>",
    "Panoramique filé vers la gauche": "pan left fast",
    "Caméra à l'épaule, elle suit la femme jusqu'à la porte": "handheld + push in <to door>",
    "travelling avant de 2 mètres puis panoramique de 30 degrés à droite": "push in 2m, pan right 30°",
    "zoom avant très lent sur le visage": "zoom in slow <at face>",
    "La caméra tourne autour d'eux": "orbit right <around them>",
    # Spanish
    "La cámara avanza lentamente hacia el sofá": "push in slow <to sofa>",
    "Paneo a la izquierda de 40 grados": "pan left 40°",
    "Travelling lateral hacia la derecha a lo largo de la valla": "truck right <along fence>",
    "Giro de 360 grados alrededor de la mesa": "orbit right 360° <around table>",
    "La cámara sube y se inclina hacia abajo": "pedestal up + tilt down",
    "Cámara en mano, alejándose de la ventana": "handheld + pull out <from window>",
    "plano fijo": "hold",
    "Zoom lento, luego la cámara retrocede": "zoom in slow, pull out",
    # Chinese
    "镜头顺时针环绕桌子旋转90度": "orbit left 90° <around table>",
    "镜头缓缓后退，露出整个房间": "pull out slow <whole room>",
    "手持镜头，跟着她走向门口": "handheld + push in <to door>",
    "镜头穿过门进入走廊": "push in <through door>",
    "航拍，缓慢下降靠近屋顶": "pedestal down slow + push in <to roof>",
    "镜头从左向右平移，同时轻微上仰": "truck right + tilt up",
    "快速甩镜头到右边": "pan right fast",
    "固定镜头，只有轻微的呼吸感": "hold + handheld",
    # Japanese
    "カメラがソファの周りを時計回りにゆっくり回る": "orbit left slow <around sofa>",
    "カメラがゆっくり後ろに引いて部屋全体を見せる": "pull out slow <whole room>",
    "ドアを通り抜けて前に進む": "push in <through door>",
    "左から右へトラッキング、同時に少しズームイン": "truck right + zoom in",
    "手持ちカメラで彼女に近づく": "handheld + push in <to her>",
    "固定ショット、わずかな揺れだけ": "hold + handheld",
    "右に30度パンしてから、2メートル前進": "pan right 30°, push in 2m",
    "窓に向かってドリーイン": "push in <to window>",
    # Korean
    "카메라가 테이블 주위를 시계 방향으로 천천히 돈다": "orbit left slow <around table>",
    "카메라가 소파 쪽으로 다가간다": "push in <to sofa>",
    "카메라가 위로 올라가면서 아래를 내려다본다": "pedestal up + tilt down",
    "핸드헬드로 그녀를 따라간다": "handheld + push in <with her>",
    "왼쪽에서 오른쪽으로 트래킹": "truck right",
    "천천히 뒤로 빠지면서 방 전체를 보여준다": "pull out slow <whole room>",
    "문을 지나 복도로 들어간다": "push in <through door>",
    "오른쪽으로 45도 팬": "pan right 45°",
}

SECOND = {
    # what went wrong before
    "arc around the table clockwise": "orbit left <around table>",
    "low angle tracking shot along the fence from left to right": "truck right <along fence>",
    "no camera movement except a slight breathing": "hold + handheld",
    "aerial descending toward the entrance": "pedestal down + push in <to entrance>",
    "dutch tilt, slow creep in": "roll clockwise + push in slow",
    "テーブルの周りを回る": "orbit right <around table>",
    "카메라가 천천히 뒤로 물러난다": "pull out slow",
    "Drohnenflug um das Gebäude herum": "orbit right <around building>",
    "handgehaltene Kamera": "handheld",
    "reverse angle on him": "",
    "circles them": "orbit right <around them>",
    "vertigo effect": "dolly zoom out",
    "whip pan": "pan right fast",
    "crane up and over the facade": "crane up <over facade>",
    "fly through the doorway": "push in <through doorway>",
    "pull back to reveal the whole room": "pull out <whole room>",
    "360 around the sofa": "orbit right 360° <around sofa>",
    "follow her to the door": "push in <to door>",
}


def notation(text: str) -> str:
    """What is read from `text`: "+" at the same time as the move before, figures with their units, "slow" or "fast",
    and what the move is about."""
    parts = []
    for step in read_moves(text).steps:
        said = [step.name]
        for value, unit in ((step.degrees, "°"), (step.metres, "m"), (step.factor, "x"), (step.seconds, "s")):
            if value is not None:
                said.append(f"{value:g}{unit}")
        if step.speed != 1.0:
            said.append("slow" if step.speed < 1 else "fast")
        if step.target:
            said.append(f"<{step.relation} {step.target}>")
        parts.append((" + " if step.together else ", " if parts else "") + " ".join(said))
    return "".join(parts)
