"""Structured logs: one JSON object (or one text line) an event on standard error, without personal data."""

from __future__ import annotations

import logging
import sys
import threading
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from syncd.legible import legible, on_one_line
from syncd.strangers import outlined


def configure(level: str, style: str) -> None:
    """Set up structlog, and let the libraries' warnings pass through it."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _one_line,
    ]
    last: Processor = (
        structlog.processors.JSONRenderer() if style == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[*shared, _outline, last, _scrub],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # whatever standard error is at that moment
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name, _outline],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last, _scrub],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    _capture_warnings()
    for noisy in ("urllib3", "zeep", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.ERROR)  # anybody may send what it warns of, as often as he likes
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # late runs are the daemon's own to tell and to count
    threading.excepthook = _broken


def _capture_warnings() -> None:
    """Python's warnings are lines of the log: what warns of a value quotes it."""
    logging.captureWarnings(False)  # where somebody put Python's own way back meanwhile, the next line would do nothing
    logging.captureWarnings(True)


def _outline(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """An error's types and frames in the place of its traceback, whose last line quotes whatever it was handed."""
    raised = event.pop("exc_info", None)
    error = (
        raised[1] if isinstance(raised, tuple) else raised if isinstance(raised, BaseException) else sys.exc_info()[1]
    )
    if raised and error is not None:
        event["exception"] = outlined(error)
    return event


def _one_line(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """One thing that happened is one line, whatever a name in it holds."""
    return {name: on_one_line(value) if isinstance(value, str) else value for name, value in event.items()}


def _scrub(_: WrappedLogger, __: str, line: Any) -> str:
    """The last step of every line: no secret leaves by the log."""
    return legible(str(line))


def _broken(arguments: threading.ExceptHookArgs) -> None:
    """A thread that nobody waits for ends with a line of the log."""
    if arguments.exc_value is not None:
        structlog.get_logger().error("a thread broke", exception=outlined(arguments.exc_value))
