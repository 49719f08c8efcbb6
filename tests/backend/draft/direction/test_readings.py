"""All that is read of a direction: every step with its side, amount, speed, ease and figures, what is forbidden, how a
move without a name is to be, and what no camera does. Directions of several languages, in the middle of which much else
is said."""

from __future__ import annotations

import pytest

from backend.engines.draft.direction.read import read_moves
from backend.engines.draft.direction.steps import Step
from tests.backend.draft.direction.sets.readings import MORE
from tests.backend.draft.direction.sets.readings_examples import EXAMPLES

# A direction, and under it what it means: a step's kind, sign, amount, speed and ease; its figures; whether it runs
# together with the one before, whether its side is open; <how it relates to a thing: the thing: what that leads to>.
READ = """
Static, only a faint breathing of the camera
    hold +1 1 1 smooth open
    handheld +1 0.3 1 smooth together open
Vertigo shot on the woman in the armchair
    dolly zoom -1 1 1 smooth open <at:woman:>
Langsame Kamerafahrt um das Sofa herum, im Uhrzeigersinn
    orbit -1 1 0.6 smooth <around:sofa:>
Caméra à l'épaule, elle suit la femme jusqu'à la porte
    handheld +1 1 1 smooth open
    push +1 1 1 smooth together open <to:door:>
    beyond following
카메라가 테이블 주위를 시계 방향으로 천천히 돈다
    orbit -1 1 0.6 smooth <around:table:>
the camera swoops down over the rooftops
    pedestal -1 1 1.6 smooth open <over:rooftops:>
Dolly zoom on the phone booth, 2 metres
    dolly zoom -1 1 1 smooth metres=2 open <at:phone booth:>
Camera moves in a half circle around him, clockwise
    orbit -1 1 1 smooth degrees=180 <around:him:>
Langsam auf das Fenster zufahren
    push +1 1 0.6 smooth open <to:window:>
Leicht schräge Kamera, langsam heranfahren
    roll +1 0.3 1 smooth open
    push +1 1 0.6 smooth together open
effet vertigo sur la femme
    dolly zoom -1 1 1 smooth open <at:woman:>
El coche gira a la izquierda
    beyond car
Die Tür öffnet sich langsam
    beyond door
Un soldat monte la colline
    nothing
slow creep in with a slight dutch angle
    push +1 1 0.6 smooth open
    roll +1 0.3 1 smooth together open
over the shoulder of Anna, drift left
    truck -1 1 1 smooth
wackelige Handkamera folgt ihr zur Tür
    handheld +1 1 1 smooth open
    push +1 1 1 smooth together open <to:door:>
    beyond following
dolly along the shelves from right to left
    truck -1 1 1 smooth <along:shelves:>
she drifts left through the crowd
    beyond people
slowly zoom out while tilting up
    zoom -1 1 0.6 smooth open
    tilt +1 1 1 smooth together open
travelling latéral le long du mur vers la gauche
    truck -1 1 1 smooth <along:wall:>
move the camera 1 m to the left and 30 cm up
    truck -1 1 1 smooth metres=1
    pedestal +1 1 1 smooth metres=0.3 together open
push in, starting slow and picking up speed
    push +1 1 1 in open
carrello in avanti lento verso la porta
    push +1 1 0.6 smooth open <to:door:>
Carrellata all'indietro lenta dal camino
    push -1 1 0.6 smooth open <from:fireplace:>
Pan left then up then right
    pan -1 1 1 smooth
    tilt +1 1 1 smooth open
    pan +1 1 1 smooth
Ease in, dolly right 1m, ease out
    truck +1 1 1 smooth metres=1
A to B: sofa to window, one move, 6 secs.
    push +1 1 1 smooth seconds=6 open <to:window:>
walk at a constant speed toward the door
    push +1 1 1 linear open <to:door:>
A câmera dá a volta na mesa pela esquerda, meia volta.
    orbit -1 1 1 smooth degrees=180 <around:table:>
Pasa entre la mesa y el sofá
    push +1 1 1 smooth open <through:table and sofa:>
No move on this one, please.
    hold +1 1 1 smooth
nos alejamos de la ventana
    push -1 1 1 smooth open <from:window:>
sube con grua 2 m y mira hacia abajo a la casa
    crane +1 1 1 smooth metres=2 open
    tilt -1 1 1 smooth together open <at:house:>
anderhalve seconde wachten
    hold +1 1 1 smooth seconds=1.5 open
The curtain moves but the camera doesn't
    hold +1 1 1 smooth
    beyond curtain
um den Tisch herum nach links, eine halbe Umdrehung
    orbit -1 1 1 smooth degrees=180 <around:table:>
how about a tilt up to the ceiling
    tilt +1 1 1 smooth open <at:ceiling:>
truck right at a constant rate
    truck +1 1 1 linear
Let the frame sit for 1.5 seconds then creep in on the chair
    hold +1 1 1 smooth seconds=1.5 open
    push +1 1 0.5 smooth open <to:chair:>
On s'approche de la fenêtre en descendant
    push +1 1 1 smooth open <to:window:>
    pedestal -1 1 1 smooth together open
camera tilts down 15 degrees and dollies in 50 cm
    tilt -1 1 1 smooth degrees=15 open
    push +1 1 1 smooth metres=0.5 together open
hero shot: low angle, slow push in with slight dutch
    push +1 1 0.6 smooth open
    roll +1 0.3 1 smooth together open
Schwenk von links nach rechts über die Stadt
    pan +1 1 1 smooth <at:city:>
La caméra longe le mur vers la gauche
    truck -1 1 1 smooth <along:wall:>
clockwise arc shot around the statue
    orbit -1 1 1 smooth <around:statue:>
crane up 4 m over the hedge
    crane +1 1 1 smooth metres=4 open <over:hedge:>
pan slowly from the sofa to the window
    pan +1 1 0.6 smooth open <at:window:>
Kamera fährt über den Tisch hinweg zum Fenster
    push +1 1 1 smooth open <to:window:>
La cámara se desplaza a la derecha 2 metros
    truck +1 1 1 smooth metres=2
slow drift to the right, 30 cm
    truck +1 1 0.6 smooth metres=0.3
panoramique vertical vers le haut
    tilt +1 1 1 smooth open
Pull straight back down the hall
    push -1 1 1 smooth open
Glide along the corridor at 1.6 m height
    push +1 1 1 smooth open <along:corridor:>
Kamera fährt in zwei Sekunden einen Meter vor, dann Schwenk nach links
    push +1 1 1 smooth metres=1 seconds=2 open
    pan -1 1 1 smooth
Plano detalle, acercamiento lento al anillo
    push +1 1 0.6 smooth open <to:ring:>
Câmera na mão, segue a mulher até a janela
    handheld +1 1 1 smooth open
    push +1 1 1 smooth together open <to:window:>
    beyond following
Handheld, walking behind him through the hallway
    handheld +1 1 1 smooth open
    push +1 1 1 smooth together open <through:hallway:>
    beyond people
Third person follow cam behind the knight, 3 m, slight sway
    push +1 1 1 smooth metres=3 open <with:knight:>
    handheld +1 0.5 1 smooth together open
cam rotates arround the car 180 degree
    orbit +1 1 1 smooth degrees=180 open <around:car:>
Slow Zoom auf die Hände, kein Schwenk
    zoom +1 1 0.6 smooth open <at:hand:>
    forbidden pan
Pan a la derecha de 60 grados en 4 segundos
    pan +1 1 1 smooth degrees=60 seconds=4
Volta completa em torno da estátua
    orbit +1 1 1 smooth degrees=360 open <around:statue:>
Steadicam: circle the bed once, end at the foot of it
    orbit +1 1 1 smooth degrees=360 open <around:bed:>
Walk around the dining table clockwise, looking at it
    orbit -1 1 1 smooth <around:dining table:>
not handheld, on a dolly, moving right
    truck +1 1 1 smooth
    forbidden handheld
Caméra fixe. La lumière baisse.
    hold +1 1 1 smooth open
    beyond light
Carrellata da sinistra a destra davanti alla facciata
    truck +1 1 1 smooth <past:facade:>
Rij achteruit tot je de hele kamer ziet
    push -1 1 1 smooth open <whole:room:>
Truck right to left past the lockers at hip height
    truck -1 1 1 smooth <past:lockers:>
shoulder-mounted, weaving between the dancers toward the stage
    handheld +1 0.8 1 smooth open
    push +1 1 1 smooth together open <through:dancers:stage>
over-the-shoulder on Ben, slow push past him to the board
    push +1 1 0.6 smooth open <to:board:>
Arc de cercle de 90° autour du piano, de droite à gauche
    orbit -1 1 1 smooth degrees=90 <around:piano:>
Dolly out de 1 metro em 3 segundos
    push -1 1 1 smooth metres=1 seconds=3 open
Slow rise from the keyboard to the monitor
    pedestal +1 1 0.6 smooth open <to:monitor:>
camera sinks behind the sofa
    pedestal -1 1 1 smooth open <to:sofa:>
the camera should get closer to the cat but not too fast
    push +1 1 1 smooth open <to:cat:>
Kamera fährt einen Meter nach links, dann zwei Meter vor
    truck -1 1 1 smooth metres=1
    push +1 1 1 smooth metres=2 open
Giro de 180 grados alrededor del coche
    orbit +1 1 1 smooth degrees=180 open <around:car:>
Câmera lateral à direita, 1 metro
    truck +1 1 1 smooth metres=1
Quarter orbit left around the table, 4 sec
    orbit -1 1 1 smooth degrees=90 seconds=4 <around:table:>
move camera forward 500 cm
    push +1 1 1 smooth metres=5 open
A push in without any zoom
    push +1 1 1 smooth open
    forbidden zoom
Kamera zieht sich zurück und gibt den Blick auf den ganzen Raum frei
    push -1 1 1 smooth open <whole:room:>
Retrocede dos metros y sube uno
    push -1 1 1 smooth metres=2 open
    pedestal +1 1 1 smooth metres=1 together open
Inclina a câmera 15 graus para baixo
    tilt -1 1 1 smooth degrees=15 open
Quick dolly left 1m then right 2m
    truck -1 1 1.8 smooth metres=1
    truck +1 1 1.8 smooth metres=2
idle sway, no other motion
    handheld +1 0.5 1 smooth open
A man enters left; camera pans with him
    pan +1 1 1 smooth open <with:him:>
    beyond people
Panoramique de gauche à droite sur la façade
    pan +1 1 1 smooth <at:facade:>
Inquadratura fissa per 4 secondi
    hold +1 1 1 smooth seconds=4 open
Vlieg over de daken naar de kerk
    push +1 1 1 smooth open <to:church:>
roll the camera 20 degrees
    roll +1 1 1 smooth degrees=20 open
wide shot, camera moves backwards quickly
    push -1 1 1.8 smooth open
The camera slowly pushes in while panning left.
    push +1 1 0.6 smooth open
    pan -1 1 1 smooth together
A busy kitchen at night slow push in
    push +1 1 0.6 smooth open
Camera: static. Subject: turns left.
    hold +1 1 1 smooth open
pan left quickly, pause, pan right slowly
    pan -1 1 1.8 smooth
    hold +1 1 1 smooth open
    pan +1 1 0.6 smooth
She pushes in the chair and leaves.
    beyond people
Anna walks to the window, turning left
    beyond people
Langsame Kamerafahrt vorwärts, dann Schwenk nach rechts
    push +1 1 0.6 smooth open
    pan +1 1 1 smooth
pan left slowly, then push in 2 metres over 3 seconds while tilting up 10 degrees
    pan -1 1 0.6 smooth
    push +1 1 1 smooth metres=2 seconds=3 open
    tilt +1 1 1 smooth degrees=10 together open
after 1.5 seconds truck right 40 cm past the lamp
    truck +1 1 1 smooth metres=0.4 delay=1.5 <past:lamp:>
a slow, barely noticeable push in on the man to the left of the door
    push +1 0.1 0.6 smooth <to:man:>
don't pan, no zoom, just a gentle drift
    truck +1 0.8 0.75 smooth open
    forbidden pan zoom
slow camera movement
    manner push +1 1 0.6 smooth
very slow camera movement, a lot
    manner push +1 1.7 0.4891 smooth
quick, aggressive camera move
    manner push +1 1 1.8 smooth
pan left then right then left
    pan -1 1 1 smooth
    pan +1 1 1 smooth
    pan -1 1 1 smooth
pan left and back
    pan -1 1 1 smooth
    pan +1 1 1 smooth
roll 10 degrees clockwise then back
    roll +1 1 1 smooth degrees=10
    roll -1 1 1 smooth degrees=10
handheld, very shaky, run through the corridor to the exit
    handheld +1 1.5 1 smooth open
    push +1 1 1.6 smooth together open <through:corridor:exit>
tilt from the floor up to the ceiling over 2 s
    tilt +1 1 1 smooth seconds=2 open <at:ceiling:>
crane up 3 m and over the wall, then look down
    crane +1 1 1 smooth metres=3 open <over:wall:>
    tilt -1 1 1 smooth open
three quarters of a turn around her
    orbit +1 1 1 smooth degrees=270 open <around:her:>
pan 1/4 turn to the right
    pan +1 1 1 smooth degrees=90
move half a metre left and 20 inches up
    truck -1 1 1 smooth metres=0.5
    pedestal +1 1 1 smooth metres=0.508 together open
dolly in while zooming out on the vase, slow
    dolly zoom +1 1 0.6 smooth open <at:vase:>
tilt down to the second chair from the left
    tilt -1 1 1 smooth <at:chair:>
the camera does not move for 3 seconds, then slowly pushes in
    hold +1 1 1 smooth seconds=3
    push +1 1 0.6 smooth open
push in until the face fills the frame
    push +1 1 1 smooth open <to:face:>
dolly back 1 foot 6 inches over two and a half seconds
    push -1 1 1 smooth metres=0.4572 seconds=2.5 open
truck left 3 ft 9 inches, then one and a half metres right
    truck -1 1 1 smooth metres=1.143
    truck +1 1 1 smooth metres=1.5
orbit one and a half turns around the car
    orbit +1 1 1 smooth degrees=540 open <around:car:>
orbit 3/8 of a turn left
    orbit -1 1 1 smooth degrees=135
circle twice around him
    orbit +1 1 1 smooth degrees=720 open <around:him:>
twice around the table, fast
    orbit +1 1 1.8 smooth degrees=720 open <around:table:>
camera at eye level; the wind blows the curtains as she turns around
    beyond curtains; people
zoom out 50 percent
    zoom -1 1 1 smooth factor=1.5 open
pan left 370 degrees in 2 s
    pan -1 1 1 smooth degrees=370 seconds=2
slow down at the end of the truck left
    truck -1 1 1 out
0:00-0:02 hold, 0:02-0:05 push in
    hold +1 1 1 smooth seconds=2 open
    push +1 1 1 smooth seconds=3 open
0-2s: pan left; 2-4s: tilt up 15°
    pan -1 1 1 smooth seconds=2
    tilt +1 1 1 smooth degrees=15 seconds=2 open
"""


