"""What dev.py does, one module a command."""
