"""The press: what is frozen by it, what it costs, and what of it is sent."""
