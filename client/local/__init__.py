"""The local backend's process."""
