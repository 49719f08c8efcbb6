"""The calls as they are declared: what each reads of its query, by which that is checked, its body, and the shape of
every error. /openapi.json says so to others."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from ..jobs.request import invalid

TEXT, NUMBER = {"type": "string"}, {"type": "string", "pattern": "^[0-9]+([.][0-9]+)?$"}
ERROR: dict[str, dict[str, Any]] = {
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
# What is read of a query: see `asked`.
PAGE: dict[str, dict[str, Any]] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 1000},
    "after": TEXT,
    "order": {"type": "string", "enum": ["asc", "desc"], "default": "desc"},
}
SPENDING: dict[str, dict[str, Any]] = {"film": {"type": "string", "default": ""}, "since": {"type": "number"}}
VARIANT: dict[str, dict[str, Any]] = {
    "variant": {"type": "string", "enum": ["video", "thumbnail", "sidecar"], "default": "video"}
}
NUMERALS = {
    "integer": re.compile("[+-]?[0-9]{1,18}"),
    "number": re.compile("[+-]?[0-9]{1,18}([.][0-9]{1,18})?([eE][+-]?[0-9]{1,3})?"),
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


@dataclass(frozen=True)
class Call:
    """A method at a path, and the function that answers it. `query` holds the schemas of what `asked` reads of its
    query, `about` joins what /openapi.json says of it."""

    method: str
    path: str
    answer: Callable[[Request], Any]
    query: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)

    def route(self) -> Route:
        """Where the service takes it."""
        route = Route(self.path, self.answer, methods=[self.method])
        route.methods = {self.method}  # without the HEAD that comes with each GET: a stream has none
        return route


def asked(request: Request, query: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """What a request's query says, by the names and schemas of `query`; what it does not say is the default, or None.

    Raises:
        EngineError: `invalid_request`.
    """
    words = request.query_params
    return {
        name: _value(name, words[name], schema) if name in words else schema.get("default")
        for name, schema in query.items()
    }


def _value(name: str, word: str, schema: dict[str, Any]) -> str | float:
    if schema["type"] == "string":
        if word not in schema.get("enum", (word,)):
            raise invalid(f"{name} is one of {', '.join(schema['enum'])}.", name)
        return word
    low, high = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
    number = math.nan
    if NUMERALS[schema["type"]].fullmatch(word):  # int() takes blanks, underscores and the digits of any script
        number = int(word) if schema["type"] == "integer" else float(word)
    if not (low <= number <= high and math.isfinite(number)):
        kind = "a whole number" if schema["type"] == "integer" else "a number"
        raise invalid(f"{name} is {kind}" + (f" from {low} to {high}." if math.isfinite(high) else "."), name)
    return number


def document(calls: Iterable[Call], version: str) -> dict[str, Any]:
    """The calls in OpenAPI's words."""
    paths: dict[str, dict[str, Any]] = {}
    for call in calls:
        named = [_parameter("path", name, TEXT) for name in re.findall(r"{(\w+)}", call.path)]
        named += [_parameter("query", name, schema) for name, schema in call.query.items()]
        responses = {"200": {"description": "Done."}, **ERROR, **call.about.get("responses", {})}
        operation_id = f"{call.answer.__name__}_{call.method.lower()}"
        said = {"operationId": operation_id, "parameters": named, **call.about, "responses": responses}
        paths.setdefault(call.path, {})[call.method.lower()] = said
    return {"openapi": "3.1.0", "info": {"title": "Take One", "version": version}, "paths": paths}


def _parameter(place: str, name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": schema}
