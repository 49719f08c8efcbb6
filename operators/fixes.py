"""Words for what helps against an error, and how their buttons are called."""

# For each fix: what the panel's button says, its icon, and what happens when it is pressed
HELP = {
    "install": ("Install", "IMPORT", "Download and set up what makes the takes, outside Blender"),
    "update": ("Update", "FILE_REFRESH", "Replace the running backend by this version's. Takes under way go on in it"),
    "start": ("Start", "PLAY", "Start the backend, or connect to the server again"),
    "connect": ("Connect", "LINKED", "Enter the server's address and token"),
    "pick_camera": ("Pick a Camera", "OUTLINER_OB_CAMERA", "Use the selected camera, or the first one of the scene"),
    "save_file": ("Save the File", "FILE_TICK", "Save this file, so that takes have a place beside it"),
    "save_as": ("Save As", "FILE_TICK", "Save this file in a folder that can be written to; takes go beside it"),
    "free_space": ("Show Folder", "FILE_FOLDER", "Open the folder that holds the backend, its models and its jobs"),
    "smaller_size": ("Halve the Size", "FULLSCREEN_EXIT", "Halve the clip's width and height, and animate again"),
    "shorter": ("Make It Shorter", "TIME", "Shorten the shot to what the engine can make, and animate again"),
    "open_log": ("Open Log", "TEXT", "Show what was written down when it went wrong"),
    "models": ("Show Models", "PREFERENCES", "Open the preferences, where models are downloaded and linked"),
    "accounts": ("Show Accounts", "PREFERENCES", "Open the preferences, where accounts are added and tested"),
    "send_again": ("Send Again", "EXPORT", "Send the order once more. If the first one arrived, both are paid"),
    "online_access": ("Allow Online Access", "WORLD", "Let Blender and its extensions use the network"),
    "retry": ("Try Again", "FILE_REFRESH", "Make the take that failed once more"),
}
