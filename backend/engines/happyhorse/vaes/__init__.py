"""Pictures to latents, latents to frames and to sound."""
