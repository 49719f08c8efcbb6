"""More directions, in the notation of directors.notation: kinds that had gone wrong, each in several clothes."""

from __future__ import annotations

EIGHTH = {
    # Italian words that begin like "al"
    "Carrellata all'indietro lenta dal camino": "pull out slow <from fireplace>",
    "La telecamera si alza": "pedestal up",
    "Dolly all'indietro di 1 metro": "pull out 1m",
    "Panoramica verso l'alto sulla libreria": "tilt up <at shelf>",
    "Panoramica in alto": "tilt up",
    "Zoom all'indietro dall'orologio": "zoom out <from clock>",
    "Panoramica verticale dal pavimento al soffitto": "tilt up <at ceiling>",
    "Un giro completo attorno all'isola della cucina": "orbit right 360° <around island>",
    "Non muovere la camera": "hold",
    "Zoomata veloce sul viso": "zoom in fast <at face>",
    # capitals that are words
    "PANORAMICA DI 30 GRADI A DESTRA": "pan right 30°",
    "CARRELLATA A SINISTRA DI 2 METRI LUNGO LA LIBRERIA": "truck left 2m <along shelf>",
    "PUSH IN. DO NOT TILT.": "push in",
    "STATIC CAMERA, DO NOT ZOOM": "hold",
    "TU Berlin building, push in": "push in",
    "TI-84 calculator on the desk, pan left": "pan left",
    "The DO NOT ENTER sign": "",
    "HH PI on her": "handheld + push in <to her>",
    "PI, TU": "push in, tilt up",
    "slow PI, then TD 10°": "push in slow, tilt down 10°",
    # another direction after the last
    "Pan left then up then right": "pan left, tilt up, pan right",
    "Tilt up then right": "tilt up, pan right",
    "Tilt left then right": "roll counterclockwise, roll clockwise",
    "Orbit left 45°, then right 45°": "orbit left 45°, orbit right 45°",
    "Pan left 20 degrees, then right 40 degrees": "pan left 20°, pan right 40°",
    "pan 30 degrees left and back again": "pan left 30°, pan right 30°",
    "truck left 2m, then right 1m": "truck left 2m, truck right 1m",
    "dolly in 1m, then right 30 degrees": "push in 1m, pan right 30°",
    # from side to side without the small words
    "Panoramique gauche-droite": "pan right",
    "Panoramique gauche droite sur le salon": "pan right <at living room>",
    "Travelling latéral gauche vers droite": "truck right",
    "Panoramica sinistra destra": "pan right",
    "Panoramica destra-sinistra": "pan left",
    "Schwenk links rechts": "pan right",
    "Paneo derecha → izquierda": "pan left",
    "Pan left→right": "pan right",
    # easing is no move beside another
    "Ease in, push in, ease out": "push in",
    "Ease in, dolly right 1m, ease out": "truck right 1m",
    "push in and ease out": "push in",
    "Hold, then ease in": "hold, push in",
    # a length and no word of direction
    "Push 2m in 4 s": "push in 2m 4s",
    "Push slowly 2 m": "push in 2m slow",
    "Advance 150 centimeters": "push in 1.5m",
    "The army advances 2 m": "",
    # a hold in other words
    "Static for 2 seconds, then whip pan to the door": "hold 2s, pan right fast <at door>",
    "Static 2 seconds, then push in": "hold 2s, push in",
    "Erst 2 Sekunden stehen, dann heranfahren": "hold 2s, push in",
}
