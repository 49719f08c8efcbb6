"""What a sound is asked to be like."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SoundEvent:
    """One sound of the ambience: its `kind`, `strength` (1 is usual; 0.4 light to 2 heavy), `distance` (0
    near to 1 far), `level` in dB against what is usual for its kind, and the words `near` it, which may name a surface
    or a pace."""

    kind: str
    strength: float = 1.0
    distance: float = 0.0
    level: float = 0.0
    near: tuple[str, ...] = ()

    def has(self, *words: str) -> bool:
        """Whether one of `words` stands near."""
        return any(word in self.near for word in words)
