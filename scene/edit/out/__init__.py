"""What leaves the edit, and what comes back into it."""
