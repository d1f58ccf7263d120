"""The agreement that sales and marketing signed: its terms, the check that anybody can act on it, its word lists."""

from syncd.agreement.file import examine, load
from syncd.agreement.industries import Industries, load_industries
from syncd.agreement.terms import Agreement

__all__ = ["Agreement", "Industries", "examine", "load", "load_industries"]
