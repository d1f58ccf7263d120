"""Associations as lists of ids, the primary one first, all pages of them, whichever endpoint they came from.

The list endpoint embeds the first page of them and calls the primary one `contact_to_company`, the others
`…_unlabeled` or by their own label (the same id comes once per label); v4 batch read gives association types with ids.
Source: developers.hubspot.com/docs/api-reference/crm-associations-v4/guide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from connectors.hubspot import paths
from connectors.hubspot.client import Client
from connectors.hubspot.refusals import require_answers
from connectors.transport import batches

Json = dict[str, Any]

BATCH = 1000
PREFIX = "associations."
# HUBSPOT_DEFINED type ids of the primary company: from contact, company, deal, company, ticket, company.
PRIMARY = frozenset({1, 2, 5, 6, 25, 26})


def wanted(fields: Sequence[str]) -> tuple[str, ...]:
    """Return the object types that `fields` ask associations of."""
    return tuple(field.removeprefix(PREFIX) for field in fields if field.startswith(PREFIX))


def embedded(results: Sequence[Json], types: Sequence[str], client: Client, object: str) -> list[dict[str, list[str]]]:
    """Return, for each listed record, its associated ids by type; longer lists are read to their end."""
    linked: list[dict[str, list[str]]] = []
    longer: dict[str, dict[str, dict[str, list[str]]]] = {type: {} for type in types}
    for result in results:
        shown = result.get("associations") or {}
        links = {type: _ids(shown[type]["results"]) if type in shown else [] for type in types}
        linked.append(links)
        for type, there in shown.items():
            if "paging" in there and type in longer:
                longer[type][str(result["id"])] = links
    for type, records in longer.items():
        for id, ids in (read(client, object, type, records) if records else {}).items():
            longer[type][id][type] = ids
    return linked


def _ids(results: Sequence[Json]) -> list[str]:
    """Return each id once, the primary one first."""
    ids = [result["id"] for result in results]
    if len(ids) == 1 or (len(ids) == 2 and ids[0] == ids[1]):
        return ids[:1]
    first = [result["id"] for result in results if _primary(result["type"])]
    return list(dict.fromkeys([*first, *ids]))


def _primary(type: str) -> bool:
    return "_to_" in type and not type.endswith("_unlabeled")


def read(client: Client, object: str, type: str, ids: Iterable[str]) -> dict[str, list[str]]:
    """Return the ids of `type` associated with each of `ids`; records without any are left out.

    Asks for 1,000 records at a time and goes on where one has more associations than a page; a record without any
    comes as an error of a 207, which is no error.
    """
    primary: dict[str, list[str]] = {}
    others: dict[str, list[str]] = {}
    open: list[Json] = [{"id": id} for id in ids]
    while open:
        rest: list[Json] = []
        for inputs in batches(open, BATCH):
            answer = client.call(paths.LINKS, body={"inputs": inputs}, object=object, to=type)
            require_answers(answer, f"associations of {object}")
            for result in answer["results"]:
                id = str(result["from"]["id"])
                for link in result["to"]:
                    kind = primary if _leads(link) else others
                    kind.setdefault(id, []).append(str(link["toObjectId"]))
                if after := ((result.get("paging") or {}).get("next") or {}).get("after"):
                    rest.append({"id": id, "after": after})
        open = rest
    return {
        id: list(dict.fromkeys([*primary.get(id, ()), *others.get(id, ())])) for id in primary.keys() | others.keys()
    }


def _leads(link: Json) -> bool:
    return any(
        type.get("typeId") in PRIMARY and type.get("category") == "HUBSPOT_DEFINED" for type in link["associationTypes"]
    )
