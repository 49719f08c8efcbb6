"""More directions and all that they mean, in the form of test_readings.py."""

MORE = """
Whip pan to the door on the right
    pan +1 1 4 smooth <at:door:>
half orbit around the statue to the left
    orbit -1 1 1 smooth degrees=180 <around:statue:>
Feste Kamera, nur ein leichtes Atmen
    hold +1 1 1 smooth open
    handheld +1 0.5 1 smooth together open
Paneo a la izquierda de 40 grados
    pan -1 1 1 smooth degrees=40
Drohnenflug um das Gebäude herum
    orbit +1 1 1 smooth open <around:building:>
lateral slide to the right, 1.5 meters, very slow
    truck +1 1 0.4891 smooth metres=1.5
Rise above the trees to reveal the lake
    pedestal +1 1 1 smooth open <over:trees:>
Camera circles the dancers anticlockwise, two full turns
    orbit +1 1 1 smooth degrees=720 <around:dancers:>
Die Kamera folgt der Frau zur Treppe
    push +1 1 1 smooth open <to:stairs:>
    beyond following
La caméra suit l'homme à travers le couloir
    push +1 1 1 smooth open <through:corridor:>
    beyond following
La cámara sigue a la mujer hasta la escalera
    push +1 1 1 smooth open <to:stairs:>
    beyond following
La voiture tourne à gauche
    beyond car
The kids run around the table
    beyond people
side tracking shot past the market stalls from right to left
    truck -1 1 1 smooth <past:market stalls:>
full circle around the statue
    orbit +1 1 1 smooth degrees=360 open <around:statue:>
dolly left while panning right to keep the car centred
    truck -1 1 1 smooth
    pan +1 1 1 smooth together <at:car:>
cámara en mano, se acerca al sofá
    handheld +1 1 1 smooth open
    push +1 1 1 smooth together open <to:sofa:>
la cámara orbita en sentido antihorario alrededor del coche
    orbit +1 1 1 smooth <around:car:>
lower down behind the counter
    pedestal -1 1 1 smooth open <to:counter:>
schneller Reißschwenk nach rechts
    pan +1 1 6 smooth
la cámara retrocede hasta mostrar toda la sala
    push -1 1 1 smooth open <whole:room:>
The first half is static, then we slowly push in
    hold +1 1 1 smooth open
    push +1 1 0.6 smooth open
dolly on rails alongside the train
    truck +1 1 1 smooth open <along:train:>
steadicam from the entrance to the bar
    push +1 1 1 smooth open <to:bar:>
Un giro completo attorno all'isola della cucina
    orbit +1 1 1 smooth degrees=360 open <around:island:>
dolly in 1m, then right 30 degrees
    push +1 1 1 smooth metres=1 open
    pan +1 1 1 smooth degrees=30
Gimme a quick zoom on the lamp
    zoom +1 1 1.8 smooth open <at:lamp:>
can the camera kinda float up and look down at the table
    pedestal +1 1 1 smooth open
    tilt -1 1 1 smooth together open <at:table:>
Seitlich nach rechts am Auto vorbei, 1,5 m, gleichmäßig.
    truck +1 1 1 linear metres=1.5 <past:car:>
Fly in low over the car, bank left, end on the house.
    push +1 1 1 smooth open <over:car:>
    roll -1 1 1 smooth <at:house:>
Snap zoom to the door, beat, slow zoom back out.
    zoom +1 1 9 smooth open <at:door:>
    hold +1 1 1 smooth seconds=1 open
    zoom -1 1 0.6 smooth open
Een meter omhoog langs de boom, uit de hand.
    pedestal +1 1 1 smooth metres=1 open <past:tree:>
    handheld +1 1 1 smooth together open
Avanza verso il tavolo abbassandosi
    push +1 1 1 smooth open <to:table:>
    pedestal -1 1 1 smooth together open
zoom out slow while goin closer to the chair
    dolly zoom +1 1 0.6 smooth open <at:chair:>
Jib shot, go up to the roof
    crane +1 1 1 smooth open <to:roof:>
tweeënhalve meter achteruit
    push -1 1 1 smooth metres=2.5 open
between the sofa and the table to the window
    push +1 1 1 smooth open <through:sofa and table:window>
let the room breathe for 4 s, then truck right
    hold +1 1 1 smooth seconds=4 open
    truck +1 1 1 smooth
Crane shot, open on the sky and come down to the front door
    crane -1 1 1 smooth open <to:front door:>
Spin on the spot 180 degrees
    pan +1 1 1 smooth degrees=180 open
Start close on the vase, slowly pull back until the whole table is visible
    push -1 1 0.6 smooth open <whole:table:>
half a turn around the sofa, anticlockwise
    orbit +1 1 1 smooth degrees=180 <around:sofa:>
parallax move to the left past the trees
    truck -1 1 1 smooth <past:trees:>
erst Schwenk nach links, dann langsam auf den Mann zu
    pan -1 1 1 smooth
    push +1 1 0.6 smooth open <to:man:>
La cámara pasa junto a la silla hacia la ventana
    push +1 1 1 smooth open <to:window:>
no movement at all, only a subtle sway
    hold +1 1 1 smooth
    handheld +1 0.4 1 smooth together open
follow the dog through the gate
    push +1 1 1 smooth open <through:gate:>
    beyond following
handheld walk-through of the house
    handheld +1 1 1 smooth open
    push +1 1.4 1 smooth together open
travelling avant vers le canapé, lentement
    push +1 1 0.6 smooth open <to:sofa:>
anticlockwise arc around the bed, a quarter turn
    orbit +1 1 1 smooth degrees=90 <around:bed:>
Kamera fährt langsam hinter dem Sofa entlang nach rechts
    truck +1 1 0.6 smooth
Boom up from the floor to eye level
    crane +1 1 1 smooth open
Orbit cam 270 deg CW around the boss at 2x speed
    orbit -1 1 1.8 smooth degrees=270 <around:boss:>
Nothing but a slow tilt up
    tilt +1 1 0.6 smooth open
Panoramique de la porte à la fenêtre
    pan +1 1 1 smooth open <at:window:>
Prima ferma, poi avanza piano verso la finestra
    hold +1 1 1 smooth open
    push +1 1 0.6 smooth open <to:window:>
Uit de hand, volg de vrouw naar het raam
    handheld +1 1 1 smooth open
    push +1 1 1 smooth together open <to:window:>
    beyond following
Roll 90 degrees clockwise over two seconds
    roll +1 1 1 smooth degrees=90 seconds=2
Slow pan across the living room ending at the terrace doors
    pan +1 1 0.6 smooth open <at:terrace doors:>
Neither pan nor tilt. Crane straight up.
    crane +1 1 1 smooth open
    forbidden pan tilt
On part du vase et on recule jusqu'à la porte
    push -1 1 1 smooth open <to:door:>
Giro attorno al tavolo in senso antiorario, 180 gradi
    orbit +1 1 1 smooth degrees=180 <around:table:>
Niet zoomen, alleen naar links rijden
    truck -1 1 1 smooth
    forbidden zoom
First 2 sec nothing. Then boom up 1m.
    hold +1 1 1 smooth seconds=2 open
    crane +1 1 1 smooth metres=1 open
camra pan to lefft verry slow
    pan -1 1 0.4891 smooth
traffic streams by below while the camera cranes down
    crane -1 1 1 smooth open
    beyond traffic
La cámara se aleja de la mesa hasta mostrar toda la cocina
    push -1 1 1 smooth open <whole:kitchen:>
A câmera passa pela porta e vira à esquerda
    push +1 1 1 smooth open <through:door:>
    pan -1 1 1 smooth together
Two-second hold. Dolly in, half a metre. Two-second hold.
    hold +1 1 1 smooth seconds=2 open
    push +1 1 1 smooth metres=0.5 open
    hold +1 1 1 smooth seconds=2 open
Approach with no shake until the mask fills frame
    push +1 1 1 smooth open <to:mask:>
Walkthrough from entrance to roof terrace via the stairs
    push +1 1.4 1 smooth open <to:roof terrace:>
Drohne hebt ab und umrundet den Turm zur Hälfte
    pedestal +1 1 1 smooth open
    orbit +1 1 1 smooth degrees=180 together open <around:tower:>
Inclinación hacia arriba desde los zapatos hasta la cara
    tilt +1 1 1 smooth open <at:face:>
Draai om de auto heen, 180 graden
    orbit +1 1 1 smooth degrees=180 open <around:car:>
crane down 3 m, tilting up to stay on the singer
    crane -1 1 1 smooth metres=3 open
    tilt +1 1 1 smooth together open <at:singer:>
Front elevation, slow truck to the right, no rotation
    truck +1 1 0.6 smooth
Match cut, then slow zoom on the moon
    zoom +1 1 0.6 smooth open <at:moon:>
    beyond cuts
La caméra contourne le fauteuil par la gauche
    orbit -1 1 1 smooth <around:chair:>
La camera si sposta lateralmente verso destra
    truck +1 1 1 smooth
Draai naar rechts, 45 graden
    pan +1 1 1 smooth degrees=45
Glide past the mirror, then turn right into the bedroom
    push +1 1 1 smooth open <past:mirror:>
    pan +1 1 1 smooth <at:bedroom:>
the camera should slowely zoom in too the window
    zoom +1 1 0.6 smooth open <at:window:>
He sits down and camera lowers with him
    pedestal -1 1 1 smooth open
    beyond people
Travelling gauche de 2 m le long du mur
    truck -1 1 1 smooth metres=2 <along:wall:>
Sali di 3 metri sopra il tetto
    pedestal +1 1 1 smooth metres=3 open <over:roof:>
Een halve cirkel om de fontein
    orbit +1 1 1 smooth degrees=180 open <around:fountain:>
Ground level, slowly forward between the trees
    push +1 1 0.6 smooth open <through:trees:>
Kamera fährt langsam durch das Wohnzimmer zur Terrasse
    push +1 1 0.6 smooth open <through:living room:terrace>
Panea de la ventana a la puerta en 3 segundos
    pan +1 1 1 smooth seconds=3 open <at:door:>
Panorâmica rápida até à janela
    pan +1 1 1.8 smooth open <at:window:>
A gentle, slow dolly to the left
    truck -1 0.8 0.6 smooth
A frying pan on the stove. Static shot.
    hold +1 1 1 smooth open
push in, slightly, over 3 seconds
    push +1 0.5 1 smooth seconds=3 open
push in after panning left
    pan -1 1 1 smooth
    push +1 1 1 smooth open
Arc shot around the couple, 45 degrees to the left.
    orbit -1 1 1 smooth degrees=45 <around:couple:>
The elevator rises. Camera pans left.
    pan -1 1 1 smooth
    beyond elevator
The woman looks left and then right
    beyond people
the car pulls out of the driveway
    beyond car
a static, empty look on her face and she turns away
    beyond people
"""
