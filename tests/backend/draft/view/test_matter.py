"""Edges of surfaces, the colours that mix at them, and textures, against plain references; turned and mirrored pictures
come out turned and mirrored."""

from __future__ import annotations

import numpy as np
import pytest

from backend.engines.draft.view import edges, layers, matte
from backend.engines.draft.view.double import doubled, finer, undoubled

Array = np.ndarray


def row(*values: float) -> Array:
    """Five rows alike."""
    return np.tile(np.array(values, np.float32), (5, 1))


def breaks(nearness: Array, parallax: float = 80.0, orthographic: bool = False) -> list[int]:
    """Before which columns a row is broken, in its middle row; all rows alike."""
    found = edges.find(nearness, parallax, orthographic)
    assert (found.across == found.across[2]).all() and not found.down.any()
    return [int(one) + 1 for one in np.flatnonzero(found.across[2])]


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ((0.1, 0.1, 0.1, 0.3, 0.3, 0.3), [3]),
        ((0.3, 0.3, 0.3, 0.1, 0.1, 0.1), [3]),
        ((0.1, 0.2, 0.3, 0.4, 0.5, 0.6), []),  # a slope
        ((0.1, 0.1, 0.1, 0.115, 0.13, 0.145), []),  # one that begins: a small step that goes on for a pixel
        ((0.1, 0.1, 0.1, 0.1095, 0.1095), []),  # under 0.8 pixels of parallax
        ((0.1, 0.1, 0.1, 0.1105, 0.1105), [3]),
        ((1.0, 1.0, 1.0, 1.0295, 1.0295), []),  # under 0.03 of what is nearer
        ((1.0, 1.0, 1.0, 1.0315, 1.0315), [3]),
        ((1.0, 1.0, 1.0, 0.9705, 0.9705), []),
        ((0.1, 0.1, 0.1, 0.2, 0.3, 0.3), [3, 4]),  # a large step has to go on for two pixels
        ((0.1, 0.1, 0.1, 0.2, 0.3, 0.4), []),
        ((0.4, 0.4, 0.3, 0.2, 0.1, 0.1), [3]),
        ((0.1, 0.3), [1]),
        ((0.1, 0.3, 0.3), [1]),
        ((0.1, 0.3, 0.5), []),  # as far as the picture shows it
    ],
)
def test_where_a_surface_breaks(values: tuple[float, ...], wanted: list[int]) -> None:
    assert breaks(row(*values)) == wanted
    turned = edges.find(np.ascontiguousarray(row(*values).T), 80.0, False)
    assert [int(one) + 1 for one in np.flatnonzero(turned.down[:, 2])] == wanted and not turned.across.any()


def test_an_orthographic_camera_s_breaks_are_metres_alone() -> None:
    assert (
        breaks(row(-9.0, -9.0, -8.95, -8.95), 20.0, True) == [2] and breaks(row(-9, -9, -8.97, -8.97), 20, True) == []
    )
    assert breaks(row(9.0, 9.0, 8.95, 8.95), 20.0, False) == []


def test_distances_from_a_break_are_counted_up_to_six_and_never_over_another() -> None:
    found = edges.find(row(*[0.1] * 9, *[0.3] * 3, *[0.5] * 9), 80.0, False)
    assert found.near[2].tolist() == [0] * 9 + [1, 2, 3] + [1, 2, 3, 4, 5, 6, 0, 0, 0]
    assert found.far[2].tolist() == [0, 0, 0, 6, 5, 4, 3, 2, 1] + [3, 2, 1] + [0] * 9
    assert np.flatnonzero(found.rim[2]).tolist() == [9, 10, 12, 13, 14, 15, 16]  # not what is beside a nearer one
    assert np.flatnonzero(found.foot[2]).tolist() == [4, 5, 6, 7, 8, 11]


def test_a_thing_between_a_nearer_one_and_what_it_hides_is_freed_from_the_nearer_one() -> None:
    nearness, rgb = np.full((7, 12), 0.3, np.float32), np.full((7, 12, 3), (20, 60, 180), np.uint8)
    nearness[:, 7:], rgb[:, 7:] = 0.5, (200, 100, 50)
    nearness[3, :6], rgb[3, :6] = 0.1, (90, 200, 30)
    rgb[3, 6] = (65, 70, 148)  # a quarter of the nearer one
    found = edges.find(nearness, 80.0, False)
    assert found.near[3, 6] == found.far[3, 6] == 1
    assert found.foot[3, 6] and not found.rim[3, 6]
    alpha, front, back, bared, halo = matte.unmix(rgb, nearness, found.near, found.far, found.across, found.down)
    assert alpha[3, 6] == pytest.approx(0.25, abs=0.01) and halo[3, 6] == 3 * 12 + 7 and not bared[3, 6]
    assert front[3, 6] == pytest.approx((200, 100, 50)) and back[3, 6] == pytest.approx((20, 60, 180), abs=1)


