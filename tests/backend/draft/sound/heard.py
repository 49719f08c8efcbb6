"""What is measured in sounds."""

from __future__ import annotations

import numpy as np

from backend.engines.draft.sound.levels import true_peaks


def true_peak(samples: np.ndarray) -> float:
    """The highest level at and between the samples [channels, samples], 0 where there are none."""
    return max((float(peaks.max()) for peaks in true_peaks(samples)), default=0.0)
