"""How high the camera starts and ends, how far from a thing, how it gathers speed, what it returns to and when, in
every language of the product."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.engines.draft.direction import marks
from backend.engines.draft.direction.read import read_moves
from backend.engines.draft.direction.steps import Start, Step

# What a direction is read as: moves by their names, "+" at the same time, "=" the height that one ends at, "-" what it
# keeps from its thing, "top", the pace, the way back; after "|" how it should start.
SAID = {
    # Heights.
    "descend to knee height, looking at Anna": "crane down =0.5 <at anna>",
    "crane down to waist level": "crane down =1",
    "boom up to eye level": "crane up =1.6",
    "orbit Ben, ending at knee level": "orbit right <around ben> + pedestal up =0.5",
    "dolly back, dropping to hip height": "pull out + pedestal down =0.95",
    "lower to half a metre above the floor": "pedestal down =0.5",
    "rise from ankle height to 120 cm off the ground": "pedestal up =1.2 | at ankle height",
    "descend two metres, then push in at chest height": "pedestal down 2m, push in",
    "tilt up to eye level": "tilt up",
    "Kamera sinkt auf Kniehöhe": "pedestal down =0.5",
    "steigt bis auf Schulterhöhe": "pedestal up =1.45",
    "Absenken auf einen halben Meter über dem Boden": "pedestal down =0.5",
    "la caméra descend à hauteur des genoux": "pedestal down =0.5",
    "monte jusqu'à hauteur d'yeux": "pedestal up =1.6",
    "descends à 30 cm du sol": "pedestal down =0.3",
    "baja a la altura de la cintura": "pedestal down =1",
    "sube hasta la altura de los ojos de Ben": "pedestal up <level ben>",
    "scendi all'altezza delle ginocchia": "pedestal down =0.5",
    "sali fino a due metri da terra": "pedestal up =2",
    "desce até 50 cm do chão": "pedestal down =0.5",
    "sobe à altura do peito": "pedestal up =1.3",
    "zak naar heuphoogte": "pedestal down =0.95",
    "カメラは膝の高さまで下がる": "pedestal down =0.5",
    "アンナの目の高さまで下がる": "pedestal down <level anna>",
    "무릎 높이까지 내려간다": "pedestal down =0.5",
    "카메라가 바닥에서 30센티 높이로 내려간다": "pedestal down =0.3",
    "从地面升到眼睛的高度": "pedestal up =1.6 | at ground level",
    "降到离地一米": "pedestal down =1",
    # How it starts.
    "push in at knee height on Ben": "push in <to ben> | at knee height",
    "ground-level tracking shot to the right": "truck right | at ground level",
    "low angle push in on Anna": "push in <to anna> | at a low angle",
    "worm's-eye view, tilt up the tree": "tilt up <at tree> | at a low angle",
    "rise to a high angle": "pedestal up",
    "camera height 0.75 m, truck left": "truck left | at 0.75 m above the ground",
    "Fahrt nach rechts auf Hüfthöhe": "truck right | at hip height",
    "plan en contre-plongée, travelling latéral droit": "truck right | at a low angle",
    "ローアングルで右へ2メートル移動": "truck right 2m | at a low angle",
    "从低角度推向安娜": "push in <to anna> | at a low angle",
    # How far from a thing.
    "push in until a metre from the sofa": "push in <to sofa> -1",
    "move to within 150 cm of Ben": "push in <to ben> -1.5",
    "stop two metres before the sofa": "push in <to sofa> -2",
    "pedestal up to a metre above the sofa": "pedestal up <level sofa> -1",
    "bis auf einen Meter an das Sofa heran": "push in <to sofa> -1",
    "travelling avant jusqu'à trois mètres de la table": "push in <to table> -3",
    "avanza hasta dos metros del coche": "push in <to car> -2",
    "acércate a la mesa hasta un metro": "push in <to table> -1",
    "carrellata fino a un metro da Anna": "push in <to anna> -1",
    "aproxima até dois metros da porta": "push in <to door> -2",
    "rij tot een meter van de lamp": "push in <to lamp> -1",
    "ドアの2メートル手前まで前進": "push in <to door> -2",
    "推到离沙发一米处": "push in <to sofa> -1",
    "소파 1미터 앞까지 다가간다": "push in <to sofa> -1",
    # Tops of things.
    "tilt hoch zur Baumspitze": "tilt up <at tree> top",
    "incline vers le haut jusqu'à la cime de l'arbre": "tilt up <at tree> top",
    "inclina hacia arriba hasta la copa del árbol": "tilt up <at tree> top",
    "inclina fino alla cima dell'albero": "tilt up <at tree> top",
    "inclina para cima até o topo da árvore": "tilt up <at tree> top",
    "kantel omhoog naar de boomtop": "tilt up <at tree> top",
    "木のてっぺんまでティルトアップ": "tilt up <at tree> top",
    "나무 꼭대기까지 틸트 업": "tilt up <at tree> top",
    "向上摇到树顶": "tilt up <at tree> top",
    # Faster and slower.
    "push in, slow at first, then faster": "push in in",
    "faster and faster toward the door": "push in <to door> in",
    "pan right quickly, slowing towards the end": "pan right out",
    "zoom in with a soft landing": "zoom in out",
    "soft start and gentle end, push in": "push in",
    "erst langsam, dann immer schneller auf die Tür zu": "push in <to door> in",
    "Schwenk nach rechts, am Ende sanft auslaufend": "pan right out",
    "la caméra avance doucement puis accélère vers la porte": "push in <to door> in",
    "acercándose al coche cada vez más rápido": "push in <to car> in",
    "prima piano poi sempre più veloce verso la porta": "push in <to door> in",
    "devagar no início, depois cada vez mais rápido até a porta": "push in <to door> in",
    "eerst langzaam en dan sneller naar de deur": "push in <to door> in",
    "最初はゆっくり、だんだん速くドアに近づく": "push in <to door> in",
    "처음엔 천천히, 점점 빠르게 문 쪽으로 다가간다": "push in <to door> in",
    "镜头先慢后快地推向门": "push in <to door> in",
    # Ways back.
    "pan left to the window, then back to centre": "pan left <at window>, pan right home",
    "truck right two metres, then return to the start": "truck right 2m, truck left home",
    "push in while panning left, then back the same way": "push in + pan left, pan right way",
    "orbit Ben 90 degrees and return": "orbit right 90° <around ben>, orbit left 90° back",
    "pan left 30, then back 10": "pan left 30°, pan right 10°",
    "zoom in on the lamp, then back out": "zoom in <at lamp>, zoom out back",
    "pan from Anna to Ben, then back": "pan right <at ben>, pan left <at anna> back",
    "Schwenk nach links, dann zurück zur Mitte": "pan left, pan right home",
    "pano gauche, puis droite, puis retour au centre": "pan left, pan right, pan left home",
    "la cámara gira a la derecha y vuelve al centro": "pan right, pan left home",
    "panoramica a sinistra di 20 gradi, pausa, poi ritorno": "pan left 20°, hold, pan right 20° back",
    "右に30度パンして元の位置に戻る": "pan right 30°, pan left home",
    "램프에서 창문까지 팬하고 다시 돌아온다": "pan right <at window>, pan left back",
    "从沙发摇到门，停一秒，再摇回来": "pan right <at door>, hold 1s, pan left back",
    "fahr zurück, dann wieder zurück": "pull out, push in back",
    # When.
    "from second 2 to 4 pan left": "hold 2s, pan left 2s, hold",
    "push in from second one to three": "hold 1s, push in 2s, hold",
    "from seconds 1 to 3 push in, then tilt up": "hold 1s, push in 2s, tilt up",
    "push in a metre. From second 3 to 5 tilt up.": "push in 1m 3s, tilt up 2s, hold",
    "von Sekunde 2 bis 4 Schwenk nach links": "hold 2s, pan left 2s, hold",
    "zoom avant de la seconde 1 à 3": "hold 1s, zoom in 2s, hold",
    "del segundo 2 al 4 panorámica a la derecha": "hold 2s, pan right 2s, hold",
    "dal secondo 1 al 3 avanza": "hold 1s, push in 2s, hold",
    "do segundo 2 ao 4 recua um metro": "hold 2s, pull out 1m 2s, hold",
    "van seconde 2 tot 4 naar rechts pannen": "hold 2s, pan right 2s, hold",
    "2秒から4秒まで右にパン": "hold 2s, pan right 2s, hold",
    "2초부터 4초까지 왼쪽으로 팬": "hold 2s, pan left 2s, hold",
    "第2到第4秒向左摇": "hold 2s, pan left 2s, hold",
    # Halves, lengths, what is stayed on, what a follow is made with.
    "medio círculo alrededor de la mesa": "orbit right 180° <around table>",
    "mezzo cerchio intorno al tavolo": "orbit right 180° <around table>",
    "meio círculo em torno da mesa": "orbit right 180° <around table>",
    "eine Körperlänge zurück": "pull out 1.7m",
    "une longueur de corps en arrière": "pull out 1.7m",
    "Ein Mann geht vorbei, wir bleiben auf Anna": "hold <to anna>",
    "a dog crosses, we follow it with a pan to the right": "pan right",
    "Anna's face: slow push in": "push in <to anna's face>",
    "the lamp: half orbit": "orbit right 180° <around lamp>",
    "keep facing forward while trucking left along the sofa": "truck left <along sofa>",
    "look at Ben": "pan right <at ben>",
    # Whose a part of a body is.
    "Zoom auf Annas Gesicht": "zoom in <at anna's face>",
    "Zoom auf das Gesicht von Anna": "zoom in <at anna's face>",
    "zoom avant sur le visage d'Anna": "zoom in <at anna's face>",
    "zoom avant sur le visage d'Anna pendant qu'elle sourit": "zoom in <at anna's face>",
    "zoom a la cara de Anna": "zoom in <at anna's face>",
    "zoom sulla faccia di Anna": "zoom in <at anna's face>",
    "zoom na cara da Anna": "zoom in <at anna's face>",
    "inzoomen op Anna's gezicht": "zoom in <at anna's face>",
    "アンナの顔にズームイン": "zoom in <at anna's face>",
    "안나의 얼굴로 줌인": "zoom in <at anna's face>",
    "变焦推近安娜的脸": "zoom in <at anna's face>",
    "镜头从沙发摇到安娜，然后推近她的脸": "pan right <at anna>, push in <to anna's face>",
    "Empieza en los zapatos de Ben y sube hasta su cara": "tilt up <at ben's face>",
    # Down to what is below, round to the other side, out again.
    "tilt from the ceiling to the floor": "tilt down <at floor>",
    "tilt from Anna's face to her feet": "tilt down <at anna's feet>",
    "drop to a worm's-eye view": "pedestal down =0.3",
    "abbassati fino a terra": "pedestal down =0.2",
    "sobe até a altura dos olhos da Anna": "pedestal up <level anna>",
    "an der Couch entlang nach rechts, auf Sitzhöhe": "truck right <along sofa> | at the eye level of who sits",
    "camera moves around to his front": "orbit right 180° <around him>",
    "Reißzoom auf Ben, dann langsam wieder raus": "zoom in <at ben>, zoom out back",
    "acercamiento lento a Ben, luego retrocede al punto de partida": "push in <to ben>, pull out home",
    "dolly avanti di tre passi, pausa di un secondo, dolly indietro": "push in 2.1m, hold 1s, pull out",
    "keep it wide and drift left two metres": "truck left 2m",
    "avanti verso Ben": "push in <to ben>",
    "mouvement de grue du sol vers le haut, deux mètres": "crane up 2m",
    "the low angle of the sun lights the room, slow push in": "push in",
    # Until a thing fills the frame, by who was named, hedged figures, lists without their verb.
    "avance jusqu'à ce qu'Anna remplisse le cadre": "push in <to anna>",
    "アンナが画面いっぱいになるまで寄る": "push in <to anna>",
    "벤이 화면을 가득 채울 때까지 다가간다": "push in <to ben>",
    "推近直到安娜占满画面": "push in <to anna>",
    "Anna stands by the window. Push in on her.": "push in <to anna>",
    "Ben sits beside Anna, push in on him": "push in <to ben>",
    "Anna, Ben: tilt up to her face": "tilt up <at anna's face>",
    "push in on her": "push in <to her>",
    "the car in the back: zoom to it": "zoom in <at car>",
    "nähere dich ihnen langsam": "push in <to them>",
    "pan left no more than ten degrees, then at least thirty right": "pan left 10°, pan right 30°",
    "push in at most a metre": "push in 1m",
    "Schwenk mindestens zwanzig Grad nach rechts": "pan right 20°",
    "recule d'au moins deux mètres": "pull out 2m",
    "avanza como máximo un metro": "push in 1m",
    "indietro di almeno tre metri": "pull out 3m",
    "no máximo meio metro para a direita": "truck right 0.5m",
    "hooguit twee meter achteruit": "pull out 2m",
    "quarter turn left, stop, quarter turn back": "pan left 90°, hold, pan right 90°",
    "left, right, left again, quick pans": "pan left, pan right, pan left",
    "step back twice": "pull out 1.4m",
    # Behind somebody.
    "arc around behind Anna": "orbit right 180° <around anna>",
    "カメラはアンナの後ろに回り込む": "orbit right 180° <around anna>",
    "안나 뒤로 돌아간다": "orbit right 180° <around anna>",
    "绕到安娜身后": "orbit right 180° <around anna>",
    "draai met de klok mee om de auto, een kwart cirkel": "orbit left 90° <around car>",
    "um den Tisch herum im Uhrzeigersinn, ein Viertel": "orbit left 90° <around table>",
    # A dolly zoom by both its parts, a frame that is level again, a look ahead again.
    "dolly zoom: push in on Ben while zooming out, two metres": "dolly zoom in 2m <at ben>",
    "dutch 10 degrees right, slow push to the car, level out at the end": (
        "roll clockwise 10° + push in <to car>, roll counterclockwise 10° back"
    ),
    "first a quick look left, then right, then straight ahead again": "pan left, pan right, pan left home",
}  # fmt: skip


def told(text: str) -> str:
    reading = read_moves(text)
    parts = []
    for step in reading.steps:
        said = [step.name]
        said += [f"{step.degrees:g}°"] if step.degrees is not None else []
        said += [f"{step.metres:g}m"] if step.metres is not None else []
        said += [f"{step.seconds:g}s"] if step.seconds is not None else []
        said += [f"={step.height:g}"] if step.height is not None else []
        said += [f"<{step.relation} {step.target}>"] if step.target else []
        said += [f"-{step.gap:g}"] if step.gap is not None else []
        said += ["top"] if step.top else []
        said += [step.ease] if step.ease in ("in", "out") else []
        said += [step.returns] if step.returns else []
        parts.append((" + " if step.together else ", " if parts else "") + " ".join(said))
    start = f" | {reading.stands.how}" if reading.stands else ""
    return "".join(parts) + start


@pytest.mark.parametrize("text", SAID)
def test_how_a_move_ends_as_directors_say_it(text: str) -> None:
    assert told(text) == SAID[text]
    assert read_moves(text).unread == ()


def test_a_height_is_of_the_rise_or_fall_that_it_ends() -> None:
    push, down, hold = Step("push", 1), Step("pedestal", -1), Step("hold", 1)
    rise = Step("pedestal", 1, height=0.5, relation="height", said="to knee height")
    low = Step("pedestal", -1, height=0.5)
    assert marks.at_height([down, push], 0.5, 0, False) == [low, push]
    assert marks.at_height([down, hold], 0.5, 1, False) == [low, hold]  # "descend, stop at knee height"
    assert marks.at_height([push, hold], 0.5, 1, False) == [push, hold]
    measured = Step("pedestal", -1, metres=2.0)
    assert marks.at_height([measured], 0.5, 0, True) == [measured]
    together = replace(rise, together=True)
    assert marks.at_height([hold, push, hold], 0.5, 1, True) == [hold, push, together, hold]
    assert marks.at_height([push], 0.5, 1, True) == [push, rise]
    assert marks.at_height([Step("tilt", 1)], 0.5, 0, True) == [Step("tilt", 1)]


def test_how_a_clause_wants_the_shot_to_start() -> None:
    push, low = Step("push", 1), Step("pedestal", -1, height=0.5)
    assert marks.started({"height": 0.5}, [push], 0) == Start("at knee height", 0.5)
    assert marks.started({"height": 0.5}, [low], 0) is None
    assert marks.started({"height": 1.25}, [low, push], 1) is None
    assert marks.started({"fromheight": 1.25}, [low], 0) == Start("at 1.25 m above the ground", 1.25)
    assert marks.started({"starts": Start("at a low angle", looks=1), "height": 1.0}, [push], 0) == Start(
        "at a low angle", looks=1
    )
    assert marks.started({"toheight": 0.5}, [low], 0) is None
    assert [marks.mark(word) for word in ("fromheight50cm", "height160cm", "toheight5cm", "gap150cm", "paceout")] == [
        ("fromheight", 0.5), ("height", 1.6), ("toheight", 0.05), ("gap", 1.5), ("ease", "out"),
    ]  # fmt: skip
