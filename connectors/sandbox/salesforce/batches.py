"""Bulk 1.0 jobs and their batches: what was asked, and what became of it.

Source: Salesforce, Bulk API 2.0 and Bulk API Developer Guide, "Bulk API" (JobInfo, BatchInfo).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .org import Org
from .refusal import Refusal
from .soql.running import Result


@dataclass
class RowResult:
    """What became of one row: `error` is None where it went well."""

    id: str
    created: bool
    error: Refusal | None


@dataclass
class Batch:
    """One batch. A query's batch shows `result` from row `start` to `end`, a writing one its rows' results."""

    id: str
    job: str
    created: str
    content: bytes
    state: str = "Completed"
    problem: str | None = None
    waits: int = 0  # looks that are still to find it queued or in progress
    result: Result | None = None
    start: int = 0
    end: int = 0
    rows: list[RowResult] = field(default_factory=list)

    def look(self) -> str:
        """Return the state that a look finds; each brings the batch nearer to its end."""
        self.waits -= 1
        return "InProgress" if self.waits >= 0 and self.state != "NotProcessed" else self.state

    def info(self, state: str) -> dict[str, Any]:
        """Return a BatchInfo."""
        failed = sum(1 for row in self.rows if row.error)
        return {
            "apexProcessingTime": 0,
            "apiActiveProcessingTime": 1,
            "createdDate": self.created,
            "id": self.id,
            "jobId": self.job,
            "numberRecordsFailed": failed,
            "numberRecordsProcessed": 0 if state != "Completed" else len(self.rows) or self.end - self.start,
            "state": state,
            "stateMessage": self.problem,
            "systemModstamp": self.created,
            "totalProcessingTime": 1,
        }


@dataclass
class BatchJob:
    """One Bulk 1.0 job; `kind` is the format of its batches: CSV, JSON or XML."""

    id: str
    operation: str
    sobject: str
    user: str
    created: str
    version: float
    kind: str
    key: str | None = None
    mode: str = "Parallel"
    chunk: int | None = None  # rows per batch under PK chunking
    state: str = "Open"
    batches: list[Batch] = field(default_factory=list)

    @property
    def is_query(self) -> bool:
        """True for a job that reads."""
        return self.operation in ("query", "queryAll")

    def info(self) -> dict[str, Any]:
        """Return a JobInfo."""
        states = [batch.info("InProgress" if batch.waits > 0 else batch.state) for batch in self.batches]
        numbers = {
            f"numberBatches{state}": sum(1 for found in states if found["state"] == state)
            for state in ("Queued", "InProgress", "Completed", "Failed")
        }
        return {
            "apexProcessingTime": 0,
            "apiActiveProcessingTime": len(states),
            "apiVersion": self.version,
            "assignmentRuleId": None,
            "concurrencyMode": self.mode,
            "contentType": self.kind,
            "createdById": self.user,
            "createdDate": self.created,
            "externalIdFieldName": self.key,
            "id": self.id,
            **numbers,
            "numberBatchesTotal": len(states),
            "numberRecordsFailed": sum(found["numberRecordsFailed"] for found in states),
            "numberRecordsProcessed": sum(found["numberRecordsProcessed"] for found in states),
            "numberRetries": 0,
            "object": self.sobject,
            "operation": self.operation,
            "state": self.state,
            "systemModstamp": self.created,
            "totalProcessingTime": len(states),
        }


class BatchJobs:
    """Every Bulk 1.0 job of one org."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._jobs: dict[str, BatchJob] = {}

    def make(self, asked: Mapping[str, Any], sobject: str, user: str, version: float, chunk: int | None) -> BatchJob:
        """Keep and return a new job."""
        kind, mode = asked.get("contentType") or "XML", asked.get("concurrencyMode") or "Parallel"
        if kind not in ("CSV", "JSON", "XML"):
            raise Refusal("InvalidJob", f"Unsupported content type: {kind}")
        job_id, key = self._org.mint.next("750"), asked.get("externalIdFieldName")
        job = BatchJob(job_id, asked["operation"], sobject, user, self._org.stamp(), version, kind, key, mode, chunk)
        self._jobs[job_id] = job
        return job

    def get(self, job_id: str) -> BatchJob:
        """Return a job by its id of 15 or 18 characters; raises Refusal InvalidJob."""
        wanted = next((job for known, job in self._jobs.items() if job_id in (known, known[:15])), None)
        if wanted is None:
            raise Refusal("InvalidJob", f"Invalid job id: {job_id}")
        return wanted

    def add(self, job: BatchJob, content: bytes) -> Batch:
        """Append a batch to a job; raises Refusal InvalidJobState where it is no longer open."""
        if job.state != "Open":
            raise Refusal("InvalidJobState", f"Job is {job.state.lower()}: no more batches can be added")
        made = Batch(self._org.mint.next("751"), job.id, self._org.stamp(), content)
        made.waits = self._org.settings.bulk_polls
        job.batches.append(made)
        return made
