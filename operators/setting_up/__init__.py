"""Verbs that set up and mend: the backend, its models, errors."""
