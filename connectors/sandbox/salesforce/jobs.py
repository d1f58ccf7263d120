"""Bulk 2.0 jobs: what was asked, what was uploaded, what became of each row, and how all that is shown."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .org import Org
from .parsing import word
from .refusal import Refusal, not_found
from .sheets import DELIMITERS, ENDINGS, read_sheet
from .soql.running import Result


@dataclass
class Job:
    """One job. `rows` are its CSV rows in order, `results` what became of those that were processed.

    `content` is what was uploaded, None before; it is read when the job's work begins.
    """

    id: str
    operation: str
    sobject: str
    user: str
    created: str
    version: float
    delimiter: str = "COMMA"
    ending: str = "LF"
    key: str | None = None
    state: str = "Open"
    problem: str | None = None  # why the whole job failed
    waits: int = 0  # looks that are still to find it in progress
    result: Result | None = None
    content: bytes | None = None
    header: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    results: list[tuple[str, bool, str]] = field(default_factory=list)  # id, created, error ("" where it went well)

    def read(self) -> None:
        """Read what was uploaded, once; raises Refusal where it is no CSV of the declared kind."""
        if self.content and not self.header:
            table = read_sheet(self.content, self.delimiter, self.ending)
            self.header, self.rows = (table[0], table[1:]) if table else ([], [])

    @property
    def is_query(self) -> bool:
        """True for a job that reads."""
        return self.operation in ("query", "queryAll")

    def info(self) -> dict[str, Any]:
        """Return what creating, changing and listing shows of the job."""
        shown: dict[str, Any] = {
            "id": self.id,
            "operation": self.operation,
            "object": self.sobject,
            "createdById": self.user,
            "createdDate": self.created,
            "systemModstamp": self.created,
            "state": self.state,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": self.version,
            "lineEnding": self.ending,
            "columnDelimiter": self.delimiter,
        }
        return shown | ({"externalIdFieldName": self.key} if self.key else {})

    def listed(self) -> dict[str, Any]:
        """Return what the list of all jobs shows of the job."""
        return self.info() | {"jobType": "V2Query" if self.is_query else "V2Ingest"}

    def progress(self) -> dict[str, Any]:
        """Return what a look at the job shows besides."""
        shown = self.listed() | {"retries": 0}
        shown["totalProcessingTime"] = 1
        if self.problem:
            shown["errorMessage"] = self.problem
        if self.is_query:
            done = self.result.total if self.result and self.state == "JobComplete" else 0
            return shown | {"numberRecordsProcessed": done}
        failed = sum(1 for _, _, error in self.results if error)
        numbers = {"numberRecordsProcessed": len(self.results), "numberRecordsFailed": failed}
        return shown | numbers | {"apiActiveProcessingTime": 1, "apexProcessingTime": 0}

    def csv(self, header: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
        """Return lines as the job's kind of CSV, every value quoted."""
        text = io.StringIO()
        delimiter, ending = DELIMITERS[self.delimiter], ENDINGS[self.ending]
        writer = csv.writer(text, delimiter=delimiter, lineterminator=ending, quoting=csv.QUOTE_ALL)
        writer.writerow(header)
        writer.writerows(lines)
        return text.getvalue().encode()


class Jobs:
    """Every bulk job of one org."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._jobs: dict[str, Job] = {}

    def make(self, asked: Mapping[str, Any], sobject: str, user: str, version: float) -> Job:
        """Keep and return a new job; raises Refusal INVALIDJOB for a CSV dialect that does not exist."""
        delimiter, ending = word(asked, "columnDelimiter") or "COMMA", word(asked, "lineEnding") or "LF"
        if delimiter not in DELIMITERS or ending not in ENDINGS:
            raise Refusal("INVALIDJOB", "columnDelimiter or lineEnding is not supported")
        job_id, stamp = self._org.mint.next("750"), self._org.stamp()
        job = Job(job_id, asked["operation"], sobject, user, stamp, version, delimiter, ending)
        job.waits = self._org.settings.bulk_polls
        self._jobs[job.id] = job
        return job

    def get(self, job_id: str, *, is_query: bool) -> Job:
        """Return the job of that id; raises Refusal NOT_FOUND."""
        job = self._jobs.get(job_id)
        if job is None or job.is_query != is_query:
            raise not_found()
        return job

    def drop(self, job: Job) -> None:
        """Forget a job."""
        del self._jobs[job.id]

    def of_kind(self, *, is_query: bool) -> list[Job]:
        """Return the query jobs or the ingest jobs."""
        return [job for job in self._jobs.values() if job.is_query == is_query]
