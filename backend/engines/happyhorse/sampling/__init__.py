"""From noise to latents, by the velocities that a transformer answers."""
