"""What a deployed package does to the org: checks every component, and applies all of them or none.

Source: Salesforce, Metadata API Developer Guide, "File-Based Metadata API Calls", deploy().
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..org import Org
from ..refusal import Refusal
from .packages import Message, read_package
from .plan import Plan, place
from .removal import key_of


def deploy(org: Org, content: bytes, *, check_only: bool, rollback: bool) -> list[Message]:
    """Deploy a zip and return a message per component. With `rollback`, one failure leaves the org as it was."""
    package = read_package(content)
    messages = [*package.faults]
    steps: list[Callable[[], None]] = []
    gone = [key for kind, name in package.removed if (key := key_of(org, kind, name))]
    plan = Plan(org, package.components, gone)
    for component in sorted(package.components, key=place):
        message, step = plan.prepare(component)
        messages.append(message)
        steps.append(step)
    for kind, name in package.removed:
        message, step = plan.remove(kind, name)
        messages.append(message)
        steps.append(step)
    if not check_only and not (rollback and any(message.failed for message in messages)):
        for step in steps:
            step()
    return messages


@dataclass
class Deployment:
    """One deployment: what it did, and how often its status is still to say InProgress."""

    id: str
    messages: list[Message]
    user: str
    at: str
    check_only: bool
    rollback: bool
    waits: int  # looks that are still to find it in progress

    @property
    def failures(self) -> list[Message]:
        """What was refused."""
        return [message for message in self.messages if message.failed]

    @property
    def status(self) -> str:
        """The DeployStatus that a look finds."""
        if self.waits >= 0:
            return "InProgress"
        if not self.failures:
            return "Succeeded"
        return "Failed" if self.rollback or self.check_only else "SucceededPartial"


class Deployments:
    """Every deployment of one org, by id."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._made: dict[str, Deployment] = {}

    def start(self, content: bytes, user: str, *, check_only: bool, rollback: bool) -> Deployment:
        """Deploy a zip; the result stands at once, its status says so after `bulk_polls` looks."""
        messages = deploy(self._org, content, check_only=check_only, rollback=rollback)
        made = Deployment(
            self._org.mint.next("0Af"),
            messages,
            user,
            self._org.stamp(),
            check_only,
            rollback,
            self._org.settings.bulk_polls,
        )
        self._made[made.id] = made
        return made

    def look(self, deployment_id: str) -> Deployment:
        """Return a deployment; each look brings it nearer to done."""
        made = self._made.get(deployment_id) or next(
            (made for known, made in self._made.items() if known[:15] == deployment_id[:15]), None
        )
        if made is None:
            raise Refusal("INVALID_CROSS_REFERENCE_KEY", f"invalid cross reference id: {deployment_id}", status=404)
        made.waits -= 1
        return made
