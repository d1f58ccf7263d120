"""XML that an org answers with, read so that nothing in it reaches files, the network, or all of the memory.

No metadata has a document type; what has one means to define entities (https://owasp.org/www-community/vulnerabilities/
XML_External_Entity_(XXE)_Processing, "billion laughs").
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from connectors.base import TryLater


def read(content: bytes) -> Any:
    """Return the root element. Raises TryLater for what is no XML, or more than that."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise TryLater("The org's metadata cannot be read: it is no XML.") from None
    if root.getroottree().docinfo.doctype:
        raise TryLater("The org's metadata cannot be read: it brings a document type, which no metadata has.")
    return root
