"""Who gets in: what an operation asks for, against who sends the request, and where the house listens."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.requests import Request

from syncd.model.runs import CauseKind
from syncd.web.entry.limits import COSTLY, Limits
from syncd.web.operations import Operation
from syncd.web.problems import Refusal
from syncd.web.rights import BOOTSTRAP, NOBODY, Doorkeeper, Principal, Right
from syncd.web.whence import is_from_here


@dataclass(frozen=True)
class Access:
    """The rule of who gets in. loopback: whether the house listens on this machine alone."""

    doorkeeper: Doorkeeper
    loopback: bool
    limits: Limits = field(default_factory=Limits)

    def admit(self, request: Request, operation: Operation) -> Principal:
        """Who asks, where they may. Raises Refusal: 401 for whom nobody knows, 403 for who may not."""
        if operation.probe:
            return NOBODY
        principal = self._recognise(request)
        right = operation.right
        if right is None:
            return principal or NOBODY
        if principal is None:
            raise Refusal(
                401,
                "nobody is known by what this request carries",
                "send a token (`Authorization: Bearer …`), or sign in at /sign-in",
                headers={"www-authenticate": 'Bearer realm="syncd"'},
            )
        if not principal.may(right):
            raise self._may_not(principal, right)
        if operation.costly and (seconds := self.limits.wait(COSTLY, principal.actor)):
            raise Refusal(
                *(429, f"{principal.name} asks for more than is good for the systems behind", "ask less often"),
                kind=CauseKind.UNAVAILABLE,
                headers={"retry-after": str(seconds)},
            )
        return principal

    def _recognise(self, request: Request) -> Principal | None:
        if self.doorkeeper.configured:
            return self.doorkeeper.recognise(request)
        if self.loopback and is_from_here(request):
            return None if "authorization" in request.headers else NOBODY  # what is sent must be true
        raise Refusal(
            403,
            "nothing says who may get in, so that probes alone are answered beyond this machine",
            f"make an administrator (`syncd admin`) or a token (`syncd token create`), set {BOOTSTRAP}, or have the "
            "daemon listen on 127.0.0.1 (SYNCD_HTTP_HOST)",
        )

    def _may_not(self, principal: Principal, right: Right) -> Refusal:
        if principal is NOBODY:
            mend = f"set {BOOTSTRAP} and send it: without, this machine's people may look and no more"
        else:
            mend = f"have somebody who may administer give a token, or a group, the right to {right.word}"
        return Refusal(403, f"{principal.name} may {principal.right.word}, and this asks for {right.word}", mend)
