"""The processes that run engines, and the take that comes of a job."""
