"""The agreement that sales and marketing signed: its terms, the check that anybody can act on it, its word lists."""

from syncd.agreement.industries import Industries, load_industries
from syncd.agreement.load import check, load
from syncd.agreement.terms import Agreement

__all__ = ["Agreement", "Industries", "check", "load", "load_industries"]
