"""The examples that the reader's own code gives, and all that they mean, in the form of test_readings.py."""

EXAMPLES = """
the old man gets up
    beyond people
a girl is drawing
    beyond people
we come in through the ceiling
    push +1 1 1 smooth open <through:ceiling:>
After two seconds push in
    push +1 1 1 smooth delay=2 open
after two seconds, push in
    push +1 1 1 smooth delay=2 open
hold, then push in
    hold +1 1 1 smooth open
    push +1 1 1 smooth open
camera path: entrance -> hall
    push +1 1 1 smooth open <to:hall:>
down the escalator, along the platform
    push +1 1 1 smooth open <down:escalator:>
    push +1 1 1 smooth open <along:platform:>
it climbs along the column
    nothing
entrance -> corridor -> hall
    push +1 1 1 smooth open <to:hall:>
pan to the large window on the right
    pan +1 1 1 smooth <at:window:>
push in a little, slowly
    push +1 0.5 0.6 smooth open
pan from the door past the table to the left
    pan -1 1 1 smooth <at:table:>
orbit 90 degrees around
    orbit +1 1 1 smooth degrees=90 open
around the table on the left
    orbit +1 1 1 smooth <around:table:>
pull back down the nave
    push -1 1 1 smooth open
drift down to the signature
    pedestal -1 1 1 smooth open <to:signature:>
A dolly with a red lid
    nothing
the crane and a ladder
    nothing
30 cm to the left
    truck -1 1 1 smooth metres=0.3
a quarter turn to the right
    pan +1 1 1 smooth degrees=90
Slider, left to right, 50 cm
    truck +1 1 1 smooth metres=0.5
the camera rotates slowly
    pan +1 1 0.6 smooth open
A crane shot rising over the crowd
    crane +1 1 1 smooth open <over:crowd:>
Steadicam around the table
    orbit +1 1 1 smooth open <around:table:>
pan left, then up, then right
    pan -1 1 1 smooth
    tilt +1 1 1 smooth open
    pan +1 1 1 smooth
pan to the bed, then the window
    pan +1 1 1 smooth open <at:bed:>
    pan +1 1 1 smooth open <at:window:>
turn right and enter the bedroom
    pan +1 1 1 smooth
    push +1 1 1 smooth open <through:bedroom:>
walk through the door and turn right
    push +1 1 1 smooth open <through:door:>
    pan +1 1 1 smooth
walk to the window and look up
    push +1 1 1 smooth open <to:window:>
    tilt +1 1 1 smooth open
pan left, then right
    pan -1 1 1 smooth
    pan +1 1 1 smooth
push in, then around the table
    push +1 1 1 smooth open
    orbit +1 1 1 smooth open <around:table:>
then move around the table
    orbit +1 1 1 smooth open <around:table:>
pan left, pause, pan back
    pan -1 1 1 smooth
    hold +1 1 1 smooth open
    pan +1 1 1 smooth
arc shot, 45 degrees to the left
    orbit -1 1 1 smooth degrees=45
an old frame turns in the wind
    beyond wind
the ferris wheel stays still
    nothing
the car pulls up, hold 2 seconds
    hold +1 1 1 smooth seconds=2 open
    beyond car
to stay on her
    nothing
reveal it by craning up
    crane +1 1 1 smooth open
the crowd begins to pull back
    beyond people
an old truck in the corner
    nothing
pan so slowly you barely notice
    pan +1 0.25 0.6 smooth open
move down the stairs
    push +1 1 1 smooth open <down:stairs:>
No sideways movement
    forbidden truck
push in without any lateral motion
    push +1 1 1 smooth open
    forbidden truck
a dreamy float forward
    push +1 1 1 smooth open
a truck is parked left of it
    nothing
walking towards the camera
    beyond people
a tracking shot that follows her
    truck +1 1 1 smooth open
    beyond following
around the sofa, clockwise
    orbit -1 1 1 smooth <around:sofa:>
a slight breathing, else static
    handheld +1 0.5 1 smooth open
start the pan, pan left 45 degrees
    pan -1 1 1 smooth degrees=45
through the door and to the lamp
    push +1 1 1 smooth open <through:door:lamp>
orbit left 45°, then right 45°
    orbit -1 1 1 smooth degrees=45
    orbit +1 1 1 smooth degrees=45
pan left 20 degrees, then 20 to the right
    pan -1 1 1 smooth degrees=20
    pan +1 1 1 smooth degrees=20
arc shot, around the table
    orbit +1 1 1 smooth open <around:table:>
until we see the whole room
    nothing
the camera doesn't move, only tilts
    tilt +1 1 1 smooth open
descend two metres, looking at the fountain
    crane -1 1 1 smooth metres=2 open <at:fountain:>
orbit the table to the left, orbit 180 degrees
    orbit -1 1 1 smooth degrees=180 <around:table:>
en daarna kantel
    tilt +1 1 1 smooth open
1) push in 2) pan left
    push +1 1 1 smooth open
    pan -1 1 1 smooth
from 100% to 150%
    zoom +1 1 1 smooth factor=1.5 open
At a brisk pace
    manner push +1 1 1.5 smooth
take two steps back
    push -1 1 1 smooth metres=1.4 open
head for the stairs
    push +1 1 1 smooth open <to:stairs:>
From wide to close
    push +1 1 1 smooth open
slow push, ends CU
    push +1 1 0.6 smooth open
slow PI, L→R
    push +1 1 0.6 smooth open
dolly fwd 2-3 m
    push +1 1 1 smooth metres=2.5 open
the first two seconds are static, the last three push in
    hold +1 1 1 smooth seconds=2 open
    push +1 1 1 smooth seconds=3 open
a second later
    manner push +1 1 1 smooth delay=1
for a third of the shot
    manner push +1 1 1 smooth share=0.333
bring the camera closer
    push +1 1 1 smooth open
he brings the camera to his eye
    beyond people
slow push, dutch
    push +1 1 0.6 smooth open
    roll +1 1 1 smooth open
a Dutch street
    nothing
path along the fence
    push +1 1 1 smooth open <along:fence:>
2 seconds, then ...
    manner push +1 1 1 smooth seconds=2
moves right, past the shelf
    truck +1 1 1 smooth <past:shelf:>
stops before the house
    nothing
zoom in, ligeramente
    zoom +1 0.5 1 smooth open
die Kamera fährt nach links
    truck -1 1 1 smooth
das Auto fährt nach links
    beyond car
zoom in, don't move the camera
    zoom +1 1 1 smooth open
the camera moves, straight and level, into the tunnel
    push +1 1 1 smooth open <to:tunnel:>
looking up, push in
    push +1 1 1 smooth open
after a hold, push in
    hold +1 1 1 smooth open
    push +1 1 1 smooth open
show the whole terrace by pulling back
    push -1 1 1 smooth open <whole:terrace:>
Aerial shot, descending
    pedestal -1 1 1 smooth open
Gentle movement to the left
    truck -1 0.8 0.75 smooth
    manner push +1 0.8 0.75 smooth
move forward, approaching the table
    push +1 1 1 smooth open <to:table:>
stays, on sticks
    hold +1 1 1 smooth open
parallax: truck left
    truck -1 1 1 smooth
dolly out, zooming in: vertigo
    dolly zoom -1 1 1 smooth open
Dolly in while zooming out
    dolly zoom +1 1 1 smooth open
sweep across the roofs from left to right
    truck +1 1 1 smooth <over:roofs:>
move over three seconds
    manner push +1 1 1 smooth seconds=3
Out through the window
    nothing
From the door past the sofa to the window
    push +1 1 1 smooth open <to:window:>
With a slight tilt
    tilt +1 0.5 1 smooth open
pan left to keep her in frame
    pan -1 1 1 smooth <at:her:>
The two columns
    nothing
The second chair
    nothing
slow camera movement to the left
    truck -1 1 0.6 smooth
    manner push +1 1 0.6 smooth
walk down the street
    push +1 1 1 smooth open
"""
