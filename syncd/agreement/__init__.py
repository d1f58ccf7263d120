"""The agreement that sales and marketing signed: its terms, the check that anybody can act on it, its word lists."""

from syncd.agreement.binding import terms_digest
from syncd.agreement.file import examine, load, read_text, unsigned
from syncd.agreement.industries import Industries, load_industries
from syncd.agreement.segments import readings, terms_for
from syncd.agreement.summary import summary_lines
from syncd.agreement.terms import NOT_YET, Agreement
from syncd.agreement.words import TitleWords, title_words

__all__ = [
    "NOT_YET",
    "Agreement",
    "Industries",
    "TitleWords",
    "examine",
    "load",
    "load_industries",
    "read_text",
    "readings",
    "summary_lines",
    "terms_digest",
    "terms_for",
    "title_words",
    "unsigned",
]
