"""The plainest thing that could work with the views of a take: every pixel of the two nearest in time moved through
true depth, averaged where both show one surface, holes filled from around them."""

from __future__ import annotations

import numpy as np

from backend.engines.draft.camera import paths
from backend.engines.draft.view import picture
from backend.engines.draft.view.hidden.pyramid import fill
from backend.engines.draft.view.views import placed, seen_from
from client.protocol import TakeRequest

HELD = 6  # views that are kept read


class Splat:
    """The frames of a take by splatting."""

    def __init__(self, asked: TakeRequest) -> None:
        self.asked, self.read = asked, {}
        self.still, _ = picture.load(asked)
        self.poses = paths.poses(asked.path, asked.frame_count)
        self.places, _ = placed(asked, self.poses, 1.0)

    def frame(self, k: int) -> np.ndarray:
        t = k / (len(self.poses) - 1)
        times = np.array([place.view.t for place in self.places])
        nearest = np.argsort(np.abs(times - t), kind="stable")[:2]
        made = [self._moved(int(n), k) for n in nearest]
        weights = [max(1e-3, 1 - abs(times[n] - t) / max(float(np.ptp(times[nearest])), 1e-9)) for n in nearest]
        front = np.maximum.reduce([near for _, near in made])
        total, rgb = np.zeros(front.shape), np.zeros((*front.shape, 3))
        for (colour, near), weight in zip(made, weights, strict=True):
            shows = weight * ((near > 0) & (near >= 0.97 * front))
            total += shows
            rgb += shows[..., None] * colour
        hit = total > 0
        rgb[hit] /= total[hit][:, None]
        rgb[~hit] = fill(rgb.astype(np.float32), hit)[~hit]
        return np.round(rgb).astype(np.uint8)

    def _moved(self, n: int, k: int) -> tuple[np.ndarray, np.ndarray]:
        """View `n` seen in frame `k`: colours, and nearness (0: nothing)."""
        if n not in self.read:
            if len(self.read) >= HELD:
                self.read.pop(next(iter(self.read)))
            self.read[n], _ = picture.read(self.places[n].view, self.asked.size)
        view, pose, still = self.read[n], seen_from(self.places[n].pose, self.poses[k]), self.still
        v, u = np.mgrid[0 : view.height, 0 : view.width] + 0.5
        z = np.minimum(view.metres(), 1e6)
        seen = (
            np.stack([(u - view.cx) / view.fx * z, (v - view.cy) / view.fy * z, z], -1) - pose.position
        ) @ pose.rotation
        with np.errstate(divide="ignore", invalid="ignore"):
            x = seen[..., 0] / seen[..., 2] * still.fx * pose.zoom + still.cx
            y = seen[..., 1] / seen[..., 2] * still.fy * pose.zoom + still.cy
        order = np.argsort(-seen[..., 2], axis=None)
        order = order[seen[..., 2].ravel()[order] > 1e-3]
        out, near = np.zeros((still.height, still.width, 3), np.uint8), np.zeros((still.height, still.width))
        for dy in (0, 1):
            for dx in (0, 1):
                column, row = (
                    np.floor(c.ravel()[order] - 0.5).clip(-9, 1e5).astype(int) + d for c, d in ((x, dx), (y, dy))
                )
                ok = (column >= 0) & (column < still.width) & (row >= 0) & (row < still.height)
                value = 1 / seen[..., 2].ravel()[order][ok]
                ahead = value >= near[row[ok], column[ok]]
                out[row[ok][ahead], column[ok][ahead]] = view.rgb.reshape(-1, 3)[order[ok][ahead]]
                near[row[ok][ahead], column[ok][ahead]] = value[ahead]
        return out, near
