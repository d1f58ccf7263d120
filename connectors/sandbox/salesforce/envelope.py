"""SOAP envelopes: reading a call, writing an answer or a fault."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from .refusal import Refusal
from .wire import SOAP, Response

_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"


class Message:
    """A read envelope: the operation's element, and the session that its header names."""

    def __init__(self, body: bytes) -> None:
        try:
            root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
            self.operation = next(root.find(f"{{{_ENVELOPE}}}Body").iterchildren("*"))
        except (etree.XMLSyntaxError, AttributeError, StopIteration):
            raise Refusal("UNKNOWN_EXCEPTION", "The SOAP message cannot be read", status=500) from None
        self.name = str(etree.QName(self.operation).localname)
        self.session = next((found.text or "" for found in root.iter("{*}sessionId")), "")

    def texts(self, name: str) -> list[str]:
        """Return the texts of the operation's elements of that name, at any depth."""
        return [(found.text or "").strip() for found in self.operation.iter(f"{{*}}{name}")]

    def text(self, name: str) -> str:
        """Return the first such text, or ""."""
        return next(iter(self.texts(name)), "")


def tag(name: str, value: Any) -> str:
    """Return an XML element: a text, a truth value, a ready-made piece of XML in a list, or nothing for None."""
    if value is None:
        return ""
    if isinstance(value, list):
        return f"<{name}>{''.join(value)}</{name}>"
    shown = str(value).lower() if isinstance(value, bool) else escape(str(value))
    return f"<{name}>{shown}</{name}>"


def error_tag(error: Refusal) -> str:
    """Return a row's error as the SOAP API writes it."""
    fields = [tag("fields", name) for name in error.fields or []]
    return tag("errors", [*fields, tag("message", error.message), tag("statusCode", error.code)])


def enclose(namespace: str, name: str, content: str) -> Response:
    """Return the response to an operation."""
    xsi = "http://www.w3.org/2001/XMLSchema-instance"
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{_ENVELOPE}" xmlns="{namespace}" '
        f'xmlns:xsi="{xsi}"><soapenv:Body><{name}Response>{content}</{name}Response></soapenv:Body></soapenv:Envelope>'
    )
    return Response(200, text.encode(), SOAP)


def fault(error: Refusal, namespace: str) -> Response:
    """Return a refused call as a SOAP fault, status 500."""
    code, shown = escape(error.code), escape(error.message)
    if error.code == "INVALID_SESSION_ID":
        shown = "Invalid Session ID found in SessionHeader: Illegal Session. Session not found, missing session hash"
    detail = (
        f'<detail><sf:fault xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="sf:ApiFault">'
        f"<sf:exceptionCode>{code}</sf:exceptionCode><sf:exceptionMessage>{shown}</sf:exceptionMessage></sf:fault></detail>"
    )
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{_ENVELOPE}" xmlns:sf="{namespace}">'
        f"<soapenv:Body><soapenv:Fault><faultcode>sf:{code}</faultcode><faultstring>{code}: {shown}</faultstring>"
        f"{detail}</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
    )
    return Response(500, text.encode(), SOAP)
