"""Jobs: the request, the durable queue, the process that runs engines, and the take that comes of it."""
