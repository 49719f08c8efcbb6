"""The edit: strips, landing, the current take, comparing, moving files."""
