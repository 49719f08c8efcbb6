"""The service: the `/v1/videos` protocol over HTTP. Plumbing only; docs/protocol.md describes it."""
