"""SOAP calls: the Metadata API's, and those of the partner API that old clients need (login, merge, convertLead …).

Source: Salesforce, SOAP API Developer Guide; Metadata API Developer Guide.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from .. import currencies, ids, merging, writes
from ..envelope import Message, enclose, error_tag, fault, tag
from ..metadata.elements import NAMESPACE
from ..refusal import Refusal, retired
from ..wire import Request, Response
from . import metadata, oauth, partner
from .describing import OLDEST

PARTNER = "urn:partner.soap.sforce.com"
_FAULTS = "urn:fault.partner.soap.sforce.com"


def answer(request: Request) -> Response:
    """Answer a SOAP call to /services/Soap/m (metadata), /u and /c (partner and enterprise)."""
    is_metadata = request.path.startswith("/services/Soap/m/")
    namespace = NAMESPACE if is_metadata else PARTNER
    try:
        message = Message(request.body)
        if (version := request.path.rstrip("/").rpartition("/")[2]).replace(".", "").isdigit() and float(
            version
        ) < OLDEST:
            raise retired("UNSUPPORTED_API_VERSION", 500)
        if message.name == "login" and not is_metadata:
            return enclose(namespace, "login", _login(request, message))
        user = request.simulator.sessions.user(message.session)
        request.simulator.usage.count()
        operations = metadata.OPERATIONS if is_metadata else _OPERATIONS
        if message.name not in operations:
            raise Refusal("UNKNOWN_EXCEPTION", f"No operation available for request {message.name}", status=500)
        known = Request(**{**vars(request), "user": user})
        if is_metadata:
            metadata.require_right(known)
        return enclose(namespace, message.name, operations[message.name](known, message))
    except Refusal as error:
        return fault(error, NAMESPACE if is_metadata else _FAULTS)


def _login(request: Request, message: Message) -> str:
    user = oauth.sign_in(request.org, message.text("username"), message.text("password"))
    session, home = request.simulator.sessions.open(user), oauth.origin(request)
    version = request.path.rstrip("/").rpartition("/")[2]
    return tag(
        "result",
        [
            tag("metadataServerUrl", f"{home}/services/Soap/m/{version}"),
            tag("passwordExpired", False),
            tag("sandbox", True),
            tag("serverUrl", f"{home}/services/Soap/u/{version}"),
            tag("sessionId", session),
            tag("userId", user),
            tag("userInfo", _info(request, user)),
        ],
    )


def _currency(request: Request, user: str) -> list[str]:
    """Say the org's currency, or where it has several the user's: SOAP API Developer Guide, getUserInfoResult."""
    if not request.org.currencies:
        return [tag("orgDefaultCurrencyIsoCode", request.org.settings.currency)]
    return [tag("userDefaultCurrencyIsoCode", currencies.default(request.org, user))]


def _info(request: Request, user: str) -> list[str]:
    row = request.org.tables["User"].rows[user]
    company = next(iter(request.org.tables["Organization"].rows.values()))
    return [
        *_currency(request, user),
        tag("organizationId", company["Id"]),
        tag("organizationMultiCurrency", bool(request.org.currencies)),
        tag("organizationName", company.get("Name")),
        tag("profileId", row.get("ProfileId")),
        tag("userEmail", row.get("Email")),
        tag("userFullName", row.get("Name")),
        tag("userId", user),
        tag("userName", row.get("Username")),
        tag("userTimeZone", row.get("TimeZoneSidKey")),
        tag("userType", "Standard"),
    ]


def _user_info(request: Request, message: Message) -> str:
    return tag("result", _info(request, request.user))


def _merge(request: Request, message: Message) -> str:
    """merge(): one master, up to two victims of the same object; fields of the master may be given."""
    master = next(message.operation.iter("{*}masterRecord"), message.operation)
    values = {str(etree.QName(child).localname): child.text for child in master.iterchildren("*")}
    kind, record_id = values.pop("type", ""), str(values.pop("Id", ""))
    call = writes.Call(request.org, request.user)
    victims = message.texts("recordToMergeIds")
    try:
        merging.merge(call, str(kind), record_id, victims, values)
    except Refusal as error:
        call.journal.roll_back()
        return tag("result", [error_tag(error), tag("id", record_id), tag("success", False)])
    merged = [tag("mergedRecordIds", child) for child in victims]
    return tag("result", [tag("id", record_id), *merged, tag("success", True)])


def _convert(request: Request, message: Message) -> str:
    """convertLead(): a result per LeadConvert."""
    results = []
    for wanted in message.operation.iter("{*}leadConverts"):
        asked = {str(etree.QName(found).localname): (found.text or "").strip() for found in wanted.iterchildren("*")}
        call = writes.Call(request.org, request.user)
        try:
            made = merging.convert(
                call,
                asked.get("leadId", ""),
                account=asked.get("accountId") or None,
                contact=asked.get("contactId") or None,
                opportunity=asked.get("doNotCreateOpportunity") != "true",
                name=asked.get("opportunityName") or None,
                status=asked.get("convertedStatus") or None,
            )
        except Refusal as error:
            call.journal.roll_back()
            results.append(tag("result", [error_tag(error), tag("leadId", asked.get("leadId")), tag("success", False)]))
            continue
        made_ids = [tag(f"{key}Id", made.get(key)) for key in ("account", "contact")]
        leads = [tag("leadId", asked.get("leadId")), tag("opportunityId", made.get("opportunity"))]
        results.append(tag("result", [*made_ids, *leads, tag("success", True)]))
    return "".join(results)


def _undelete(request: Request, message: Message) -> str:
    results = []
    for record_id in message.texts("ids"):
        call = writes.Call(request.org, request.user)
        sobject = request.org.schema.of_id(record_id)
        try:
            if sobject is None:
                raise Refusal("MALFORMED_ID", f"malformed id {record_id}", [])
            writes.undelete(call, sobject, record_id)
            results.append(tag("result", [tag("id", record_id), tag("success", True)]))
        except Refusal as error:
            results.append(tag("result", [error_tag(error), tag("id", record_id), tag("success", False)]))
    return "".join(results)


def _empty_bin(request: Request, message: Message) -> str:
    """emptyRecycleBin(): deleted records are gone for good; getDeleted still tells of them."""
    results = []
    for record_id in message.texts("ids"):
        row = request.org.row(ids.read(record_id))
        if row is None or not row.get("IsDeleted"):
            missing = Refusal("INVALID_CROSS_REFERENCE_KEY", "invalid record id; no recycle bin entry found", [])
            results.append(tag("result", [error_tag(missing), tag("id", record_id), tag("success", False)]))
            continue
        sobject = request.org.schema.of_id(row["Id"])
        if sobject is not None:
            request.org.table(sobject).purge(row["Id"])
        results.append(tag("result", [tag("id", row["Id"]), tag("success", True)]))
    return "".join(results)


def _stamp(request: Request, message: Message) -> str:
    return tag("result", [tag("timestamp", request.org.stamp())])


_OPERATIONS: dict[str, Callable[[Request, Message], str]] = {
    **partner.OPERATIONS,
    "convertLead": _convert,
    "emptyRecycleBin": _empty_bin,
    "getServerTimestamp": _stamp,
    "getUserInfo": _user_info,
    "merge": _merge,
    "undelete": _undelete,
}
