"""Looks at files from clients in processes of their own, before a job counts."""
