"""Colour for the unseen parts of a plane: what is seen of it, laid flat, and carried on by its own repetition.

The plane is unrolled to a flat map in metres. A smooth base is extended by averaging; the detail on top is
copied along the shifts under which the plane looks most like itself, found by autocorrelation: tiles, planks,
bricks and rows of windows go on in step (after "Statistics of Patch Offsets for Image Completion", He and Sun
2012, here on rectified planes).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .....kernels import kernel
from ..picture import Picture
from .pyramid import fill, fill_within

SIZE = 448  # texels on the map's longer side, at most
BASE = 14  # texels that the smooth base is averaged over
SHIFTS = 48  # shifts that are tried
GREY = np.array([0.299, 0.587, 0.114], np.float32)
LIKENESS = 0.3  # of a plane with itself when shifted: below it there is no pattern to carry on
CLEAR = 0.7  # likeness from which the plane alone is pattern enough
SMALL = 0.002  # share of the picture below which unseen parts get no pattern
ENOUGH = 20000  # points that tell where most points are
CONTRAST = 1.5  # levels of detail (standard deviation) below which a plane counts as plain


def paint(
    picture: Picture,
    plane: np.ndarray,
    rgb: np.ndarray,
    known: np.ndarray,
    on_it: np.ndarray,
    wanted: np.ndarray,
    left: int,
    top: int,
) -> np.ndarray:
    """Colours float32 [n, 3] for the `wanted` pixels of `rgb` [h, w, 3], from the `known` ones (bool [h, w]).

    `on_it` also has what lies on the plane (windows of a facade): it is carried on where it repeats more
    clearly. `plane` is a, b, c of nearness over the frame's pixels; `left`, `top` are the margins of `rgb`.
    """
    smooth = fill_within(rgb, known, wanted)
    want = _pixels(wanted)
    if known.sum() < 400 or len(want) < SMALL * wanted.size:
        return smooth
    want_at, want_on = _flat(picture, plane, want, left, top)
    if want_on.sum() < 100:
        return smooth
    best: tuple[float, _Map, np.ndarray] | None = None
    for source in (known, on_it) if on_it.sum() > 1.1 * known.sum() else (known,):
        if best is not None and best[0] > CLEAR:
            break
        flat = _unroll(picture, plane, rgb, source, want_at[want_on], left, top)
        if flat is None:
            continue
        shifts, like = _likeness(flat.detail @ GREY, flat.seen)
        if len(shifts) and (best is None or like > best[0] + 0.05):
            best = like, flat, shifts
    if best is None:
        return smooth
    _, flat, shifts = best
    filled, made = _carry_on(flat.detail, flat.seen, shifts)
    base = fill(flat.base, flat.seen > 0)
    result = smooth.copy()
    columns, rows = ((want_at - flat.low) / flat.texel).T
    height, width = made.shape
    inside = want_on & (rows >= 0) & (columns >= 0) & (rows < height - 1) & (columns < width - 1)
    value, weight = _look_up(base + filled, made, rows[inside], columns[inside])
    result[inside] += weight[:, None] * (value - result[inside])
    return np.clip(result, 0, 255)


@dataclass(frozen=True)
class _Map:
    """A plane laid flat: float32 [h, w, 3] each, `seen` float32 [h, w] is 1 where the still shows it. Texel
    (0, 0) is at `low` metres, texels are `texel` metres wide."""

    base: np.ndarray
    detail: np.ndarray
    seen: np.ndarray
    low: np.ndarray
    texel: float


def _unroll(
    picture: Picture, plane: np.ndarray, rgb: np.ndarray, known: np.ndarray, want_at: np.ndarray, left: int, top: int
) -> _Map | None:
    """The part of the plane that is wanted and what is known around it; None if there is no pattern."""
    have = _pixels(known)
    have_at, have_on = _flat(picture, plane, have, left, top)
    if have_on.sum() < 400:
        return None
    low, high = np.percentile(_thinned(want_at), (1, 99), axis=0)
    reach = 1.2 * max(high - low)
    seen_low, seen_high = np.percentile(_thinned(have_at if have_on.all() else have_at[have_on]), (0.5, 99.5), axis=0)
    low = np.minimum(low, np.maximum(seen_low, low - reach))
    high = np.maximum(high, np.minimum(seen_high, high + reach))
    texel = max(float(max(high - low)) / SIZE, 1e-6)
    shape = tuple(int(n) for n in np.ceil((high - low) / texel)[::-1] + 1)
    if min(shape) < 16:
        return None
    flat, seen = _lay(rgb, have, have_at, have_on, low, texel, shape)
    _stretch(flat, seen, 2)
    base = _average(flat, seen, BASE)
    detail = (flat - base) * seen[..., None]
    if seen.sum() < 400 or (detail @ GREY)[seen > 0].std() < CONTRAST:
        return None
    return _Map(base, detail, seen, low, texel)


def _thinned(points: np.ndarray) -> np.ndarray:
    """Some of `points`, enough to tell where most of them are."""
    return points[:: max(1, len(points) // ENOUGH)]


def _flat(
    picture: Picture, plane: np.ndarray, pixels: np.ndarray, left: int, top: int
) -> tuple[np.ndarray, np.ndarray]:
    """Metres [n, 2] on the plane of canvas pixels (row, column) [n, 2], and which of them lie on it at all."""
    # The plane's normal: nearness is affine in the picture just if its points satisfy one linear equation.
    normal = np.array(
        [plane[0] * picture.fx, plane[1] * picture.fy, plane[0] * picture.cx + plane[1] * picture.cy + plane[2]]
    )
    if picture.orthographic:
        normal[2] = 1.0
    length = np.linalg.norm(normal)
    if length < 1e-9:
        return np.zeros((len(pixels), 2)), np.zeros(len(pixels), bool)
    normal /= length
    across = np.array([1.0, 0, 0]) if abs(normal[0]) < 0.8 else np.array([0, 0, 1.0])
    across -= normal * (across @ normal)
    across /= np.linalg.norm(across)
    least = 0.0 if picture.orthographic else 0.02 * float(picture.nearness.max())
    lens = np.array([picture.fx, picture.fy, picture.cx, picture.cy])
    at, on = _laid(pixels, np.array([left, top]), plane, lens, across, np.cross(normal, across), least)
    return at, on


@kernel
def _pixels(mask: np.ndarray) -> np.ndarray:
    """Row and column, int32 [n, 2], of where a `mask` is true."""
    count = 0
    for y in range(mask.shape[0]):
        for x in range(mask.shape[1]):
            count += int(mask[y, x])
    out, found = np.empty((count, 2), np.int32), 0
    for y in range(mask.shape[0]):
        for x in range(mask.shape[1]):
            if mask[y, x]:
                out[found, 0], out[found, 1] = y, x
                found += 1
    return out


@kernel
def _laid(
    pixels: np.ndarray,
    margin: np.ndarray,
    plane: np.ndarray,
    lens: np.ndarray,
    across: np.ndarray,
    down: np.ndarray,
    least: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Where on the `plane` the rays through canvas `pixels` meet it, along its axes `across` and `down`, and whether
    they do, nearer than the nearness `least` (0: the rays are parallel)."""
    at, on = np.empty((pixels.shape[0], 2)), np.ones(pixels.shape[0], np.bool_)
    for i in range(pixels.shape[0]):
        v, u = pixels[i, 0] - margin[1] + 0.5, pixels[i, 1] - margin[0] + 0.5
        nearness = plane[0] * u + plane[1] * v + plane[2]
        x, y, z = (u - lens[2]) / lens[0], (v - lens[3]) / lens[1], -nearness
        if least > 0:
            on[i] = nearness > least
            z = 1.0 / nearness if on[i] else 1.0
            x, y = x * z, y * z
        at[i, 0] = x * across[0] + y * across[1] + z * across[2]
        at[i, 1] = x * down[0] + y * down[1] + z * down[2]
    return at, on


