"""Where the camera stands, what the shot is on, what a way leads by, and looks without a verb for each, as directors
write them."""

from __future__ import annotations

import pytest

from backend.engines.draft.direction.read import read_moves

# "by" is what a way leads past on its way, "on" what the shot is on; after "|" how it should start.
SAID = {
    # Right above, low, over a shoulder.
    "Crane up to a top shot over the table": "crane up <top table>",
    "Rise until we look straight down at Anna": "crane up <top anna>",
    "End on a top-down view of the table": "crane up <top table>",
    "Go overhead and look straight down at the table": "crane up <top table>",
    "God's eye view of the sofa, slow spin": "roll clockwise | at a high angle",
    "Low angle on Anna, slow push in.": "push in on anna | at a low angle",
    "LA on Ben, slow PI": "push in on ben | at a low angle",
    "Camera on the floor, creeps toward the sofa": "push in <to sofa> | at a low angle",
    "Camera high above the room looking down, slowly sinking": "pedestal down | at a high angle",
    "OTS Anna on Ben, slow push": "push in on ben | over a shoulder",
    "Over Anna's shoulder, push toward Ben": "push in <to ben> | over a shoulder",
    "First person walk to the stairs, handheld": "push in <to stairs> + handheld",
    "Tight on Anna, slow creep": "push in on anna",
    "Medium shot, Anna, push to close-up": "push in on anna close",
    "Ben waves, the camera drifts left": "truck left",
    # Ways by things.
    "Over the table toward the window": "push in <to window> over table",
    "Glide under the table toward the sofa": "push in <to sofa> under table",
    "Track along the fence toward the stairs": "push in <to stairs> along fence",
    "Steadicam: follow fence R to L, end at stairs": "truck left <to stairs> along fence",
    "Dolly down the length of the fence": "push in <along fence>",
    "Follow the row of trees into the distance": "push in <along trees>",
    "Duck under the table": "push in <under table>",
    "Straight through Ben to the window": "push in <through ben>",
    "Peek over the sofa at Anna": "push in <to anna> over sofa",
    "Peer around the lamp at Ben": "push in <to ben> past lamp",
    "Lungo la staccionata fino alle scale": "push in <to stairs> along fence",
    "沿着栅栏走到楼梯": "push in <to stairs> along fence",
    # Round things.
    "Swing around Ben": "orbit right <around ben>",
    "Swing round behind Ben": "orbit right 180° <around ben>",
    "Swing around to Ben's left side": "orbit left 90° <around ben>",
    "Walk around the table to the other side": "orbit right 180° <around table>",
    "Full circle around Anna and back to where we started": "orbit right 360° <around anna>",
    "Round the sofa and end on Anna": "orbit right <around sofa>",
    "Come around the corner and find the car": "push in <to car>",
    # Looks from thing to thing.
    "Pan left to right, sofa to window": "pan right <at window> | on the sofa",
    "Sofa to window, slow pan": "pan right <at window> | on the sofa",
    "Pan across Anna, Ben, and the lamp": "pan right <at anna>, pan right <at ben>, pan right <at lamp>",
    "Window, then lamp, then door": "pan right <at lamp>, pan right <at door> | on the window",
    "pan R to Ben": "pan right <at ben>",
    "Move in closer to the lamp and then swing over to the window": "push in <to lamp> + pan right <at window>",
    "Turn our back on Anna and face the door": "pan right <at door>",
    "A slow reveal of the window": "pan right <at window>",
    # Dolly zooms by their sense; sizes; times.
    "Dolly in, zoom out": "dolly zoom in",
    "Dolly out / zoom in on Anna": "dolly zoom out <at anna>",
    "Push in while zooming out, keeping Ben the same size": "dolly zoom in <at ben>",
    "Vertigo shot, background stretches away": "dolly zoom in",
    "Reverse vertigo on Anna": "dolly zoom in <at anna>",
    "Contra-zoom, camera moves forward": "dolly zoom in",
    "Wide to tight on Anna": "push in <to anna> close",
    "CU Ben. Slow creep in. End ECU.": "push in on ben extreme",
    "Push in for two seconds, pan right for two, hold for one": "push in 2s, pan right 2s, hold 1s",
    "At 2s start panning left, stop at 4s": "hold 2s, pan left 2s, hold",
    "She turns left, and the camera follows with a slow pan": "pan left",
    "Boom up 2m tilting down to hold the table": "crane up + tilt up <at table>",
    "Tilt from the car up to the top of the tree": "tilt up <at tree> | on the car",
    "Start on Ben's shoes and work up to his eyes": "tilt up <at eyes>",
    "Pull straight back and up to reveal the whole house": "pull out <whole house> + pedestal up",
    # Aims behind another word, and bare nouns.
    "Crash zoom Ben, hold 1 beat, slow zoom out": "zoom in <at ben>, hold 1s, zoom out",
    "Dutch L 10, push on Ben": "roll counterclockwise 10° + push in <to ben>",
    "POV Anna: look L to lamp, R to window, then walk to door": "pan left <at lamp>, pan right <at window>, "
    "push in <to door>",
    "From the car, whip to the stairs and back to the car.": "pan right <at stairs>, pan right <at car>",
    "Start on the window and pan across the room until we land on Anna.": "pan right <at anna> | on the window",
    "Start close on Anna's hands, then rise up to her face": "tilt up <at anna's face> | on Anna's hands",
    "Rise from the floor to the height of the tabletop": "pedestal up <level table>",
    "A handheld move in on Ben that stops abruptly a metre away.": "handheld + push in <to ben> -1",
    "Truck R 2m, pan L to hold Ben": "truck right + pan right <at ben>",
    "Von Anna zu Ben schwenken": "pan right <at ben>",
    # Postures, and sentences of their own.
    "Lean left around the lamp to see Ben.": "truck left <past lamp>",
    "A quick glance to the window, then back to Anna.": "pan right <at window>, pan left <at anna>",
    "Track Ben as he walks to the stairs.": "push in <with ben>",
    "Zoom slowly through the gap between Anna and Ben to the car.": "zoom in <at car>",
    "Orbit the tree upward in a corkscrew.": "orbit right <around tree> + pedestal up",
    "Arc from Anna's left profile to her right.": "orbit right 180° <around anna>",
    "Snap back to wide.": "zoom out",
    "Stay low, skim the floor": "push in | at a low angle",
    "Arc 1/4 R round Ben, stop": "orbit right 90° <around ben>, hold",
    "Make a half moon around the table from left to right.": "orbit right 180° <around table>",
    "Turn a full circle on the spot.": "pan right 360°",
    "In one breath: from the lamp, past the sofa, to the stairs.": "push in <to stairs> past sofa",
    "Don't stop at the sofa, go on to the window.": "push in <to window> past sofa",
    "Pan: door to stairs, then stairs to car": "pan right <at stairs>, pan right <at car> | on the door",
    "Slow pan: sofa, lamp, window": "pan right <at sofa>, pan right <at lamp>, pan right <at window>",
    "Pull out, wide, whole room": "pull out <whole room>",
    "Let our gaze travel up the tree.": "tilt up <at tree>",
    "Anna turns to the window and we turn with her.": "pan right <at window>",
    "Move towards Ben but don't get closer than two metres.": "push in <to ben> -2",
    "We see Ben from below; the camera circles him slowly.": "orbit right <around ben> | at a low angle",
    "The camera moves from a low angle on Ben to a high angle.": "crane up | at a low angle",
    "Through Anna's eyes: the camera turns to the door, then walks to it.": "pan right <at door>, push in <to door>",
    "We move past Ben's left shoulder and discover Anna by the window.": "push in <to anna> past ben's shoulder",
    # In other languages.
    "Über die Schulter von Anna auf Ben, leichte Fahrt nach rechts": "truck right | over a shoulder",
    "Par-dessus l'épaule d'Anna, lent travelling vers Ben": "push in <to ben> | over a shoulder",
    "アンナの肩越しにベンへゆっくり寄る": "push in <to ben> | over a shoulder",
    "过肩镜头，缓慢推近": "push in | over a shoulder",
    "Picado sobre la mesa, la cámara baja despacio": "pedestal down | at a high angle",
    "Plan en plongée totale au-dessus de la table, la caméra descend": "pedestal down | at a high angle",
    "Dal basso verso Ben, lento carrello in avanti": "push in on ben | at a low angle",
    "Câmera baixa, aproximação lenta do Ben": "push in <to ben> | at a low angle",
    "Zwischen Anna und Ben hindurch zur Tür": "push in <through anna and ben>",
    "Schärfeverlagerung von Anna auf das Fenster": "",
    "Cambio de foco de Ana a la ventana": "",
    "焦点从安娜转到窗户": "",
    "Kamera fährt unter dem Tisch hindurch": "push in <under table>",
    "A câmera passa por baixo da mesa": "push in <under table>",
    "镜头从桌子下面穿过": "push in <under table>",
    "De camera glijdt onder de tafel door": "push in <under table>",
    "镜头升到桌子正上方俯视": "pedestal up <top table>",
    "カメラがテーブルの真上まで上がる": "pedestal up <top table>",
    "테이블 바로 위까지 올라간다": "pedestal up <top table>",
    "Travelling lateral a la derecha siguiendo la valla": "truck right <along fence>",
    "Unter dem Tisch hindurch zum Sofa": "push in <to sofa> under table",
    "Sous la table jusqu'au canapé": "push in <to sofa> under table",
    "Swing the camera to the stairs": "pan right <at stairs>",
    "Orbit half way round Ben, then push to the door": "orbit right 180° <around ben>, push in <to door>",
    "Am Zaun entlang zur Treppe fahren": "push in <to stairs> along fence",
    "Ao longo da cerca até a escada": "push in <to stairs> along fence",
    "A lo largo de la valla hasta la escalera": "push in <to stairs> along fence",
    "Push in on Anna until she's in a medium close-up": "push in <to anna> nearer",
    "Slow track right to left past the sofa with Anna centred throughout": "truck left <past sofa> + pan right "
    "<at anna>",
    "Slider R 1m, table FG, Anna BG": "truck right",
    "Hold. Hold. Push fast to Ben.": "hold, push in <to ben>",
    "Roll the camera upside down while moving to the window": "roll clockwise 180° + push in <to window>",
    "Glide through the gap between the table and the lamp": "push in <through table and lamp>",
    # Where they stop.
    "Push in and stop short of the table": "push in <to table> -0.8",
    "Take me from the sofa to the stairs in one fluid move": "push in <to stairs>",
}


def told(text: str) -> str:
    reading = read_moves(text)
    parts = []
    for step in reading.steps:
        figures = [f"{step.degrees:g}°"] if step.degrees is not None else []
        target = [f"<{step.relation} {step.target}>"] if step.target else []
        by = [f"{step.passing} {step.via}"] if step.via else []
        size = [step.frames] if step.frames else []
        seconds = [f"{step.seconds:g}s"] if step.seconds is not None else []
        gap = [f"-{step.gap:g}"] if step.gap is not None else []
        on = [f"on {step.about}"] if step.about else []
        parts.append(
            (" + " if step.together else ", ")
            + " ".join([step.name, *figures, *seconds, *target, *by, *gap, *on, *size])
        )
    start = reading.stands.how if reading.stands else reading.start
    return "".join(parts).removeprefix(", ") + (f" | {start}" if start else "")


@pytest.mark.parametrize("text", SAID)
def test_where_it_stands_and_what_it_leads_by(text: str) -> None:
    assert told(text) == SAID[text]
