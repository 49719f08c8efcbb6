"""Directions that leave out what was said before, that name both ends of a move, or where it stops; a person's ups and
downs; in the notation of directors.notation."""

from __future__ import annotations

THIRTEENTH = {
    # So much again.
    "push in five feet, then five more": "push in 1.524m, push in 1.524m",
    "Push in 2 m, then another 3": "push in 2m, push in 3m",
    "pan left 20 degrees, hold, then 25 more": "pan left 20°, hold, pan left 25°",
    "pan left 20 degrees, then 30 to the right": "pan left 20°, pan right 30°",
    "truck right 50 cm, pause, then 20 more": "truck right 0.5m, hold, truck right 0.2m",
    "push in a metre and then another": "push in 1m, push in 1m",
    "push in 1 m, pause, push 2 m more": "push in 1m, hold, push in 2m",
    "orbit the car by 45 degrees, pause, a further 90": "orbit right 45° <around car>, hold, orbit right 90°",
    # What a move begins and ends on.
    "Start on the fireplace, end on the window. One smooth pan.": "pan right <at window>",
    "start on the lamp and finish on the clock, slow": "pan right slow <at clock>",
    "Open on the window. End on the letter.": "pan right <at letter>",
    "begin on the shoes, end on the ceiling": "tilt up <at ceiling>",
    "Starting on the lamp, truck right, ending on the door": "truck right <to door>",
    "start wide, end on the clock": "push in <to clock>",
    "whip from the sofa to the door, then straight back to the sofa": "pan right fast <at door>, pan right <at sofa>",
    "look from the lamp over to the window": "pan right <at window>",
    # Where it stops.
    "circle the fountain and stop in front of the house": (
        "orbit right <around fountain>, push in <to house>, hold <to house>"
    ),
    "orbit around the table, ending on the fireplace": "orbit right <around table>",
    "go down the hall and stop by the mirror": "push in <to mirror>, hold <past mirror>",
    "pan right, pausing at the clock": "pan right <at clock>, hold <to clock>",
    "La caméra traverse le salon et s'arrête devant la fenêtre": "push in <through living room>, hold <to window>",
    "Schwenk nach rechts und hält auf der Uhr": "pan right <at clock>, hold <to clock>",
    "Die Kamera umkreist das Auto und stoppt vor dem Haus": (
        "orbit right <around car>, push in <to house>, hold <to house>"
    ),
    "Die Kamera gleitet durch den Flur und biegt links ab": "push in <through corridor> + pan left",
    "La camera gira intorno al tavolo e si ferma davanti alla finestra": (
        "orbit right <around table>, push in <to window>, hold <past window>"
    ),
    "A câmera contorna a mesa e para em frente à janela": (
        "orbit right <around table>, push in <to window>, hold <to window>"
    ),
    "De camera rijdt door de gang en stopt voor het raam": "push in <through corridor>, hold <to window>",
    "カメラは左から右へゆっくりパンし、最後に時計で止まる": "pan right slow <at clock>, hold <to clock>",
    "카메라가 오른쪽으로 팬하고 시계에서 멈춘다": "pan right <at clock>, hold <to clock>",
    # On to the next.
    "past the chair, then on to the window": "push in <past chair>, push in <to window>",
    "through the gate, then around the fountain, then on to the house": (
        "push in <through gate>, orbit right <around fountain>, push in <to house>"
    ),
    "Glide past the table, onward to the fireplace": "push in <past table>, push in <to fireplace>",
    "Walk through the door into the kitchen and look up at the skylight": (
        "push in <through door>, tilt up <at skylight>"
    ),
    "go to the window and look down at the street": "push in <to window>, tilt down <at street>",
    # A person's ups and downs, and others'.
    "stand up slowly from the chair": "pedestal up 0.45m slow <from chair>",
    "The camera sits down in the armchair": "pedestal down 0.45m",
    "crouch down beside the bed": "pedestal down 0.7m <past bed>",
    "the man stands up": "",
    "she sits down, camera holds": "hold",
    # Figures and denials beside other words.
    "jib up 2m as we tilt down to keep the table in frame": "crane up 2m + tilt down",
    "Reverse: pull back along the hallway at walking pace": "pull out slow <along hallway>",
    "raise cam 3ft, tilt dwn 10deg": "pedestal up 0.9144m, tilt down 10°",
    "no pan no tilt just slide right 1.5m along the counter": "truck right 1.5m <along counter>",
    "push in, hold the last 2 seconds": "push in, hold 2s",
}
