"""What clients with pages of their own ask for: layouts, tabs, a theme. The sandbox has no pages.

Source: Salesforce, REST API Developer Guide, "sObject Layouts", "Tabs", "Themes".
"""

from __future__ import annotations

from typing import Any

from ..refusal import not_found
from ..wire import Request, Response, Route, reply
from .describing import named

_MASTER = "012000000000000AAA"


def layouts(request: Request, name: str) -> Response:
    """Answer GET …/sobjects/Name/describe/layouts: one layout without sections, for the master record type."""
    sobject = named(request, name)
    url = f"{request.base}/sobjects/{sobject.name}/describe/layouts/{_MASTER}"
    return reply(
        {
            "layouts": [_layout()],
            "recordTypeMappings": [
                {
                    "active": True,
                    "available": True,
                    "defaultRecordTypeMapping": True,
                    "developerName": "Master",
                    "layoutId": None,
                    "master": True,
                    "name": "Master",
                    "picklistsForRecordType": [],
                    "recordTypeId": _MASTER,
                    "urls": {"layout": url},
                }
            ],
            "recordTypeSelectorRequired": [False],
        }
    )


def layout(request: Request, name: str, record_type: str) -> Response:
    """Answer GET …/sobjects/Name/describe/layouts/RecordTypeId."""
    named(request, name)
    if record_type[:15] != _MASTER[:15]:
        raise not_found()
    return reply(_layout())


def compact_layouts(request: Request, name: str) -> Response:
    """Answer GET …/sobjects/Name/describe/compactLayouts: the system's default."""
    sobject = named(request, name)
    item = {"editable": False, "label": "Name", "layoutComponents": [], "placeholder": False, "required": False}
    shown = {
        "actions": [],
        "fieldItems": [item] if sobject.name_field else [],
        "id": None,
        "imageItems": [],
        "label": "System Default",
        "name": "SYSTEM",
    }
    return reply(
        {
            "compactLayouts": [shown],
            "defaultCompactLayoutId": None,
            "recordTypeCompactLayoutMappings": [],
            "urls": {"primary": f"{request.base}/sobjects/{sobject.name}/describe/compactLayouts/primary"},
        }
    )


def approval_layouts(request: Request, name: str) -> Response:
    """Answer GET …/sobjects/Name/describe/approvalLayouts: no approval process exists."""
    named(request, name)
    return reply({"approvalLayouts": []})


def tabs(request: Request) -> Response:
    """Answer GET …/tabs: none exists."""
    return reply([])


def theme(request: Request) -> Response:
    """Answer GET …/theme: no object has an icon."""
    return reply({"themeItems": []})


def _layout() -> dict[str, Any]:
    return {
        "buttonLayoutSection": {"detailButtons": []},
        "detailLayoutSections": [],
        "editLayoutSections": [],
        "feedView": None,
        "highlightsPanelLayoutSection": None,
        "id": None,
        "multirowEditLayoutSections": [],
        "offlineLinks": [],
        "quickActionList": {"quickActionListItems": []},
        "relatedContent": None,
        "relatedLists": [],
        "saveOptions": [],
    }


ROUTES: tuple[Route, ...] = (
    ("GET", "sobjects/*/describe/approvalLayouts", approval_layouts),
    ("GET", "sobjects/*/describe/compactLayouts", compact_layouts),
    ("GET", "sobjects/*/describe/layouts", layouts),
    ("GET", "sobjects/*/describe/layouts/*", layout),
    ("GET", "tabs", tabs),
    ("GET", "theme", theme),
)
