"""A user's own workflow in their own ComfyUI as an engine.

`graph/` reads a workflow and fills it in, as pure functions. `server/` speaks to ComfyUI. `shelf.py` has the workflows
that were added, `workflows/` those that come with Take One. A workflow is a stranger's word: it is read within bounds,
and no file that it names is opened here.
"""
