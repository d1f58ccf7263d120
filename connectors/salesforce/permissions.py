"""What the integration user must be granted so that the mapped fields can be read and written, and the permission set
that says so.

The package's own set is derived from the shipped mapping (a test holds the two together); what another mapping names
besides, the org's own fields for instance, is added as it is deployed. Only what describe calls permissionable can
stand in a set, and parts of an address go by their compound: Salesforce, Metadata API Developer Guide, "PermissionSet".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lxml import etree

from connectors.salesforce.components import NAMESPACE
from connectors.salesforce.describes import Shapes
from connectors.salesforce.metadata import definitions, only_changed
from connectors.salesforce.notifications import ACTION, PERMISSION
from connectors.salesforce.shapes import Shape

Fields = Mapping[str, Sequence[str]]  # object → fields
Name = tuple[str, str]  # object, field

# Objects whose use a set grants by name; children follow them, and activities go by user permissions.
OBJECTS = frozenset({"Account", "Campaign", "Contact", "Lead", "Opportunity", "Product2"})
# Nobody shares products: whoever may read one reads all of them, and public sets grant it without "View All".
UNSHARED = frozenset({"Product2"})
EDITED_BY: Mapping[str, str] = {"Task": "EditTask", "Event": "EditEvent"}
ADDRESS = re.compile(r"(Billing|Shipping|Mailing|Other|)(?:Street|City|PostalCode|(?:State|Country)(?:Code)?)")
CARRIED_OUT_BY: Mapping[str, str] = {ACTION: PERMISSION}  # what is written and is no object
BY_USER: Mapping[str, str] = {**EDITED_BY, **CARRIED_OUT_BY}
API = "ApiEnabled"
# Only who may view Setup is told whether all records are shown (see `rights`), and that depends on viewing roles.
LOOKING = frozenset({"ViewRoles", "ViewSetup"})


class ObjectRight(NamedTuple):
    """What may be done with an object's records. Reading is of all of them; nothing may be deleted."""

    create: bool
    edit: bool


@dataclass(frozen=True)
class Grants:
    """What a permission set grants: fields (→ editable), objects, user permissions."""

    fields: Mapping[Name, bool] = field(default_factory=dict)
    objects: Mapping[str, ObjectRight] = field(default_factory=dict)
    users: frozenset[str] = frozenset()

    def __or__(self, other: Grants) -> Grants:
        """Return what both grant together."""
        fields = {name: self.fields.get(name, False) or other.fields.get(name, False) for name in _names(self, other)}
        none = ObjectRight(False, False)
        pairs = {
            name: (self.objects.get(name, none), other.objects.get(name, none))
            for name in {**self.objects, **other.objects}
        }
        objects = {name: ObjectRight(a.create or b.create, a.edit or b.edit) for name, (a, b) in pairs.items()}
        return Grants(fields, objects, self.users | other.users)


def _names(*grants: Grants) -> dict[Name, bool]:
    return {name: True for one in grants for name in one.fields}


def needed(shapes: Shapes, reads: Fields, writes: Fields) -> Grants:
    """Return what reading and writing these fields takes, as far as they are there and can be granted at all.

    `shapes` are those of somebody who sees all of it. A relationship path needs the field at its end, and its object.
    """
    users = user_permissions(writes)
    writes = {name: fields_ for name, fields_ in writes.items() if name not in CARRIED_OUT_BY}
    fields: dict[Name, bool] = {}
    for wanted, editable in ((reads, False), (writes, True)):
        for name in (name for object_, paths in wanted.items() for name in _granted(shapes, object_, paths)):
            fields[name] = editable or fields.get(name, False)
    reached = (name for object_, paths in reads.items() for name in _reached(shapes, object_, paths))
    packed = definitions()
    objects = {
        name: ObjectRight(name in writes and not only_changed(packed, name), name in writes)
        for name in granted_by_name([*reads, *writes, *reached])
    }
    return Grants(fields, objects, users)


def granted_by_name(objects: Iterable[str]) -> list[str]:
    """Return those of the objects that a set grants by name."""
    return [name for name in dict.fromkeys(objects) if name in OBJECTS or name.endswith("__c")]


def user_permissions(writes: Iterable[str]) -> frozenset[str]:
    """Return the user permissions that writing these objects takes, and finding out what else may be done."""
    return frozenset({API, *LOOKING, *(right for name, right in BY_USER.items() if name in writes)})


