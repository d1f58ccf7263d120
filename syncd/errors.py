"""What can go wrong, by what the caller should do about it. A class's docstring is its default message."""

from __future__ import annotations

from pathlib import Path
from traceback import walk_tb

_HOUSE = Path(__file__).parent
NAMED = 80  # characters of what somebody typed, as a message shows it


class SyncdError(Exception):
    """Something went wrong in syncd.

    plain: the same without a word of whoever asked, for where their words must not come back to them: over HTTP.
    """

    exit_code = 1
    mend = ""  # where it is not the one of its kind

    def __init__(self, message: str | None = None, *, plain: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").splitlines()[0])
        self.plain = plain


class ConfigError(SyncdError):
    """The configuration must be mended."""

    exit_code = 2


class NoStore(ConfigError):
    """There is no store yet; `syncd migrate` makes one."""


class OnlyRead(SyncdError):
    """The store was opened for reading alone: nothing is written by this way."""


class NotOurs(ConfigError):
    """The database holds tables, and no revision says that syncd made them."""


class AgreementError(ConfigError):
    """The agreement cannot be acted on."""


class MappingError(ConfigError):
    """A mapping file cannot be used."""


class SandboxMissing(ConfigError):
    """The sandbox is missing: pip install --require-hashes -r requirements-sandbox.txt (image: its target demo)."""


class AssistantsMissing(ConfigError):
    """What answers assistants is not installed here: pip install --require-hashes -r requirements-mcp.txt."""


class RecordError(SyncdError):
    """This record cannot be read; it is quarantined until it changes or is retried."""


class Unavailable(SyncdError):
    """A remote system or the database cannot be used now; run it again later."""

    exit_code = 3


class HoldLost(Unavailable):
    """The hold on the store was lost for a while; the next run looks anew at what is pending."""


class UnsafePlan(SyncdError):
    """The plan changes more than the agreement allows in one run; a person must look at it and use --force."""

    exit_code = 4


class FirstPlanDue(UnsafePlan):
    """Nothing is pushed until the first plan is applied."""

    mend = "look at `syncd plan`, then `syncd apply`"


class AlreadyRunning(SyncdError):
    """Another syncd works on this store."""

    exit_code = 5


class NotFound(SyncdError):
    """Nothing in the store answers to that name or id."""

    exit_code = 6


class Interrupted(SyncdError):
    """It was stopped or cancelled before it was done; run it again."""

    exit_code = 130  # as shells say of what Ctrl-C ended


def shortened(text: str, length: int = NAMED) -> str:
    """The text, cut to `length` characters where it is longer."""
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def what_broke(error: BaseException) -> str:
    """What kind of error it was and where in syncd, without its words: a stranger's may hold anybody's data."""
    frames = [(Path(frame.f_code.co_filename), line) for frame, line in walk_tb(error.__traceback__)]
    ours = [f"{file.relative_to(_HOUSE)}:{line}" for file, line in frames if file.is_relative_to(_HOUSE)]
    return f"{type(error).__name__} at {ours[-1]}" if ours else type(error).__name__
