"""What the still does not show: its shape and its colour."""