def compound(field: str) -> str | None:
    """Return the compound by which a part of a standard address is granted; None for any other field."""
    part = ADDRESS.fullmatch(field)
    return f"{part[1]}Address" if part else None


def there(shapes: Shapes, grants: Grants) -> Grants:
    """Return what of these grants the org has at all: an edition without campaigns refuses a set that names them.

    Our own fields and objects come with the package, and stay.
    """
    objects = {name: right for name, right in grants.objects.items() if name.endswith("__c") or shapes.find(name)}
    fields = {name: editable for name, editable in grants.fields.items() if _stands(shapes, *name)}
    return Grants(fields, objects, grants.users)


def _stands(shapes: Shapes, object_: str, name: str) -> bool:
    shape = shapes.find(object_)
    return name.startswith("Syncd_") or (shape is not None and name in shape.fields)


def _granted(shapes: Shapes, object_: str, paths: Iterable[str]) -> Iterator[Name]:
    shape = shapes.find(object_)
    for path in paths if shape else ():
        if name := _end(shapes, shape, path):
            yield name


def _reached(shapes: Shapes, object_: str, paths: Iterable[str]) -> Iterator[str]:
    """Yield the objects that relationship paths lead to, wherever one leads to a single object."""
    for relation in dict.fromkeys(path.rpartition(".")[0] for path in paths if "." in path):
        shape = shapes.find(object_)
        for head in relation.split("."):
            reference = shape.relations.get(head) if shape else None
            if reference is None or len(reference.targets) != 1:
                break
            shape = shapes.find(reference.targets[0])
            yield reference.targets[0]


def _end(shapes: Shapes, shape: Shape | None, path: str) -> Name | None:
    """Return the object and field at the end of a path as a set names them; None where there is nothing to grant."""
    head, _, rest = path.partition(".")
    if shape is None:
        return None
    if rest:
        reference = shape.relations.get(head)
        single = reference is not None and len(reference.targets) == 1
        return _end(shapes, shapes.find(reference.targets[0]), rest) if reference and single else None
    field = shape.fields.get(head)
    return (shape.name, field.compound or field.name) if field and field.permissionable else None


def read(content: bytes) -> Grants:
    """Return what a permission set in source format grants."""
    root = etree.fromstring(content)
    fields, objects, users = {}, {}, set()
    for element in root.iterchildren(_tag("fieldPermissions")):
        owner, _, name = _text(element, "field").partition(".")
        fields[owner, name] = _text(element, "editable") == "true"
    for element in root.iterchildren(_tag("objectPermissions")):
        create, edit = (_text(element, verb) == "true" for verb in ("allowCreate", "allowEdit"))
        objects[_text(element, "object")] = ObjectRight(create, edit)
    for element in root.iterchildren(_tag("userPermissions")):
        users.add(_text(element, "name"))
    return Grants(fields, objects, frozenset(users))


def write(content: bytes, grants: Grants) -> bytes:
    """Return the permission set with these grants in the place of its own; label and description stay."""
    root = etree.fromstring(content)
    kept = [one for one in root if etree.QName(one).localname in ("description", "hasActivationRequired", "label")]
    for element in list(root):
        root.remove(element)
    parts = [*kept, *_fields(grants), *_objects(grants), *_users(grants)]
    root.extend(sorted(parts, key=lambda one: str(etree.QName(one).localname)))  # the schema's order is the alphabet's
    etree.indent(root, "    ")
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True)) + b"\n"


def _fields(grants: Grants) -> Iterator[Any]:
    for (owner, name), editable in sorted(grants.fields.items()):
        yield _element("fieldPermissions", editable=editable, field=f"{owner}.{name}", readable=True)


def _objects(grants: Grants) -> Iterator[Any]:
    for name, right in sorted(grants.objects.items()):
        yield _element(
            "objectPermissions",
            allowCreate=right.create,
            allowDelete=False,
            allowEdit=right.edit,
            allowRead=True,
            modifyAllRecords=False,
            object=name,
            viewAllRecords=name not in UNSHARED,
        )


def _users(grants: Grants) -> Iterator[Any]:
    for name in sorted(grants.users):
        yield _element("userPermissions", enabled=True, name=name)


def _element(kind: str, **parts: str | bool) -> Any:
    element = etree.Element(_tag(kind))
    for name, value in parts.items():
        etree.SubElement(element, _tag(name)).text = str(value).lower() if isinstance(value, bool) else value
    return element


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _text(element: Any, name: str) -> str:
    return str(element.findtext(_tag(name)) or "")