@kernel
def _lay(
    rgb: np.ndarray,
    have: np.ndarray,
    have_at: np.ndarray,
    have_on: np.ndarray,
    low: np.ndarray,
    texel: float,
    shape: tuple[int, int],
) -> tuple[np.ndarray, np.ndarray]:
    """The mean of the pixels that fall into each texel; seen float32 is 1 where there is one."""
    total = np.zeros((shape[0], shape[1], 3), np.float32)
    count = np.zeros(shape, np.float32)
    for i in range(have.shape[0]):
        x = int(np.floor((have_at[i, 0] - low[0]) / texel + 0.5))
        y = int(np.floor((have_at[i, 1] - low[1]) / texel + 0.5))
        if not have_on[i] or x < 0 or y < 0 or x >= shape[1] or y >= shape[0]:
            continue
        count[y, x] += 1
        for c in range(3):
            total[y, x, c] += rgb[have[i, 0], have[i, 1], c]
    for y in range(shape[0]):
        for x in range(shape[1]):
            if count[y, x] > 0:
                for c in range(3):
                    total[y, x, c] /= count[y, x]
                count[y, x] = 1
    return total, count


@kernel
def _stretch(colour: np.ndarray, seen: np.ndarray, rounds: int) -> None:
    """Closes the gaps between texels where the still is coarser than the map."""
    height, width = seen.shape
    for ring in range(rounds):
        for y in range(1, height - 1):
            for x in range(1, width - 1):
                if seen[y, x] != 0:
                    continue
                count = np.float32(0)
                red = green = blue = np.float32(0)
                for v in range(y - 1, y + 2):
                    for u in range(x - 1, x + 2):
                        if seen[v, u] > 0 and seen[v, u] < ring + 2:
                            count += 1
                            red += colour[v, u, 0]
                            green += colour[v, u, 1]
                            blue += colour[v, u, 2]
                if count >= 2:
                    colour[y, x, 0], colour[y, x, 1], colour[y, x, 2] = red / count, green / count, blue / count
                    seen[y, x] = ring + 2
    for y in range(height):
        for x in range(width):
            if seen[y, x] > 0:
                seen[y, x] = 1


