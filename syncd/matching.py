"""Who is who: what a record may be recognised by, when two records are one, and whose word counts where they differ.

Pure functions over mapped rows. The order of evidence: a manual link, an explicit cross-id or merge, then for accounts
the website's domain and name + city + state, for contacts every e-mail address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from typing import Any, NamedTuple

from rapidfuzz import fuzz
from unidecode import unidecode

Row = dict[str, Any]
Token = tuple[str, str]  # how, value: ("domain", "ergobank.com")

EXPLICIT = {"key", "ref"}
ALIKE = 85.0  # rapidfuzz token ratio, 0..100, from which two names are one
FAR_APART = 60.0
SALUTATIONS = frozenset(("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "herr", "frau", "mme", "sr", "sra"))


class Sighting(NamedTuple):
    """One remote record with its mapped row."""

    system: str
    stream: str
    remote_id: str
    row: Row

    @property
    def ref(self) -> str:
        """How other records point at it."""
        return f"{self.system}.{self.stream}/{self.remote_id}"


@dataclass(frozen=True)
class Customs:
    """The matching file: preferences per kind and field, and what identifies nobody."""

    prefer: Mapping[str, Mapping[str, Sequence[str] | str]]
    legal_forms: frozenset[str]
    free_mail: frozenset[str]
    role_mailboxes: frozenset[str]
    registers: frozenset[str] = frozenset()  # systems whose rows are never duplicates of each other
    nicknames: Mapping[str, frozenset[str]] = field(default_factory=dict)  # "robert" → {"bob", "rob", …}, both ways


@dataclass(frozen=True)
class Known:
    """A golden record that may be the one: its identifying fields, and the streams already linked to it."""

    id: str
    row: Row
    streams: frozenset[str]  # "salesforce.Account"


# ---- what a record may be recognised by --------------------------------------------------------------------------


@lru_cache(maxsize=200_000)
def plain(text: str) -> str:
    """Lower case ASCII words: "Société Générale & Co." → "societe generale and co"."""
    words = unidecode(text).lower().replace("&", " and ")
    return " ".join(re.sub(r"[^a-z0-9 ]+", " ", words.replace("'", "").replace(".", "")).split())


def company_name(name: str, customs: Customs) -> str:
    """A company's name without a leading "the" and trailing legal forms."""
    words = plain(name).removeprefix("the ").split()
    while len(words) > 1 and (words[-1] in customs.legal_forms or " ".join(words[-2:]) in customs.legal_forms):
        words = words[:-2] if " ".join(words[-2:]) in customs.legal_forms and len(words) > 2 else words[:-1]
    return " ".join(words)


def place(row: Row, customs: Customs) -> str | None:
    """Name, city and state in one key; None unless all three are known."""
    name, city, state = row.get("name"), row.get("city"), row.get("state")
    return f"{company_name(name, customs)}|{plain(city)}|{state}" if name and city and state else None


def account_tokens(row: Row, customs: Customs) -> list[Token]:
    """What an account may be recognised by."""
    tokens: list[Token] = [*_keys(row), *(("ref", ref) for ref in row.get("cross_ids", ()))]
    if (domain := row.get("domain")) and domain not in customs.free_mail:
        tokens.append(("domain", domain))
    if key := place(row, customs):
        tokens.append(("place", key))
    return tokens


def contact_tokens(row: Row, customs: Customs) -> list[Token]:
    """What a contact may be recognised by: explicit references and every personal e-mail address."""
    tokens = _keys(row)
    for name in ("cross_ids", "cross_lead", "converted_contact"):
        tokens += [("ref", ref) for ref in row.get(name, ())]
    return tokens + [("email", email) for email in row.get("emails", ()) if personal(email, customs)]


def _keys(row: Row) -> list[Token]:
    """The key that syncd itself wrote into a record it created: the golden id."""
    return [("key", row["key"])] if row.get("key") else []


def user_tokens(row: Row, customs: Customs) -> list[Token]:
    """What a user may be recognised by."""
    return [("email", row["email"])] if row.get("email") else []


TOKENS = {"account": account_tokens, "contact": contact_tokens, "user": user_tokens}


def personal(email: str, customs: Customs) -> bool:
    """Whether an address is well formed and one person's."""
    box, at, domain = email.partition("@")
    return bool(at) and "." in domain and box not in customs.role_mailboxes


def employer_domain(emails: Iterable[str], customs: Customs) -> str | None:
    """The first e-mail domain that says where somebody works."""
    domains = (email.partition("@")[2] for email in emails)
    return next((domain for domain in domains if "." in domain and domain not in customs.free_mail), None)


# ---- when two records are one ------------------------------------------------------------------------------------


def recognise_account(
    seen: Sighting, found: Mapping[Token, Sequence[Known]], customs: Customs
) -> tuple[Known, str] | None:
    """The known account that this record is, with the evidence in words; None for a new one.

    found: candidates for each of the record's tokens, in the tokens' order. An ambiguous token (several candidates)
    identifies nobody.
    """
    for (how, value), group in found.items():
        admitted = [known for known in group if _admits(how, seen, known, customs)]
        if len(admitted) != 1:
            continue
        if how in EXPLICIT:
            return admitted[0], f"its cross-id {value}"
        return admitted[
            0
        ], f"the same website {value}" if how == "domain" else f"the same name, city and state ({value})"
    return None


def _admits(how: str, seen: Sighting, known: Known, customs: Customs) -> bool:
    if how in EXPLICIT:
        return True
    same_stream = f"{seen.system}.{seen.stream}" in known.streams
    if same_stream and seen.system in customs.registers:
        return False
    if how == "place":
        return not same_stream or _one_site(seen.row, known.row)
    if same_stream:
        return place(seen.row, customs) is not None and place(seen.row, customs) == place(known.row, customs)
    return not _strangers(seen.row, known.row, customs)


