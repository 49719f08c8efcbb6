"""Which camera moves a direction's words ask for, and which they do not."""

from __future__ import annotations

import sys
import time

import pytest

from backend.engines.draft.direction.read import read_moves

# "+": at the same time as the one before. "=0.5": the factor on the usual amount;
# "90°", "2m", "3s", "2x": figures;
# "slow" / "fast": its speed.
ASKED = {
    # the moves by name
    "push in": "push in",
    "Slow push-in on her face": "push in slow",
    "dolly in": "push in",
    "Dolly forward 3 feet then stop": "push in 0.9144m, hold",
    "forward dolly": "push in",
    "reverse dolly": "pull out",
    "pull out": "pull out",
    "pull back to reveal the whole street": "pull out",
    "truck left 2 metres": "truck left 2m",
    "leftward truck": "truck left",
    "dolly right": "truck right",
    "A gentle, slow dolly to the left": "truck left =0.8 slow",
    "camera slides left": "truck left",
    "Tracking shot following a cyclist": "truck right",
    "The camera tracks alongside the runner": "truck right",
    "pedestal up half a metre": "pedestal up 0.5m",
    "ped down": "pedestal down",
    "pan left": "pan left",
    "pan 90 degrees to the right": "pan right 90°",
    "pan from left to right": "pan right",
    "pan to the window on the left": "pan left",
    "pan across the room": "pan right",
    "whip pan right": "pan right fast",
    "pan up": "tilt up",
    "panning up to the sky": "tilt up",
    "tilt from the floor up to the ceiling": "tilt up",
    "tilt down": "tilt down",
    "roll the camera 20 degrees": "roll clockwise 20°",
    "roll left": "roll counterclockwise",
    "dutch tilt": "roll clockwise",
    "barrel roll": "roll clockwise 360°",
    "orbit around the table": "orbit right",
    "slow orbit": "orbit right slow",
    "orbit left 30°": "orbit left 30°",
    "arc shot clockwise": "orbit left",
    "arc left": "orbit left",
    "camera circles the statue counterclockwise": "orbit right",
    "camera moves around the table": "orbit right",
    "rotate around the statue": "orbit right",
    "crane up, revealing the city": "crane up",
    "jib down": "crane down",
    "Zoom": "zoom in",
    "Slow zoom in on her face": "zoom in slow",
    "zoom out 2x": "zoom out 2x",
    "crash zoom": "zoom in fast",
    "dolly zoom": "dolly zoom out",
    "vertigo effect on her face": "dolly zoom out",
    "dolly in and zoom out": "dolly zoom in",
    "handheld": "handheld",
    "shaky cam": "handheld =1.8",
    "hold the shot": "hold",
    "static": "hold",
    "A frying pan on the stove. Static shot.": "hold",
    "Tripod. Locked off.": "hold",
    # everyday words for them
    "we move closer to the window": "push in",
    "Walk through the living room, towards the kitchen": "push in",
    "walk down the hall": "push in",
    "walk towards the door": "push in",
    "fly through the room": "push in",
    "The camera follows the man": "push in",
    "steadicam follows her through the corridor": "push in",
    "smooth glide forward through the hallway": "push in",
    "wide shot, camera moves backwards quickly": "pull out fast",
    "we drift left past the shelves": "truck left",
    "An old library, drifting left along the shelves": "truck left",
    "I want the camera to slowly move to the right": "truck right slow",
    "Make the camera go up": "pedestal up",
    "the camera rises above the rooftops": "pedestal up",
    "raise the camera slowly": "pedestal up slow",
    "lower the camera": "pedestal down",
    "look up at the ceiling": "tilt up",
    "camera looks down": "tilt down",
    # how much, how fast, how
    "push in slightly": "push in =0.5",
    "push in a lot": "push in =1.7",
    "push in, slightly, over 3 seconds": "push in =0.5 3s",
    "push in 10 metres": "push in 10m",
    "push in in 3 seconds": "push in 3s",
    "very slowly push in": "push in slow",
    "slow camera movement: pan left": "pan left slow",
    "push in on the big, slow giant": "push in",
    "push in a little, on the heavy door": "push in =0.5",
    "orbit left around the tiny house slowly": "orbit left slow",
    # together and one after another
    "slowly push in, then pan left to the window": "push in slow, pan left",
    "The camera slowly pushes in while panning left.": "push in slow + pan left",
    "push in and tilt up": "push in + tilt up",
    "truck right while panning left": "truck right + pan left",
    "handheld, walking towards the door": "handheld + push in",
    "Camera: slow push in, slight handheld": "push in slow + handheld =0.5",
    "pan left then right": "pan left, pan right",
    "pan left and right": "pan left, pan right",
    "after panning left, push in": "pan left, push in",
    "push in after panning left": "pan left, push in",
    "hold for 2 seconds, then push in fast": "hold 2s, push in fast",
    "pan right slowly for 3 seconds then hold": "pan right slow 3s, hold",
    "Push in. Pan left.": "push in, pan left",
    "Camera pulls back and rises, then orbits right around the tower": "pull out + pedestal up, orbit right",
    "Start on the door, then pan right and end on the clock": "pan right",
    # beside what happens in the picture
    "Dolly in on the woman as she tilts her head": "push in",
    "A busy kitchen at night slow push in": "push in slow",
    "The man walks left. The camera pans right.": "pan right",
    "As the train pulls out of the station, truck right": "truck right",
    # as people write them
    "The camera orbits around the product, smooth 180 degree rotation.": "orbit right 180°",
    "Aerial drone shot flying over the city.": "push in",
    "Arc shot around the couple, 45 degrees to the left.": "orbit left 45°",
    "Handheld camera, slight shake, following from behind.": "handheld =0.5 + push in",
    "The camera whips to the left.": "pan left fast",
    "Look around the room": "pan right",
    "a slow orbital move around the vase": "orbit right slow",
    "zoom 150%": "zoom in 1.5x",
    "Begin with a slow pan right, end with a zoom in": "pan right slow, zoom in",
    "start static, then push in": "hold, push in",
    "Camera: static. Subject: turns left.": "hold",
    "Push in, but not too fast": "push in",
    "Instead of zooming, dolly in": "push in",
    "The camera remains static while the man walks away.": "hold",
    "Static camera, the leaves move in the wind.": "hold",
    "The car drives towards us, camera tracks backwards.": "pull out",
    "The elevator rises. Camera pans left.": "pan left",
    "The camera pulls back as the man pushes the door open.": "pull out",
    "tilt down and pan left simultaneously": "tilt down + pan left",
    "water flows down the hill, camera follows the stream": "push in",
    "camera movement: dolly in; speed: slow": "push in slow",
    "the camera glides forward through the corridor, then turns right.": "push in, pan right",
    "PUSH IN": "push in",
    "pan left quickly, pause, pan right slowly": "pan left fast, hold, pan right slow",
    # ruled out
    "No camera movement": "hold",
    "the camera doesn't move": "hold",
    "Do not move the camera": "hold",
    "without moving the camera": "hold",
    "don't pan, just zoom in slowly": "zoom in slow",
    "without panning, push in": "push in",
    "no zoom, push in": "push in",
}