def _average(colour: np.ndarray, seen: np.ndarray, radius: int) -> np.ndarray:
    """The mean of what is seen in a box of 2 radius + 1 texels, twice over (nearly a Gaussian)."""
    total = np.concatenate([colour * seen[..., None], seen[..., None]], 2)
    for _ in range(2):
        total = _box(total, radius)
    return total[..., :3] / np.maximum(total[..., 3:], 1e-6)


@kernel
def _box(values: np.ndarray, radius: int) -> np.ndarray:
    """The mean of `values` float32 [h, w, n] in a box of 2 radius + 1 texels, those beyond the edges being 0."""
    height, width, count = values.shape
    sums, side = np.zeros((height + 1, width * count), np.float32), np.float32(2 * radius + 1)
    rows = values.reshape(height, width * count)
    for y in range(height):
        before, after, row = sums[y], sums[y + 1], rows[y]
        for i in range(row.size):
            after[i] = before[i] + row[i]
    out, line = np.empty((height, width, count), np.float32), np.zeros((width + 1) * count, np.float32)
    for y in range(height):
        under, over = sums[min(y + radius + 1, height)], sums[max(y - radius, 0)]
        for i in range(under.size):
            line[count + i] = (under[i] - over[i]) / side
        for i in range(count, line.size):
            line[i] += line[i - count]
        for x in range(width):
            right, left = min(x + radius + 1, width) * count, max(x - radius, 0) * count
            for c in range(count):
                out[y, x, c] = (line[right + c] - line[left + c]) / side
    return out


def _likeness(grey: np.ndarray, seen: np.ndarray) -> tuple[np.ndarray, float]:
    """Shifts (rows, columns) [n, 2] under which the seen part is most like itself, best first, and how much."""
    height, width = seen.shape
    padded = (_fast(2 * height), _fast(2 * width))
    mask, value, power = (np.fft.rfft2(x, padded) for x in (seen, grey, grey * grey))
    overlap = np.fft.irfft2(mask * mask.conj(), padded)
    product = np.fft.irfft2(value * value.conj(), padded)
    energy = np.fft.irfft2(power * mask.conj(), padded)
    like = _normal(product, energy, overlap, np.float32(max(300, 0.04 * seen.sum())))
    found = _peaks(like)
    rows, columns = (np.fft.fftfreq(size, 1 / size).astype(int) for size in padded)
    at = found[:, 0], found[:, 1]
    # Shifts that overlap more are surer of their likeness.
    sure = like[at] * np.sqrt(np.minimum(1, overlap[at] / (0.25 * seen.sum())))
    order = np.argsort(-sure, kind="stable")[:SHIFTS]
    found = found[order]
    like_best = float(sure.max()) if len(sure) else 0.0
    return np.stack([rows[found[:, 0]], columns[found[:, 1]]], 1), like_best


