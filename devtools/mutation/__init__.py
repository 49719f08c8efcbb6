"""`dev.py mutate`: plants bugs, one at a time, and tells which of them no test notices."""
