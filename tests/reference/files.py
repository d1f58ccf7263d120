"""docs/reference/agreement.md and mapping.md, from the types that read these files."""

from collections.abc import Iterator
from typing import get_args

from pydantic import BaseModel

from syncd.agreement import terms
from syncd.mapping import spec, values
from syncd.model import kinds
from syncd.model.wishes import WISHED
from tests.reference.markdown import comments, default, head, prose, row, shape, table

AGREEMENT = """
One YAML file, signed by sales and marketing: who is sold to, who decides, what a qualified lead is, what may go into
the forecast. `SYNCD_AGREEMENT` names it; the shipped one is `mappings/agreement.yaml`, and
[others to start from](../../mappings/examples/README.md) stand beside it. Unknown keys are refused.
`syncd agreement check` names every problem with file and line. A changed agreement makes every account be judged
again. [How to change it](../how-to/change-the-agreement.md).
"""
MAPPING = """
`mappings/hubspot.yaml`, `mappings/salesforce.yaml` and one file a register say what a vendor's fields mean and how
wishes are written. `SYNCD_MAPPINGS` names a folder whose files take the place of the shipped ones; one that begins with
`rest: as shipped` says only what differs. They are checked at start;
every problem has file and line. A changed mapping is applied to what is stored, and nothing is pulled again.
[How to change one](../how-to/change-a-mapping.md).
"""
PARTS: dict[str, type[BaseModel]] = {
    "the file": spec.SystemMapping,
    "streams": spec.StreamRule,
    "streams.fields": spec.FieldRule,
    "writes": spec.WriteRule,
}
# Ways of reading that look at more than one value, and so are no function of `values`.
OTHER_WAYS = {
    "words": "Several paths as one text, blanks between them.",
    "codes": "Industry codes of `system` and `year`, directly or through a table.",
    "ref": "A reference to a record of the stream in `to`; a table of id prefixes chooses among several.",
    "refs": "References, several of them.",
    "email_ref": "Whoever has this e-mail address.",
    "flags": "Those of `called` whose path in `from` is true.",
    "state": "A state by its code or its name (`mappings/places.yaml`).",
    "country": "A country by its code or its name (`mappings/places.yaml`, and the names that languages have).",
}


def agreement() -> Iterator[str]:
    """Every key of the agreement."""
    yield from head("The agreement", "`syncd/agreement/terms.py`", AGREEMENT)
    yield from _sections(terms.Agreement, "", set())


def _sections(model: type[BaseModel], path: str, described: set[type[BaseModel]]) -> Iterator[str]:
    described.add(model)
    yield from ("", f"## {path or 'the file'}", "", prose(model.__doc__))
    yield from table("key", "value", "default", "note")
    notes = comments(model)
    below: list[tuple[str, type[BaseModel]]] = []
    for name, field in model.model_fields.items():
        key, (words, models) = field.alias or name, shape(field.annotation)
        yield row(f"`{key}`", words, default(field), notes.get(name, ""))
        if model is not terms.SegmentTerms:  # what a segment has of its own is described where all have it
            below += [(f"{path}.{key}".lstrip("."), one) for one in models]
    for place, section in below:
        if section in described:
            yield from ("", f"## {place}", "", prose(section.__doc__))
        else:
            yield from _sections(section, place, described)


def mapping() -> Iterator[str]:
    """What a mapping file may say."""
    yield from head("Mapping files", "`syncd/mapping/`", MAPPING)
    for title, model in PARTS.items():
        yield from ("", f"## {title}", "", prose(model.__doc__))
        yield from table("key", "value", "default", "note")
        notes = comments(model)
        for name, field in model.model_fields.items():
            words = "one of those below" if name in ("into", "how") else shape(field.annotation)[0]
            if name != "digest":
                yield row(f"`{field.alias or name}`", words, default(field), notes.get(name, ""))
    yield from ("", "## as")
    yield from table("way of reading", "what it reads")
    for how in get_args(spec.How):
        doc = values.READERS[how].__doc__ if how in values.READERS else OTHER_WAYS[how]
        yield row(f"`{how}`", prose(doc).replace("\n\n", " "))
    yield from ("", "## into")
    yield from table("kind", "its fields", "read for matching alone")
    for name in kinds.DECLARED:
        facts = {field.read for field in kinds.fields(name)}
        read = sorted(kinds.read(name))
        own, alone = ([one for one in read if (one in facts) is kept] for kept in (True, False))
        yield row(f"`{name}`", *(", ".join(f"`{one}`" for one in names) for names in (own, alone)))
    yield from ("", "## what is wished")
    yield from table("object", "its fields")
    for name, written in WISHED.items():
        yield row(f"`{name}`", ", ".join(f"`{one}`" for one in written))
