"""ComfyUI over HTTP and its websocket."""
