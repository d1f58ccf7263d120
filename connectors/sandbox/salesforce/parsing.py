"""What Salesforce says of a JSON body that it cannot read, or whose parts are of the wrong kind.

Its REST API reads JSON with Jackson, whose words it passes on (JSON_PARSER_ERROR).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import orjson

from .refusal import Refusal

_NO_BODY = "The HTTP entity body is required, but this request has no entity body."
_KINDS = {bool: "VALUE_TRUE", int: "VALUE_NUMBER_INT", float: "VALUE_NUMBER_FLOAT", str: "VALUE_STRING"}
_VALUE = "expected a valid value (number, String, array, object, 'true', 'false' or 'null')"
# the standard library's words → Jackson's
_EXPECTED = {
    "Expecting property name enclosed in double quotes": "was expecting double-quote to start field name",
    "Illegal trailing comma before end of object": "was expecting double-quote to start field name",
    "Expecting ':' delimiter": "was expecting a colon to separate field name and value",
    "Expecting ',' delimiter": "was expecting comma to separate OBJECT entries",
}
_BARE = re.compile(r"[A-Za-z_$][\w$]*")


def read_json(body: bytes) -> Any:
    """Return what a JSON body says; raises Refusal JSON_PARSER_ERROR with the place where it stops making sense."""
    if not body.strip():
        raise Refusal("JSON_PARSER_ERROR", _NO_BODY)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refusal("JSON_PARSER_ERROR", _problem(body, error.msg)) from None


def read_object(body: bytes) -> dict[str, Any]:
    """Return a JSON body that must be an object."""
    content = read_json(body)
    if not isinstance(content, dict):
        raise unreadable("sobject", content)
    return content


def objects(body: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """Return a body's list of objects, empty where the key is missing; raises Refusal JSON_PARSER_ERROR."""
    items = body.get(key) or []
    if not isinstance(items, list):
        raise unreadable("list", items)
    wrong = next((item for item in items if not isinstance(item, dict)), None)
    if wrong is not None or None in items:
        raise unreadable("object", wrong)
    return items


def word(body: Mapping[str, Any], key: str) -> str:
    """Return a body's text, empty where the key is missing; raises Refusal JSON_PARSER_ERROR."""
    value = body.get(key)
    if value is not None and not isinstance(value, str):
        raise unreadable("string", value)
    return value or ""


def type_of(body: Mapping[str, Any]) -> str | None:
    """Return the object that a record's attributes name, None where they name none."""
    attributes = body.get("attributes")
    kind = attributes.get("type") if isinstance(attributes, dict) else None
    return kind if isinstance(kind, str) else None


def unreadable(kind: str, value: Any) -> Refusal:
    """Return the refusal of a value whose JSON type is not that of its place."""
    match value:
        case None:
            token, shown = "VALUE_NULL", "null"
        case dict():
            token, shown = "START_OBJECT", "{"
        case list():
            token, shown = "START_ARRAY", "["
        case bool():
            shown = str(value).lower()
            token = f"VALUE_{shown.upper()}"
        case _:
            token, shown = _KINDS[type(value)], str(value)
    message = (
        f"Cannot deserialize instance of {kind} from {token} value {shown} "
        "or request may be missing a required field at [line:1, column:1]"
    )
    return Refusal("JSON_PARSER_ERROR", message)


def _problem(body: bytes, otherwise: str) -> str:
    """Return the sentence for a body that is no JSON."""
    text = body.decode("utf-8", "replace")
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        where = f"at [line:{error.lineno}, column:{error.colno + 1}]"  # Jackson stands behind the character
        if error.msg.startswith("Unterminated string"):
            return f"Unexpected end-of-input in VALUE_STRING {where}"
        if error.pos >= len(text):
            kind = "ARRAY" if text.lstrip().startswith("[") else "OBJECT"
            return f"Unexpected end-of-input: expected close marker for {kind} (from [line:1, column:0]) {where}"
        if error.msg == "Expecting value" and (bare := _BARE.match(text, error.pos)):
            return f"Unrecognized token '{bare[0]}': was expecting 'null', 'true', 'false' or NaN {where}"
        letter = text[error.pos]
        return f"Unexpected character ('{letter}' (code {ord(letter)})): {_EXPECTED.get(error.msg, _VALUE)} {where}"
    except RecursionError:
        return "Document nesting depth exceeds the maximum allowed"
    return otherwise
