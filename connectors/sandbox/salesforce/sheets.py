"""Reads what bulk jobs are sent: CSV of a given dialect, and the parts of a multipart body.

Source: Salesforce, Bulk API 2.0 and Bulk API Developer Guide, "Prepare CSV Files", "Create a Job" (multipart).
"""

from __future__ import annotations

import csv
import io
import re

from .refusal import Refusal

DELIMITERS = {"BACKQUOTE": "`", "CARET": "^", "COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t"}
ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
_UNESCAPED = "Failed to parse CSV. Found unescaped quote. A value with quote should be within a quote"
_UNCLOSED = "Failed to parse CSV. EOF reached before closing an opened quote"
_NAME = re.compile(rb'\bname="([^"]*)"', re.IGNORECASE)
csv.field_size_limit(1 << 28)  # the reader's own limit is below that of a long text area


def read_sheet(content: bytes, delimiter: str = "COMMA", ending: str | None = None) -> list[list[str]]:
    """Return the lines of a CSV that are not empty, the header first.

    `ending` is what a job declares, None where it declares nothing. Raises Refusal InvalidBatch where the content is no
    CSV, ClientInputError where its lines end otherwise than declared.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise Refusal("InvalidBatch", "Failed to parse CSV. The content is not in UTF-8") from None
    if not text.startswith('\ufeff"'):  # Salesforce takes a byte-order mark before a quote for a value
        text = text.removeprefix("\ufeff")
    if ending is not None and (used := _ending(text)) is not None and used != ending:
        problem = f"LineEnding is invalid on user data. Current LineEnding setting is {ending}"
        raise Refusal("ClientInputError", problem)
    sign = DELIMITERS[delimiter]
    if '"' in text:
        _check_quotes(text, re.escape(sign))
    return [line for line in csv.reader(io.StringIO(text, newline=""), delimiter=sign) if line]


def read_parts(content_type: str, body: bytes) -> dict[str, bytes]:
    """Return a multipart body's parts by their names; raises Refusal where the body is none."""
    match = re.search(r'boundary="?([^";]+)"?', content_type)
    if match is None:
        raise Refusal("INVALID_MULTIPART_REQUEST", "The request is not multipart/form-data")
    parts: dict[str, bytes] = {}
    for part in body.split(b"--" + match[1].encode()):
        for gap in (b"\r\n\r\n", b"\n\n"):
            head, between, content = part.partition(gap)
            if between and (name := _NAME.search(head)):
                parts[name[1].decode("utf-8", "replace")] = content.removesuffix(b"\n").removesuffix(b"\r")
                break
    return parts


def _ending(text: str) -> str | None:
    """Return how the first line ends, None where there is only one."""
    place = text.find("\n")
    return None if place < 0 else "CRLF" if text[:place].endswith("\r") else "LF"


def _check_quotes(text: str, sign: str) -> None:
    """Raise Refusal where a quote stands elsewhere than around a value, or doubled within one."""
    bare = re.sub(rf'(?:(?<=^)|(?<=[{sign}\r\n]))"(?:[^"]|"")*+"(?=[{sign}\r\n]|\Z)', "", text)
    place = bare.find('"')
    if place >= 0:
        opens = place == 0 or re.fullmatch(rf"[{sign}\r\n]", bare[place - 1]) is not None
        raise Refusal("InvalidBatch", _UNCLOSED if opens and bare.count('"', place) % 2 else _UNESCAPED)
