"""The jobs of this machine: their records on disk, and what moves them along."""
