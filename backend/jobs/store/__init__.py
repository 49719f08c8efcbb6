"""The durable queue: rows in SQLite, its migrations, and who owns a home."""
