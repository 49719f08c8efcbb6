"""What the running extension holds beside the .blend: the App and its state, the one timer, errors."""
