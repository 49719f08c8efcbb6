"""The models on this machine: which there are, whether they are whole, and how they get here. No torch."""
