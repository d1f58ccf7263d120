"""The agreement that sales and marketing signed: its terms, the check that anybody can act on it, its word lists."""

from syncd.agreement.file import examine, load, unread
from syncd.agreement.industries import Industries, load_industries
from syncd.agreement.summary import summary_lines
from syncd.agreement.terms import Agreement
from syncd.agreement.unread import unread_terms

__all__ = ["Agreement", "Industries", "examine", "load", "load_industries", "summary_lines", "unread", "unread_terms"]