# Nothing here moves the camera.
NOT_ASKED = (
    "A man pulls back the curtain.",
    "The curtain pulls back.",
    "A car drives away into the distance.",
    "A rocket lifts off",
    "he turns to camera and smiles",
    "The woman looks left and then right",
    "People walk left and right",
    "Smoke rises slowly",
    "the tracks lead away into the fog",
    "rotating fan on the ceiling",
    "a spiral staircase going up",
    "curtains swaying gently",
    "hold on to me",
    "A hand holds the camera",
    "He raises the camera",
    "She moves the camera left on the table",
    "She pushes in the chair and leaves.",
    "",
    "A quiet room.",
    "a frying pan on the stove",
    "a pan left on the stove",
    "a pan on the stove",
    "Peter Pan flies in",
    "pots and pans hang over the stove",
    "a man panning for gold",
    "a push notification pops up on the phone",
    "he pushes the door in",
    "children push in the queue",
    "cars pushing through the snow",
    "she pulls out a gun",
    "the car pulls out of the driveway",
    "pull out the drawer",
    "she tilts her head",
    "tilt-shift photo of a town",
    "he orbits the table",
    "the planet orbits the sun",
    "the man walks left",
    "A man walks left and sits down.",
    "A woman walks towards the camera",
    "a truck left the garage",
    "a food truck on the left",
    "A crane lifts a container",
    "bread roll on a plate",
    "the car rolls down the hill",
    "A close-up of hands rolling dough",
    "The camera is rolling",
    "train tracks in the fog",
    "The door slides left",
    "she holds a cup",
    "static on the TV",
    "sun rises over the hills",
    "birds fly over the sea",
    "He can pan left",
    "she will pan left",
    "turn the wheel left",
    "lower the blinds",
    "she looks up",
    "zoom call with her mother",
    "Anna walks to the window, turning left",
    "The dancers turn left",
    "The elevator goes up",
    "Rain falls on the window, people walk past",
    'She says "push in now" and smiles',
    "Don't pan",
    "a dolly on the shelf",
    "a drop of water",
    "he moves closer to her",
    "They move apart and turn around",
    "smoke drifts to the right",
    "rock and roll",
    "The boy runs up the stairs",
    "waves roll in",
    "a static, empty look on her face and she turns away",
    "hold hands",
    "She zooms past on a bike",
    "leaves falling down",
    "a railway track through the snow",
    "An arc of light over the bridge",
    "the crowd pushes forward",
    "he backs away",
    "Two men walking in the rain",
    "The door opens and light comes in",
)


