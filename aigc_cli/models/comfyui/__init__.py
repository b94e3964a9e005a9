"""ComfyUI: a graph that was saved in its API form, filled in and run on the user's own server."""
