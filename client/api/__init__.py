"""The calls of the `/v1/videos` protocol. Blocking: for threads and scripts."""