def _one_site(a: Row, b: Row) -> bool:
    """Nothing contradicts that two same-named records of one town are one company."""
    return all(not a.get(name) or not b.get(name) or a[name] == b[name] for name in ("domain", "postal_code"))


def _strangers(a: Row, b: Row, customs: Customs) -> bool:
    """A shared website with another name in another town: a group's banks, not one bank."""
    names = a.get("name"), b.get("name")
    if not all(names):
        return False
    left, right = (company_name(str(name), customs) for name in names)
    if fuzz.token_set_ratio(left, right) >= ALIKE:
        return bool(a.get("state") and b.get("state") and a["state"] != b["state"])
    return fuzz.token_sort_ratio(left, right) < FAR_APART or _elsewhere(a, b)


def _elsewhere(a: Row, b: Row) -> bool:
    return bool(
        a.get("city") and b.get("city") and (plain(a["city"]), a.get("state")) != (plain(b["city"]), b.get("state"))
    )


def recognise_contact(
    seen: Sighting, found: Mapping[Token, Sequence[Known]], customs: Customs
) -> list[tuple[Known, str]]:
    """Every known contact that this record is, with evidence; more than one means that these are one person.

    found: candidates for each of the record's tokens, in the tokens' order. An address that several people share makes
    no two of them one: who writes there without a name of their own is nobody known.
    """
    matches: dict[str, tuple[Known, str]] = {}
    for (how, value), group in found.items():
        explicit = how in EXPLICIT
        evidence = f"its cross-id {value}" if explicit else "the same e-mail address"
        for known in group if explicit else _owners(seen, group, customs):
            matches.setdefault(known.id, (known, evidence))
    return list(matches.values())


def _owners(seen: Sighting, group: Sequence[Known], customs: Customs) -> Sequence[Known]:
    """Those who share an address with the record and may be its person; nobody where they are different people."""
    admitted = [known for known in group if not other_person(seen.row, known.row, customs)]
    if _several(admitted, customs) and seen.row.get("first_name"):
        admitted = [known for known in admitted if known.row.get("first_name")]
    return () if _several(admitted, customs) else admitted


def _several(group: Sequence[Known], customs: Customs) -> bool:
    return any(other_person(a.row, b.row, customs) for a, b in combinations(group, 2))


def other_person(a: Row, b: Row, customs: Customs) -> bool:
    """Two people share a mailbox: their first names differ, also if one has them in the other's order.

    A family's members share their last name, and who marries changes it: it tells nothing. A first name that is not
    known tells nothing either. Initials, short forms and misspellings are no other name.
    """
    left, right = _given(a), _given(b)
    if not left or not right or any(_alike(x, y, customs) for x in left for y in right):
        return False
    crossed = [(given, family) for given, family in ((left, _family(b)), (right, _family(a))) if family]
    return not (crossed and all(_meet(given, family) for given, family in crossed))


def _meet(some: Iterable[str], others: Sequence[str]) -> bool:
    return any(fuzz.ratio(x, y) >= ALIKE for x in some for y in others)


def _given(row: Row) -> list[str]:
    return [word for word in plain(row.get("first_name") or "").split() if word not in SALUTATIONS]


def _family(row: Row) -> list[str]:
    return plain(row.get("last_name") or "").split()


def _alike(a: str, b: str, customs: Customs) -> bool:
    """One first name in two spellings: an initial or a beginning of it, a short form, or a slip of the pen."""
    begins = a.startswith(b) or b.startswith(a)
    return begins or fuzz.ratio(a, b) >= FAR_APART or b in customs.nicknames.get(a, ())


# ---- whose word counts -------------------------------------------------------------------------------------------

UNITED = {"emails", "registers"}  # all systems' values together


def survive(kind: str, sightings: Sequence[Sighting], customs: Customs) -> tuple[Row, dict[str, str]]:
    """The golden row of records that are one, and where each field came from (our field → "system.stream/id").

    Field by field the preferred system's first non-blank value; within a system the smallest remote id (the oldest).
    """
    if len(sightings) == 1:
        return _alone(sightings[0])
    prefer = customs.prefer.get(kind, {})
    default = [*prefer.get("default", ())]
    ordered: dict[tuple[str, ...], list[Sighting]] = {}
    golden: Row = {}
    sources: dict[str, str] = {}
    for name in sorted({name for seen in sightings for name in seen.row}):
        order = prefer.get(name, default)
        systems = tuple(default if order == "any" else order)
        if systems not in ordered:
            ordered[systems] = sorted(sightings, key=lambda seen: _rank(seen, systems))
        holders = [seen for seen in ordered[systems] if seen.row.get(name) is not None]
        first = next((seen for seen in holders if seen.row[name]), holders[0]) if order == "any" else holders[0]
        golden[name] = (
            list(dict.fromkeys(value for seen in holders for value in seen.row[name]))
            if name in UNITED
            else first.row[name]
        )
        sources[name] = first.ref
    return golden, sources


def _alone(seen: Sighting) -> tuple[Row, dict[str, str]]:
    """What most golden records are: one remote record, and nothing to choose from."""
    united = {name: list(dict.fromkeys(seen.row[name])) for name in UNITED if name in seen.row}
    return {**seen.row, **united}, dict.fromkeys(seen.row, seen.ref)


def _rank(seen: Sighting, systems: tuple[str, ...]) -> tuple[int, int, str, str]:
    preferred = systems.index(seen.system) if seen.system in systems else len(systems)
    return preferred, int(seen.stream == "Lead"), f"{len(seen.remote_id):03}", seen.remote_id
