"""Foreign names in English directions, sizes of framing behind a side, and halves of a shot."""

from __future__ import annotations

import pytest

from tests.backend.draft.direction.sets.directors import notation

NAMES = {
    "Vasco da Gama bridge, truck left 3 m": "truck left 3m",
    "Leonardo da Vinci's workshop; crane down": "crane down",
    "Santa Maria da Feira castle, crane down": "crane down",
    "Bar na Praia, pan left": "pan left",
    "Den Haag, het Plein. Pan left": "pan left",
    "Het Scheepvaartmuseum, pan left": "pan left",
    "Vast ocean. Orbit left.": "orbit left",
    "Sem smiles; truck left": "truck left",
    "Ludwig van Beethoven's desk, push in": "push in",
    "Van drives past. Static.": "hold",
    "Charles de Gaulle airport, tilt down": "tilt down",
    "Los Angeles, crane down": "crane down",
    "Las Vegas strip, pan right, then tilt down": "pan right, tilt down",
    "Rio de Janeiro: orbit left 90 degrees": "orbit left 90°",
    "Villa interior, static": "hold",
    "Piazza del Popolo, truck left 2 m": "truck left 2m",
    "Place de la Concorde, pan left": "pan left",
    "El Capitan, tilt down": "tilt down",
    "Café des Deux Magots; pan left 30 degrees": "pan left 30°",
    "Champs-Élysées. Truck left.": "truck left",
    "Le Corbusier chair, push in 1 m": "push in 1m",
    "La Scala, tilt down slowly": "tilt down slow",
    "Das Boot poster, zoom out": "zoom out",
    "São Paulo skyline, pan left": "pan left",
    "Zürich lake, drone shot, move down": "pedestal down",
    "Señor Díaz smiles. Tilt down.": "tilt down",
    "Taj Mahal, dolly back": "pull out",
    "Die hard fan, static": "hold",
    "Dan waits. Pan left.": "pan left",
    "Château de Versailles, crane down 2 m": "crane down 2m",
    "Alfa Romeo on the links, pan left": "pan left",
    "Sale sign, tilt down": "tilt down",
    "Pan links": "pan left",
    "Zoom uit": "zoom out",
    "Zoom lento": "zoom in slow",
    "Pan left naar de deur": "pan left <at door>",
    "Truck left, Kamera langsam": "truck left slow",
}
SIDES_AND_TIMES = {
    "la cámara hace zoom hacia atrás en 3 segundos": "zoom out 3s",
    "la cámara hace zoom hacia la ventana": "zoom in <at window>",
    "la camera avanza": "push in",
    "la camera arretra lentamente": "pull out slow",
    "镜头上摇": "tilt up",
    "镜头下摇，然后固定2秒": "tilt down, hold 2s",
    "缓慢向左摇": "pan left slow",
    "zoom in, lentamente": "zoom in slow",
    "zoom in avanti, veloce": "zoom in fast",
}
SIZES = {
    "Move in to a close-up": "push in",
    "Glide in to a wide": "push in",
    "Track in to a medium shot": "push in",
    "Drift in to a medium": "push in",
    "Float in to a close-up": "push in",
    "Move in to a two-shot": "push in",
    "Move in to an ECU": "push in",
    "Move in to an extreme close-up of her eye": "push in <to eye>",
    "Track in to a medium of the bartender": "push in <to bartender>",
    "Pull out to a wide": "pull out",
    "Pull back to a wide shot": "pull out",
    "Move back to a wide": "pull out",
    "Track back to a wide shot": "pull out",
    "Drift back to a medium": "pull out",
    "Track out to a wide": "pull out",
    "Move out to a wide": "pull out",
    "Drift out to a wide shot": "pull out",
    "Push in to close": "push in",
    "Push in to a tight close-up on the ring": "push in <to ring>",
    "Crane up to a wide": "crane up",
    "Crane down to a close-up": "crane down",
    "Move over to a close-up of the clock": "push in <to clock>",
    "Pan over to a medium of the man": "pan right <at man>",
    "Move up to a close-up": "pedestal up",
    "Move up to a wide": "pedestal up",
    "Ease in to a close-up": "push in",
    "Creep in to a CU": "push in slow",
    "Track in to a MCU": "push in",
    "Zoom in to a close-up": "zoom in",
    "Zoom out to a wide": "zoom out",
    "Push in, end up on a close-up": "push in",
    "Push in and finish in a close-up": "push in",
    "Push in, settle in to a close-up": "push in",
    "Move in into a close-up": "push in",
    "Move in for a close-up": "push in",
    "Slide over to a two-shot": "push in",
    "Truck right to a two-shot": "truck right",
    "Go in to a close-up then hold": "push in, hold",
}
HALVES = {
    "First half: static. Second half: push in": "hold, push in",
    "1st half: lock-off. 2nd half: pan left": "hold, pan left",
    "First half: pan left, second half: tilt up": "pan left, tilt up",
    "First half: push in; second half: hold": "push in, hold",
    "1st half static, 2nd half push in": "hold, push in",
    "First half static, then push in": "hold, push in",
    "Push in, second half of the shot: hold": "push in, hold",
}


@pytest.mark.parametrize("text", NAMES)
def test_a_name_or_loan_word_makes_no_english_direction_foreign(text: str) -> None:
    assert notation(text) == NAMES[text]


@pytest.mark.parametrize("text", SIDES_AND_TIMES)
def test_a_plain_move_with_a_plain_manner(text: str) -> None:
    assert notation(text) == SIDES_AND_TIMES[text]


@pytest.mark.parametrize("text", SIZES)
def test_a_size_of_framing_leaves_the_verb_its_side(text: str) -> None:
    assert notation(text) == SIZES[text]


@pytest.mark.parametrize("text", HALVES)
def test_each_half_of_a_shot_has_its_move(text: str) -> None:
    assert notation(text) == HALVES[text]


@pytest.mark.parametrize(
    ("text", "moves"),
    [
        ("Er staat een kraan op het dak", ""),
        ("Ein Kran steht auf dem Dach", ""),
        ("Une grue sur le toit", ""),
        ("Una grúa en el tejado", ""),
        ("Una gru sul tetto", ""),
        ("Uma grua no telhado", ""),
        ("屋上にクレーンがある", ""),
        ("지붕 위에 크레인이 있다", ""),
        ("Der Kran dreht sich langsam", ""),
        ("Uma moça olha pela janela", ""),
        ("Una joven mira por la ventana", ""),
        ("La grue monte lentement", "crane up slow"),
        ("Der Kran fährt hoch", "crane up"),
        ("Mit dem Kran über das Dach", "crane up <over roof>"),
        ("La cámara mira hacia arriba", "tilt up"),
        ("クレーンアップ", "crane up"),
    ],
)
def test_a_crane_or_somebody_in_the_picture_moves_no_camera(text: str, moves: str) -> None:
    assert notation(text) == moves
