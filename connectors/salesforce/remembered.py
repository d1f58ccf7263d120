"""What an org refused of syncd when it was deployed, remembered where the org keeps it: in the description of the
integration user's permission set. No describe tells a field that is not there from one that is hidden from us.

One sentence at its end: `The org takes no Task.Syncd_Key__c, Contact.Syncd_Role__c (Checkbox), Syncd_Radar.` In
brackets stands the type of somebody's own field that has the name. Each deployment writes it anew. A description has
room for 255 characters: Salesforce, Object Reference, "PermissionSet".
"""

from __future__ import annotations

import re
from collections.abc import Mapping

ROOM = 255  # characters of a description
NAME = r"\w+(?:\.\w+)?(?: \(\w+\))?"
SENTENCE = re.compile(rf" The org takes no ({NAME}(?:, {NAME})*)\.$")
PART = re.compile(r"(\w+(?:\.\w+)?)(?: \((\w+)\))?")
ACTIVITIES = ("Task", "Event")  # a field of Activity stands on both

LeftOut = Mapping[str, str]  # a field with its object, or a notification type → the type of what has its name, or ""


def written(description: str, left_out: LeftOut) -> str:
    """Return the description with the sentence that says what was left out; what has no room is not said."""
    plain, sentence = SENTENCE.sub("", description), ""
    parts: list[str] = []
    for name, stands in left_out.items():
        for part in (f"{name} ({stands})", name) if stands else (name,):
            longer = f" The org takes no {', '.join((*parts, part))}."
            if len(plain) + len(longer) <= ROOM:
                parts, sentence = [*parts, part], longer
                break
    return plain + sentence


def read(description: str | None) -> dict[str, str]:
    """Return what a description says was left out; a field of activities by both of their objects."""
    sentence = SENTENCE.search(description or "")
    left_out: dict[str, str] = {}
    for name, stands in PART.findall(sentence[1]) if sentence else ():
        owner, _, field = name.partition(".")
        left_out |= dict.fromkeys([f"{one}.{field}" for one in ACTIVITIES] if owner == "Activity" else [name], stands)
    return left_out
