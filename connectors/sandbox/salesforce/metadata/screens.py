"""What Salesforce checks of the parts that people see: actions, list views, pages, components.

Source: Salesforce, Metadata API Developer Guide, "QuickAction", "ListView", "FlexiPage", "LightningComponentBundle";
Lightning Web Components Developer Guide, "XML Configuration File Elements". That every component named is there is
checked by `references`; refusals here are in the sandbox's own words.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .coming import Coming
from .elements import Fault, children, read_xml, text
from .list_columns import path_of
from .packages import Component

_NUMBERS = re.compile(r"\d+")
_LOGIC = re.compile(r"[\s()\d]|AND|OR|NOT", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*")
_RECORD_PAGE = "lightning__RecordPage"
_COMPARISONS = frozenset({"lessThan", "greaterThan", "lessOrEqual", "greaterOrEqual"})
_TEXTS = frozenset({"contains", "notContain", "startsWith"})
_INCLUSIONS = frozenset({"includes", "excludes"})
_ORDERED = frozenset({"int", "double", "currency", "percent", "date", "datetime"})


def check_action(plan: Coming, component: Component) -> None:
    """Raise Fault where an action stands on no object, or would write what nobody may write."""
    sobject, _, name = component.full_name.partition(".")
    line = component.element.sourceline or 1
    if not _NAME.fullmatch(name) or plan.sobject(sobject) is None:
        raise Fault(f"In field: fullName - no CustomObject named {sobject} found", line)
    kind = text(component.element, "type")
    if kind in ("Create", "Update") and not children(component.element, "quickActionLayout"):
        raise Fault(f"Required field is missing: quickActionLayout of an action of type {kind}", line)
    for item in children(component.element, "quickActionLayout/quickActionLayoutColumns/quickActionLayoutItems"):
        field = plan.field(sobject, text(item, "field") or "")
        if field is not None and text(item, "uiBehavior") in ("Edit", "Required") and not field["updateable"]:
            raise Fault(f"Field {sobject}.{field.name} is not editable", item.sourceline or 1)


def check_list_view(plan: Coming, component: Component) -> None:
    """Raise Fault where a filter cannot be asked of its field, or the logic names a filter that is not there."""
    sobject = component.inside or component.full_name.partition(".")[0]
    filters = children(component.element, "filters")
    for asked in filters:
        path = path_of(sobject, text(asked, "field") or "") or ""
        resolved = plan.resolve(f"{sobject}.{path}")
        if resolved is None:
            continue
        field, operation = resolved[1], text(asked, "operation") or ""
        if not field["filterable"] or field.type == "address":
            raise Fault(f"Field {field.name} cannot be filtered", asked.sourceline or 1)
        ordered, many = field.type in _ORDERED, field.type == "multipicklist"
        refused = (operation in _COMPARISONS and not (ordered or field.type in ("string", "picklist"))) or (
            operation in _TEXTS and (ordered or field.type == "boolean")
        )
        if refused or (operation in _INCLUSIONS and not many):
            raise Fault(f"Invalid operator {operation} for field {field.name}", asked.sourceline or 1)
    check_logic(text(component.element, "booleanFilter"), len(filters), component.element.sourceline or 1)


def check_logic(logic: str | None, filters: int, line: int) -> None:
    """Raise Fault where a filter's logic is none, or names another number of filters than there are."""
    if logic is None:
        return
    numbers = {int(number) for number in _NUMBERS.findall(logic)}
    if _LOGIC.sub("", logic) or numbers != set(range(1, filters + 1)):
        raise Fault(f"The filter logic references other filters than there are: {logic}", line)


def check_page(plan: Coming, component: Component) -> None:
    """Raise Fault where a page holds a component that is not made for it, or two of one identifier."""
    sobject, kind = text(component.element, "sobjectType"), text(component.element, "type")
    line = component.element.sourceline or 1
    if kind == "RecordPage" and (sobject is None or plan.sobject(sobject) is None):
        raise Fault(f"In field: sobjectType - no CustomObject named {sobject} found", line)
    identifiers: set[str] = set()
    for instance in component.element.iterfind(".//{*}itemInstances/*"):
        identifier = text(instance, "identifier")
        if identifier in identifiers:
            raise Fault(f"The identifier {identifier} is already used on this page", instance.sourceline or 1)
        identifiers |= {identifier} if identifier else set()
        name = (text(instance, "componentName") or "").removeprefix("c:")
        bundle = plan.component("LightningComponentBundle", name)
        if bundle is not None and kind == "RecordPage" and not _fits(bundle, sobject or ""):
            problem = f"We couldn't retrieve the design time component information for component c:{name}."
            raise Fault(problem, instance.sourceline or 1)


def _fits(bundle: Component, sobject: str) -> bool:
    """True where a component is exposed to record pages, and to those of this object where it says of which."""
    if bundle.element is None or text(bundle.element, "isExposed") != "true":
        return False
    targets = [(target.text or "").strip() for target in children(bundle.element, "targets/target")]
    configs = [
        config for config in children(bundle.element, "targetConfigs/targetConfig")
        if _RECORD_PAGE in (config.get("targets") or "").replace(" ", "").split(",")
    ]  # fmt: skip
    objects = {(found.text or "").strip() for config in configs for found in children(config, "objects/object")}
    return _RECORD_PAGE in targets and (not objects or sobject in objects)


def check_bundle(plan: Coming, component: Component) -> None:
    """Raise Fault where a component's folder lacks its description or its code, or holds what is no part of one."""
    name = component.full_name
    if component.element is None:
        raise Fault(f"Cannot find Lightning Component Bundle {name}: {name}.js-meta.xml is missing")
    if not any(file.rpartition("/")[2] in (f"{name}.js", f"{name}.html", f"{name}.css") for file in component.files):
        raise Fault(f"Cannot find Lightning Component Bundle {name}: it has no {name}.js, {name}.html or {name}.css")
    if not re.fullmatch(r"[a-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*", name):
        raise Fault(f"The name of a component begins with a small letter, and has letters, digits and _: {name}")
    for config in children(component.element, "targetConfigs/targetConfig"):
        for held in children(config, "objects/object"):
            if plan.sobject((held.text or "").strip()) is None:
                raise Fault(f"Invalid object: {held.text}", held.sourceline or 1)
    for file, content in component.files.items():
        if file.endswith(".svg"):
            read_xml(content)


CHECKS: dict[str, Callable[[Coming, Component], None]] = {
    "FlexiPage": check_page,
    "LightningComponentBundle": check_bundle,
    "ListView": check_list_view,
    "QuickAction": check_action,
}
