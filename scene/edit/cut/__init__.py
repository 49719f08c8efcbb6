"""The edit as a row of shots: where each stands, what moves with it, what follows it."""