@kernel
def _normal(product: np.ndarray, energy: np.ndarray, overlap: np.ndarray, least: float) -> np.ndarray:
    """How like itself a map is under each shift, up to 1; -1 where it overlaps by less than `least`."""
    height, width = product.shape
    out, some = np.empty((height, width), np.float32), np.float32(1e-3)
    for y in range(height):
        other = energy[height - y if y > 0 else 0]
        for x in range(width):
            both = max(energy[y, x], some) * max(other[width - x if x > 0 else 0], some)
            out[y, x] = product[y, x] / np.sqrt(both) if overlap[y, x] >= least else np.float32(-1)
    return out


@kernel
def _peaks(like: np.ndarray) -> np.ndarray:
    """Row and column [n, 2] of where `like`, which goes round at its edges, is above LIKENESS and as high as around it;
    not of shifts by fewer than 8 texels."""
    height, width = like.shape
    out, count = np.empty((like.size, 2), np.int64), 0
    for y in range(height):
        over, under = like[y - 1 if y > 0 else height - 1], like[y + 1 if y + 1 < height else 0]
        row = like[y]
        for x in range(width):
            here = row[x]
            if here <= np.float32(LIKENESS) or min(y, height - y) + min(x, width - x) < 8:
                continue
            left, right = x - 1 if x > 0 else width - 1, x + 1 if x + 1 < width else 0
            if here < max(max(row[left], over[x]), max(over[left], over[right])):
                continue
            if here > max(max(row[right], under[x]), max(under[left], under[right])):
                out[count, 0], out[count, 1] = y, x
                count += 1
    return out[:count]


def _fast(length: int) -> int:
    """The next length that the FFT is quick at."""
    best = 1 << (length - 1).bit_length()
    for odd in (3, 5, 7, 9, 15, 21, 25, 27):
        size = odd
        while size < length:
            size *= 2
        best = min(best, size)
    return best


def _carry_on(detail: np.ndarray, seen: np.ndarray, shifts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The detail where it is not seen, from the best shift that reaches what is; and where it was found."""
    steps = [(times * dy, times * dx) for times in (1, 2, 3, 4, 6, 8) for dy, dx in shifts[: 48 if times == 1 else 8]]
    return _carried(detail, seen, np.array(steps, np.int64))


@kernel
def _carried(detail: np.ndarray, seen: np.ndarray, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    out, made = detail.copy(), seen.copy()
    height, width = seen.shape
    for y in range(height):
        for x in range(width):
            if seen[y, x] != 0:
                continue
            for k in range(steps.shape[0]):
                v, u = y + steps[k, 0], x + steps[k, 1]
                if 0 <= v < height and 0 <= u < width and seen[v, u] > 0:
                    for c in range(3):
                        out[y, x, c] = detail[v, u, c]
                    made[y, x] = 1
                    break
    return out, made


@kernel
def _look_up(
    colour: np.ndarray, weight: np.ndarray, rows: np.ndarray, columns: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Bilinear colours and weights at fractional rows and columns."""
    value, total = np.zeros((rows.size, 3), np.float32), np.zeros(rows.size, np.float32)
    one = np.float32(1)
    for i in range(rows.size):
        y, x = int(np.floor(rows[i])), int(np.floor(columns[i]))
        fy, fx = np.float32(rows[i] - y), np.float32(columns[i] - x)
        for k in range(4):
            v, u = y + k // 2, x + k % 2
            part = (fy if k > 1 else one - fy) * (fx if k % 2 == 1 else one - fx) * weight[v, u]
            total[i] += part
            for c in range(3):
                value[i, c] += part * colour[v, u, c]
        for c in range(3):
            value[i, c] /= max(total[i], np.float32(1e-6))
    return value, total
