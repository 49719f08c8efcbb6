"""What several panels draw: engines, accounts, pictures, set-up, status."""