def scene(seed: int = 3) -> tuple[Array, Array]:
    """Slanted surfaces of odd shapes, and noise on them: nearness, and colours."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:23, 0:31].astype(np.float32)
    nearness = (0.1 + 0.0004 * x + 0.0002 * y).astype(np.float32)
    nearness[4:15, 6:20] = (0.3 + 0.001 * x - 0.0007 * y)[4:15, 6:20]
    nearness[9:21, 15:27] = (0.5 - 0.0006 * x + 0.0011 * y)[9:21, 15:27]
    nearness[2:7, 22:24] = 0.42
    level = np.digitize(nearness, [0.2, 0.41, 0.44])
    rgb = np.array([[200, 60, 30], [40, 160, 90], [250, 250, 10], [20, 50, 220]], float)[level]
    return nearness, np.clip(np.rint(rgb + random.normal(0, 4, (23, 31, 3))), 0, 255).astype(np.uint8)


def turned(array: Array, how: str) -> Array:
    made = {
        "mirrored": lambda: array[:, ::-1],
        "upside down": lambda: array[::-1],
        "turned": lambda: array.swapaxes(0, 1),
    }
    return np.ascontiguousarray(made[how]())


@pytest.mark.parametrize("how", ["mirrored", "upside down", "turned"])
def test_edges_and_what_mixes_at_them_turn_with_the_picture(how: str) -> None:
    nearness, rgb = scene()
    rgb[4:15, 19] = rgb[4:15, 19] // 2 + rgb[4:15, 20] // 2
    one, other = edges.find(nearness, 80.0, False), edges.find(turned(nearness, how), 80.0, False)
    across, down = (one.down, one.across) if how == "turned" else (one.across, one.down)
    if how == "mirrored":
        across = np.roll(across, 1, axis=1)  # it stands with the left one of two
    if how == "upside down":
        down = np.roll(down, 1, axis=0)
    for name, wanted in (("near", one.near), ("far", one.far), ("across", across), ("down", down)):
        np.testing.assert_array_equal(getattr(other, name), turned(wanted, how), name)
    first = matte.unmix(rgb, nearness, one.near, one.far, one.across, one.down)
    second = matte.unmix(turned(rgb, how), turned(nearness, how), other.near, other.far, other.across, other.down)
    for a, b in zip(first[:4], second[:4], strict=True):
        np.testing.assert_allclose(b, turned(a, how), atol=2e-3)
    np.testing.assert_array_equal(second[4] >= 0, turned(first[4] >= 0, how))
    for halo, near in ((first[4], nearness), (second[4], turned(nearness, how))):
        at = np.flatnonzero(halo >= 0)
        beside = halo.ravel()[at]
        apart = np.abs(at // halo.shape[1] - beside // halo.shape[1]) + np.abs(
            at % halo.shape[1] - beside % halo.shape[1]
        )
        assert (apart == 1).all() and (near.ravel()[beside] > near.ravel()[at]).all()
    most = np.float32(0.004)
    slope_x, slope_y = layers._slopes(nearness, one.across, one.down, most)
    other_x, other_y = layers._slopes(turned(nearness, how), other.across, other.down, most)
    x, y = (slope_y, slope_x) if how == "turned" else (slope_x, slope_y)
    signs = {"mirrored": (-1, 1), "upside down": (1, -1), "turned": (1, 1)}[how]
    inner = (slice(1, -1), slice(1, -1))
    np.testing.assert_allclose(other_x[inner], signs[0] * turned(x, how)[inner], atol=2e-6)
    np.testing.assert_allclose(other_y[inner], signs[1] * turned(y, how)[inner], atol=2e-6)


def test_slopes_are_of_the_flatter_side_and_bounded() -> None:
    across = np.zeros((5, 6), np.uint8)
    across[:, 2] = 1
    values = row(0.1, 0.2, 0.25, 0.9, 0.92, 0.98)
    most = np.float32(0.06)
    slope_x, slope_y = layers._slopes(values, across, np.zeros_like(across), most)
    assert slope_x[2] == pytest.approx([0.06, 0.05, 0.05, 0.02, 0.02, 0.06], abs=1e-6) and not slope_y.any()
    down, _ = layers._slopes(np.ascontiguousarray(-values), across, np.zeros_like(across), most)
    assert down[2] == pytest.approx([-0.06, -0.05, -0.05, -0.02, -0.02, -0.06], abs=1e-6)
    tall = np.ascontiguousarray(np.tile(np.array([[0.1], [0.2], [0.25], [0.9], [0.92], [0.98]], np.float32), 4))
    below = np.zeros((6, 4), np.uint8)
    below[2, 1:], below[0, 3] = 1, 1
    across, slope_y = layers._slopes(tall, np.zeros_like(below), below, most)
    wanted = np.array([[0.06, 0.05, 0.05, 0.02, 0.02, 0.06]] * 4)
    wanted[0, 3] = 0.02  # where nothing breaks it goes on to the next row
    wanted[3, :2] = 0, 0.05  # alone between two breaks, or from the side that is left
    np.testing.assert_allclose(slope_y.T, wanted, atol=1e-6)
    assert not across.any()
    alone = np.ones((1, 1), np.float32)
    assert layers._slopes(alone, np.zeros((1, 1), np.uint8), np.zeros((1, 1), np.uint8), most)[0] == 0


def two(
    share: float, near: tuple[int, ...] = (200, 100, 50), far: tuple[int, ...] = (20, 60, 180)
) -> tuple[Array, ...]:
    """A near surface on the left, whose last column mixes with the far one by `share`."""
    nearness = np.full((12, 14), 0.1, np.float32)
    nearness[:, :7] = 0.4
    rgb = np.empty((12, 14, 3), np.uint8)
    rgb[:, :7], rgb[:, 7:] = near, far
    rgb[:, 6] = np.rint(share * np.array(near) + (1 - share) * np.array(far))
    found = edges.find(nearness, 80.0, False)
    return matte.unmix(rgb, nearness, found.near, found.far, found.across, found.down)


@pytest.mark.parametrize("share", [0.2, 0.45, 0.55, 0.8, 1.0])
def test_a_mixed_pixel_is_unmixed(share: float) -> None:
    alpha, front, back, bared, halo = two(share)
    assert alpha[5] == pytest.approx([0] + [1] * 5 + [share] + [0] * 7, abs=0.01)  # six pixels are told
    assert front[5, 6] == pytest.approx([200, 100, 50], abs=1.5) and back[5, 6] == pytest.approx([20, 60, 180], abs=1.5)
    assert front[5, 7] == pytest.approx([200, 100, 50], abs=1e-3) and back[5, 7] == pytest.approx(
        [20, 60, 180], abs=1e-3
    )
    assert bared[5].tolist() == [0] * 6 + [1] + [0] * 7
    assert halo[5].tolist() == [-1] * 7 + [5 * 14 + 6] + [-1] * 6


def test_what_is_no_mixture_is_left_as_it_is() -> None:
    alpha, _, _, bared, _ = two(0.5, (100, 100, 100), (105, 105, 105))  # too alike to tell
    assert alpha[5, 6] == 1 and alpha[5, 7] == 0 and bared[5, 6] == 1
    nearness = np.full((12, 14), 0.1, np.float32)
    nearness[:, :7] = 0.4
    rgb = np.empty((12, 14, 3), np.uint8)
    rgb[:, :7], rgb[:, 7:] = (200, 100, 50), (20, 60, 180)
    found = edges.find(nearness, 80.0, False)
    for odd in ((20, 250, 20), (255, 118, 0)):  # of neither; or off beyond the near one by more than 0.3
        rgb[:, 6] = odd
        alpha, _, back, *_ = matte.unmix(rgb, nearness, found.near, found.far, found.across, found.down)
        assert alpha[5, 6] == 1 or odd[0] == 255
        assert back[5, 6] == pytest.approx([20, 60, 180], abs=1e-3)


def test_what_is_beyond_a_break_is_bare_and_its_sides_are_whole() -> None:
    near = np.array([[0, 3, 2, 1, 0, 0, 1, 0]], np.uint8)
    far = np.array([[0, 0, 0, 0, 1, 2, 1, 1]], np.uint8)
    alpha = np.array([[0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9, 0.1]], np.float32)
    rgb, back = np.arange(24, dtype=np.uint8).reshape(1, 8, 3), np.arange(24, dtype=np.float32).reshape(1, 8, 3)
    made = layers._bared(rgb, 200.4 + 2 * back[:, ::-1] / 5, far)
    assert made[0, 4].tolist() == [204, 204, 205] and made[0, 6].tolist() == [202, 202, 202]
    assert made[0, 7].tolist() == [200, 201, 201]
    np.testing.assert_array_equal(made[0, [0, 1, 2, 3, 5]], rgb[0, [0, 1, 2, 3, 5]])
    layers._to_sides(alpha, near, far)
    assert alpha[0] == pytest.approx([1, 1, 1, 0.6, 0.7, 0, 0.9, 0.1])


def test_colours_bleed_by_rings_of_what_is_known() -> None:
    colour = np.zeros((3, 6, 3), np.float32)
    colour[0, 0], colour[2, 0] = (90, 0, 30), (30, 60, 0)
    known = np.zeros((3, 6), np.uint8)
    known[0, 0] = known[2, 0] = 1
    matte.bleed(colour, known, 3)
    assert known.tolist() == [[1, 2, 3, 4, 0, 0], [2, 2, 3, 4, 0, 0], [1, 2, 3, 4, 0, 0]]
    assert colour[1, 0].tolist() == [60, 30, 15] and colour[0, 1].tolist() == [90, 0, 30]
    assert colour[1, 1].tolist() == [60, 30, 15] and colour[2, 1].tolist() == [30, 60, 0]
    assert colour[0, 2] == pytest.approx([75, 15, 22.5]) and colour[1, 3] == pytest.approx([60, 30, 15])
    assert not colour[:, 4:].any()


def test_a_halo_goes_on_on_the_slope_beside_it_and_is_widened_where_it_is_not_clear() -> None:
    nearness, rgb = scene()
    found = edges.find(nearness, 80.0, False)
    alpha, _, _, _, halo = matte.unmix(rgb, nearness, found.near, found.far, found.across, found.down)
    slope_x, slope_y = layers._slopes(nearness, found.across, found.down, np.float32(1.0))
    first = halo.copy()
    alpha[:] = np.where(halo >= 0, 0.2, alpha)
    made, made_x, made_y = matte.widen(nearness, slope_x, slope_y, alpha, halo, found.near, found.far)
    width = nearness.shape[1]
    grown = 0
    for y, x in np.argwhere(halo >= 0):
        v, u = divmod(int(halo[y, x]), width)
        change = slope_x[v, u] * (x - u) + slope_y[v, u] * (y - v)
        goes_on = abs(change) < (nearness[v, u] - nearness[y, x]) / 4
        assert made[y, x] == pytest.approx(nearness[v, u] + (change if goes_on else 0), abs=1e-6)
        assert (made_x[y, x], made_y[y, x]) == ((slope_x[v, u], slope_y[v, u]) if goes_on else (0, 0))
        if first[y, x] < 0:
            grown += 1
            assert found.far[y, x] == 2 and not 0 < found.near[y, x] < 4
            around = [(y + dy, x + dx) for dy, dx in ((0, 1), (0, -1), (1, 0), (-1, 0))]
            assert halo[y, x] in [first[v, u] for v, u in around if 0 <= v < 23 and 0 <= u < width and first[v, u] >= 0]
    assert grown > 20
    rest = halo < 0
    np.testing.assert_array_equal(made[rest], nearness[rest])
    clear = first.copy()
    matte.widen(nearness, slope_x, slope_y, np.where(first >= 0, np.float32(0.02), alpha), clear, found.near, found.far)
    np.testing.assert_array_equal(clear, first)


@pytest.mark.parametrize("with_alpha", [False, True])
def test_a_texture_is_doubled_by_six_taps(with_alpha: bool) -> None:
    """The whole picture by a plain reference; what is shown, and two pixels around it, is written at least."""
    random = np.random.default_rng(2)
    rgb = random.integers(0, 256, (37, 45, 3), np.uint8)
    alpha = random.random((37, 45), np.float32) if with_alpha else None
    shown = np.zeros((37, 45), bool)
    shown[3:20, 18:31] = shown[30, 40] = True
    texels = np.zeros(4 * 37 * 45, np.uint32)
    doubled(rgb, alpha, shown, texels)
    made = texels.view(np.uint8).reshape(74, 90, 4)
    four = np.dstack([rgb, 255 * (np.ones((37, 45)) if alpha is None else alpha)]).astype(float)
    taps = np.array([3, -25, 150, 150, -25, 3]) / 256

    def between(values: Array) -> Array:
        """Half-way to the next along the first axis, the ends going on."""
        padded = np.concatenate([values[:1], values[:1], values, values[-1:], values[-1:], values[-1:]])
        return sum(tap * padded[k : k + len(values)] for k, tap in enumerate(taps))  # type: ignore[return-value]

    wide = np.empty((37, 90, 4))
    wide[:, ::2], wide[:, 1::2] = four, between(four.swapaxes(0, 1)).swapaxes(0, 1)
    whole = np.empty((74, 90, 4))
    whole[::2], whole[1::2] = wide, between(wide)
    wanted = np.floor(np.clip(whole, 0, 255) + 0.5)
    needed = np.zeros((74, 90), bool)
    for y, x in np.argwhere(shown):
        needed[max(2 * y - 4, 0) : 2 * y + 5, max(2 * x - 4, 0) : 2 * x + 5] = True
    assert np.abs(made[needed].astype(float) - wanted[needed]).max() <= 1
    assert (made[needed] == wanted[needed]).mean() > 0.99


@pytest.mark.parametrize("with_alpha", [False, True])
def test_a_texture_at_the_resolution_it_has(with_alpha: bool) -> None:
    rgb = np.random.default_rng(5).integers(0, 256, (3, 5, 3), np.uint8)
    alpha = np.linspace(0, 1, 15, dtype=np.float32).reshape(3, 5) if with_alpha else None
    texels = np.zeros(15, np.uint32)
    undoubled(rgb, alpha, texels)
    made = texels.view(np.uint8).reshape(3, 5, 4)
    np.testing.assert_array_equal(made[..., :3], rgb)
    wanted = [0, 18, 36, 55, 73, 91, 109, 128, 146, 164, 182, 200, 219, 237, 255] if with_alpha else [255] * 15
    assert made[..., 3].reshape(-1).tolist() == wanted


def test_colours_are_rounded_to_bytes() -> None:
    values = np.array([[[-3.0, 0.49, 0.51], [254.4, 254.6, 300.0]]], np.float32)
    assert layers._bytes(values).tolist() == [[[0, 0, 1], [254, 255, 255]]]


@pytest.mark.parametrize("with_alpha", [False, True])
def test_a_texture_is_as_fine_as_its_picture_where_it_shows_that(with_alpha: bool) -> None:
    """Each texel there is the mean of the four of the finer picture that it lies between; no other one changes."""
    random = np.random.default_rng(3)
    twice = random.integers(0, 256, (36, 60, 3), np.uint8)
    seen = random.integers(0, 256, (18, 30, 3), np.uint8)
    left, top = (0, 0) if with_alpha else (7, 4)
    rgb = np.pad(seen, ((top, 3 * top), (left, 2 * left), (0, 0)))
    own = random.random((18, 30)) < 0.9
    rgb[top : top + 18, left : left + 30][~own, 1] ^= 1
    alpha = None
    if with_alpha:
        alpha = np.where(random.random((18, 30)) < 0.9, 1, 0.9).astype(np.float32)
        own &= alpha == 1
    shown = np.zeros(rgb.shape[:2], bool)
    shown[top + 2 : top + 18, left + 1 : left + 30] = True
    texels = np.full(4 * shown.size, 7, np.uint32)
    finer(rgb, alpha, shown, texels, seen, twice, (left, top))

    made = texels.reshape(2 * rgb.shape[0], 2 * rgb.shape[1])[2 * top : 2 * top + 36, 2 * left : 2 * left + 60]
    around = np.pad(twice, ((0, 1), (0, 1), (0, 0)), mode="edge").astype(int)
    four = around[:-1, :-1] + around[1:, :-1] + around[:-1, 1:] + around[1:, 1:] + 2 >> 2
    wide = np.pad(own, ((0, 1), (0, 1)), mode="edge")
    whole = np.empty((36, 60), bool)
    whole[::2, ::2], whole[::2, 1::2] = own, own & wide[:-1, 1:]
    whole[1::2] = whole[::2] & np.repeat(wide[1:], 2, 1)[:, :60] & np.repeat(wide[1:], 2, 1)[:, 1:61]
    wanted = np.where(whole, four @ (1, 1 << 8, 1 << 16) + (255 << 24), 7)
    np.testing.assert_array_equal(made, wanted)
    texels.reshape(2 * rgb.shape[0], -1)[2 * top : 2 * top + 36, 2 * left : 2 * left + 60] = 7
    assert 0.3 < whole.mean() < 0.8 and (texels == 7).all()