def number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def told(step: Step) -> str:
    figures = [
        f"{name}={number(getattr(step, name))}"
        for name in ("degrees", "metres", "factor", "seconds", "share", "delay")
        if getattr(step, name) is not None
    ]
    how = [word for word, so in (("together", step.together), ("open", step.open_side)) if so]
    thing = [f"<{step.relation}:{step.target}:{step.onward}>"] if step.relation or step.target or step.onward else []
    head = f"{step.kind} {step.sign:+d} {number(step.amount)} {number(step.speed)} {step.ease}"
    return " ".join([head, *figures, *how, *thing])


def rows() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    text = ""
    for line in (READ + MORE + EXAMPLES).strip().splitlines():
        if line.startswith("    "):
            found[text].append(line.strip())
        elif line:
            found[text := line] = []
    return found


ROWS = rows()


@pytest.mark.parametrize("text", ROWS)
def test_a_direction_means_all_that_it_says(text: str) -> None:
    reading = read_moves(text)
    found = [told(step) for step in reading.steps]
    found += [f"forbidden {' '.join(sorted(reading.forbidden))}"] if reading.forbidden else []
    found += [f"manner {told(reading.manner)}"] if reading.manner else []
    found += [f"beyond {'; '.join(reading.beyond)}"] if reading.beyond else []
    assert (found or ["nothing"]) == ROWS[text]
