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
    "past the chair, then on to the window": "push in <to window>",
    "through the gate, then around the fountain, then on to the house": (
        "push in <through gate>, orbit right <around fountain>, push in <to house>"
    ),
    "Glide past the table, onward to the fireplace": "push in <to fireplace>",
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
    # Up and down stairs, out of doors.
    "Camera climbs the staircase": "push in <up stairs>",
    "walk down the spiral steps": "push in <down steps>",
    "go down the steps into the cellar": "push in <to cellar>",
    "Die Kamera fährt die Treppe hinauf": "push in <up stairs>",
    "la caméra descend l'escalier": "push in <down stairs>",
    "カメラが階段を上がる": "push in <up stairs>",
    "walk out of the front door": "push in <through front door>",
    "the camera glides out of the gate": "push in <through gate>",
    "fly backwards out of the window": "pull out <from window>",
    "we leave the kitchen by the back door and rise above the garden": (
        "push in <through door>, pedestal up <over garden>"
    ),
    "pan to the back wall": "pan right <at wall>",
    # Looks beside a way.
    "truck right, keeping the statue centred": "truck right + pan right <at statue>",
    "slide left while keeping the piano in the centre of the frame": "truck left + pan right <at piano>",
    "Camera rises two metres, keeping the fountain in frame": "pedestal up 2m + tilt up <at fountain>",
    "truck right while panning left to keep the clock in the middle": "truck right + pan left <at clock>",
    "dolly back 6 feet keeping Anna centred": "pull out 1.8288m + pan right <at anna>",
    "zoom in on the vase, don't move the camera": "zoom in <at vase>",
    "slow pan left, no camera movement otherwise": "pan left slow",
    # Manners before the move, and once more after a look.
    "slow, creeping zoom on the phone": "zoom in slow <at phone>",
    "a crawling dolly toward the bed": "push in slow <to bed>",
    "snap right to the door": "pan right fast <at door>",
    "the camera flicks left, then snaps right": "pan left fast, pan right fast",
    "Zoom brutal sur le visage": "zoom in fast <at face>",
    "walk along the canal, glance left at the tower, then carry on": (
        "push in <along canal>, pan left <at tower>, push in <along canal>"
    ),
    "Dolly down the hall, look right, keep going": "push in, pan right, push in",
    "Langsam ranzoomen auf das Bild, danach ruckartig zurück": "zoom in slow <at picture>, zoom out fast",
    "Schwenk nach links, dann zurück": "pan left, pan right",
    "Pan a la izquierda, luego vuelve": "pan left, pan right",
    # What a thing is called, and is not.
    "slow push to the single on Tom": "push in slow <to tom>",
    "pull back to a wide two-shot of the sisters": "pull out <to sisters>",
    "move in on the letter till it fills the frame": "push in <to letter>",
    "slide right to discover the couple dancing": "truck right <to couple>",
    "zoom in by a factor of 1.5": "zoom in 1.5x",
    # Figures and denials beside other words.
    "jib up 2m as we tilt down to keep the table in frame": "crane up 2m + tilt down <at table>",
    "Reverse: pull back along the hallway at walking pace": "pull out slow <along hallway>",
    "raise cam 3ft, tilt dwn 10deg": "pedestal up 0.9144m, tilt down 10°",
    "no pan no tilt just slide right 1.5m along the counter": "truck right 1.5m <along counter>",
    "push in, hold the last 2 seconds": "push in, hold 2s",
}
