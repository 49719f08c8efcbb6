"""The one way to a provider: HTTPS, bounded, and what went wrong in words."""
