"""Directions that went wrong in a fifth set of them, by an artist and by combinations; in the notation of
directors.notation."""

from __future__ import annotations

FIFTEENTH = {
    "Beat, then a slow 40 degree pan off Anna across to the stairs": ("hold 1s, pan right 40° slow <at stairs>"),
    "land on a tight close-up of the lamp": "push in <to lamp>",
    "we finish on the door handle": "push in <to door handle>",
    "vertigo on Anna: dolly back 1 m, lens goes in to match": "dolly zoom out 1m <at anna>",
    "contra-zoom, push 2 m and widen the lens so Ben never changes size": "dolly zoom in 2m",
    "we edge a step closer to the tree": "push in 0.7m <to tree>",
    "canted 12 degrees to the left the entire shot, creeping in 80 cm": (
        "roll counterclockwise 12° + push in 0.8m slow"
    ),
    "First second nothing. Then rise a metre. Last second nothing.": "hold 1s, pedestal up 1m, hold 1s",
    "Anna gets up and walks to the door, we go with her": "push in <to door>",
    "Nudge in eighteen inches, no more.": "push in 0.4572m",
    "Don't move the camera at all, only drop the nose ten degrees": "tilt down 10°",
    "arc left a quarter circle round Ben, radius stays the same": "orbit left 90° <around ben>",
    "jib down to the tabletop over four seconds": "crane down 4s <level table>",
    "Slowly lose the horizon: roll clockwise to 20 while we retreat a metre": ("roll clockwise 20° + pull out 1m"),
    "rise two metres and push three at the same time, looking down at the table": (
        "pedestal up 2m + push in 3m + tilt down <at table>"
    ),
    "Boom up 6' while trucking right 3'.": "crane up 1.8288m + truck right 0.9144m",
    "swing 25° left, hang on the tree for a second, swing back": (
        "pan left 25° <at tree>, hold 1s <to tree>, pan right 25°"
    ),
    "Swoop down to the gate and fly through it.": "push in fast <to gate>, push in <through gate>",
    "truck right, hold, then back": "truck right, hold, truck left",
    "Bitte kein Schwenk, nur ein ganz ruhiges Hochfahren um achtzig Zentimeter": "pedestal up 0.8m slow",
    "Erst zum Fenster schauen, dann zurück zu Ben": "pan right <at window>, pan left <at ben>",
    "Schwenk um 45 Grad nach rechts, kurz halten, dann zurück.": "pan right 45°, hold, pan left 45°",
    "Die Kamera sinkt auf Tischhöhe": "pedestal down <level table>",
    "Nach drei Sekunden ruckartig 45 Grad nach links reißen": "pan left 45° fast",
    "La caméra descend jusqu'au niveau de la table et s'arrête": "pedestal down <level table>, hold",
    "Ne bougez pas la caméra, juste un zoom lent sur le miroir.": "zoom in slow <at mirror>",
    "Demi-tour de la caméra sur place, par la droite": "pan right 180°",
    "Avancer d'un mètre, attendre trois secondes, reculer d'un mètre.": "push in 1m, hold 3s, pull out 1m",
    "Anna se lève et la caméra recule devant elle.": "pull out <to her>",
    "Les deux dernières secondes, panoramique à gauche": "pan left 2s",
    "Panorámica rapidísima a la derecha, de Anna a la escalera": "pan right fast <at stairs>",
    "inclina la cámara 15 grados hacia arriba en el último segundo": "tilt up 15° 1s",
    "La cámara sube mirando la fuente": "crane up <at fountain>",
    "Indietro di un metro, poi su di due": "pull out 1m, pedestal up 2m",
    "La camera sale di tre metri guardando la fontana.": "crane up 3m <at fountain>",
    "Non muovere la camera, solo uno zoom lento sullo specchio.": "zoom in slow <at mirror>",
    "na primeira metade fica parada, na segunda metade recua 2 metros": "hold, pull out 2m",
    "A Ana sai pela porta e a câmera fica parada.": "hold",
    "アンナの周りを時計回りに半周": "orbit left 180° <around anna>",
    "アンナがドアへ歩き、カメラはパンで追う。": "pan right <at her>",
    "ソファの横を通って窓の前で止まる。": "push in <past sofa>, push in <to window>, hold <to window>",
    "車に向かってドリー、手前で止まる": "push in <to car>, hold",
    "前半は静止、後半はズームイン": "hold, zoom in",
    "왼쪽으로 2미터 이동하면서 테이블을 계속 바라본다": "truck left 2m + pan right <at table>",
    "안나가 문으로 걸어가고 카메라는 팬으로 따라간다.": "pan right <at her>",
    "크레인으로 4미터 올라가 분수를 내려다본다.": "crane up 4m + tilt down <at fountain>",
    "镜头先上摇20度，停一秒，再慢慢摇回来": "tilt up 20°, hold 1s, tilt down 20° slow",
    "绕着桌子向左环绕四十五度，然后停住": "orbit left 45° <around table>, hold",
    "从沙发旁经过，停在窗前。": "push in <past sofa>, push in <to window>, hold <to window>",
    "安娜走向门口，镜头摇摄跟随。": "pan right <at her>",
    "一边后退两米一边右摇30度": "pull out 2m + pan right 30°",
}
