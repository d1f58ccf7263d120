"""The agreement that sales and marketing signed: its terms, the check that anybody can act on it, its word lists."""

from syncd.agreement.file import examine, load, read_text
from syncd.agreement.industries import Industries, load_industries
from syncd.agreement.terms import Agreement
from syncd.agreement.words import TitleWords, title_words

__all__ = ["Agreement", "Industries", "TitleWords", "examine", "load", "load_industries", "read_text", "title_words"]
