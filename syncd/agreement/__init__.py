"""The agreement that sales and marketing signed: its terms, the check that anybody can act on it, its word lists."""

from syncd.agreement.file import examine, load, read_text, unread
from syncd.agreement.industries import Industries, load_industries
from syncd.agreement.summary import summary_lines
from syncd.agreement.terms import Agreement
from syncd.agreement.unread import unread_terms
from syncd.agreement.words import TitleWords, title_words

__all__ = [
    "Agreement",
    "Industries",
    "TitleWords",
    "examine",
    "load",
    "load_industries",
    "read_text",
    "summary_lines",
    "title_words",
    "unread",
    "unread_terms",
]