def moves_of(text: str) -> str:
    """A reading in the notation of ASKED."""
    parts = []
    for step in read_moves(text).steps:
        words = [step.name]
        if step.amount != 1.0:
            words.append(f"={step.amount:g}")
        if step.speed != 1.0:
            words.append("slow" if step.speed < 1 else "fast")
        for value, unit in ((step.degrees, "°"), (step.metres, "m"), (step.factor, "x"), (step.seconds, "s")):
            if value is not None:
                words.append(f"{value:g}{unit}")
        parts.append(("+ " if step.together else ", " if parts else "") + " ".join(words))
    return "".join(part if part.startswith(",") else f" {part}" for part in parts).strip()


@pytest.mark.parametrize("text", ASKED)
def test_words_choose_the_move(text: str) -> None:
    assert moves_of(text) == ASKED[text]


@pytest.mark.parametrize("text", NOT_ASKED)
def test_what_happens_in_the_picture_moves_no_camera(text: str) -> None:
    assert moves_of(text) == ""


OTHER_LANGUAGES = {
    "Die Kamera fährt langsam nach links": "truck left slow",
    "Das Auto fährt nach links": "",
    "Langsame Kamerafahrt vorwärts, dann Schwenk nach rechts": "push in slow, pan right",
    "Kamera schwenkt um 30 Grad nach links": "pan left 30°",
    "Langsam heranzoomen": "zoom in slow",
    "Statische Kamera": "hold",
    "travelling avant lent, puis panoramique à gauche": "push in slow, pan left",
    "zoom arrière rapide": "zoom out fast",
    "plan fixe": "hold",
    "镜头缓慢推进，然后向左摇": "push in slow, pan left",
    "镜头向左移动2米": "truck left 2m",
    "男人向左移动": "",
    "环绕桌子": "orbit right",
    "カメラがゆっくり左にパンする": "pan left slow",
    "カメラがゆっくり前進し、その後右にパン": "push in slow, pan right",
    "男が左に移動する": "",
    "카메라가 천천히 줌 인": "zoom in slow",
    "카메라가 왼쪽으로 이동": "truck left",
    "남자가 왼쪽으로 이동": "",
    "She eats a meal at a fort, vent open": "",
}


@pytest.mark.parametrize("text", OTHER_LANGUAGES)
def test_other_languages_choose_moves_too(text: str) -> None:
    assert moves_of(text) == OTHER_LANGUAGES[text]


@pytest.mark.parametrize("text", [" " * 5000, "9" * 5000, "左" * 5000, "推" * 5000, "la camera" + " " * 4990])
def test_the_longest_prompt_of_one_letter_is_read_at_once(text: str) -> None:
    began = time.process_time()
    assert len(read_moves(text).steps) <= 1
    assert time.process_time() - began < 2.0


def test_one_ease_is_the_moves_and_two_are_the_usual() -> None:
    for text, ease in (
        ("push in, ease out", "out"),
        ("ease in, push in", "in"),
        ("ease in, push in, ease out", "smooth"),
    ):
        assert [step.ease for step in read_moves(text).steps] == [ease], text


@pytest.mark.parametrize(
    "part",
    [
        "um ",
        "推近沙发，",
        "カメラが椅子に近づく、",
        "으로",
        "PI ",
        "push in to the sofa, then ",
        "de la ",
        "from wide to close ",
    ],
)
def test_the_work_grows_with_the_text_and_no_faster(part: str) -> None:
    def calls(length: int) -> int:
        text, count = (part * length)[:length], 0

        def counted(frame: object, event: str, argument: object) -> None:
            nonlocal count
            count += 1

        before = sys.getprofile()
        sys.setprofile(counted)
        try:
            read_moves(text)
        finally:
            sys.setprofile(before)
        return count

    calls(1200)  # what is compiled once
    assert calls(2400) < 2.6 * calls(1200)


def test_a_figure_of_very_many_digits_is_no_amount() -> None:
    found = read_moves(f"push in {'9' * 10} metres then pan left").steps
    assert [(step.kind, step.metres) for step in found] == [("push", None), ("pan", None)]
    assert [step.metres for step in read_moves(f"push in {'1' * 9} metres").steps] == [1e6]  # the most there is
    assert not read_moves("9" * 5000).steps
