"""What /openapi.json says beyond the routes' own arguments: the bodies that they read, and the shape of every error."""

from __future__ import annotations

from typing import Any

TEXT, NUMBER = {"type": "string"}, {"type": "string", "pattern": "^[0-9]+([.][0-9]+)?$"}
ERROR: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "What went wrong, and what would help.",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["error"],
                    "properties": {
                        "error": {
                            "type": "object",
                            "required": ["code", "message", "param", "fix"],
                            "properties": {
                                "code": TEXT,
                                "message": TEXT,
                                "param": {"type": ["string", "null"]},
                                "fix": TEXT,
                            },
                            "additionalProperties": False,
                        }
                    },
                    "additionalProperties": False,
                }
            }
        },
    }
}
DIRECTION = {
    "model": TEXT,
    "prompt": {"type": "string", "maxLength": 5000},
    "seconds": NUMBER,
    "fps": {"type": "string", "examples": ["24", "23.976", "24000/1001"]},
    "size": {"type": "string", "pattern": "^[0-9]{2,4}x[0-9]{2,4}$"},
    "seed": NUMBER,
}
PARTS = {
    "type": "object",
    "properties": {
        "dialogue": {"type": "array", "items": {"type": "object"}},
        "sound": TEXT,
        "camera": {"type": "object"},
        "path": {"type": "object"},
        "views": {"type": "array", "items": {"type": "object"}},
        "options": {"type": "object"},
        "binding": {"type": "object"},
    },
}
FILES = {
    name: {"type": "string", "format": "binary"} for name in ("input_reference", "depth", "last_frame", "reference_1")
}
URLS = {name: {"type": "string", "pattern": "^data:[^,]*;base64,"} for name in (*FILES, "image_reference")}


def _json(**properties: Any) -> dict[str, Any]:
    return {"application/json": {"schema": {"type": "object", "properties": properties}}}


def _form(**properties: Any) -> dict[str, Any]:
    return {"multipart/form-data": {"schema": {"type": "object", "properties": properties}}}


def _body(content: dict[str, Any], required: bool = False) -> dict[str, Any]:
    return {"requestBody": {"required": required, "content": content}}


_FORM = _form(**DIRECTION, extra_params=TEXT, **FILES)
SUBMISSION = _body(_FORM | _json(**DIRECTION, extra_params=PARTS, **URLS), required=True)
QUESTION = _body(_json(**DIRECTION, extra_params=PARTS))
GUIDE = SUBMISSION | {
    "responses": {
        "200": {
            "description": "guide.json, warp.mkv, mask.mkv and depth.mkv.",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}
MOVE = _body(_json(before={"type": ["string", "null"]}))
RETRY = _body(_json(send_again={"type": "boolean"}))
