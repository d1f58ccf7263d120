"""A. Who may edit a record may not give it another owner: exactly the drafts that would do so wait."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from syncd.model import Ref
from syncd.sync.cycle import Wiring
from syncd.sync.drafts import Action, draft_of
from syncd.sync.holds import BOUND, Holds
from syncd.sync.whereabouts import look
from tests.faults.test_a_rights import demote
from tests.ledger import find, pending
from tests.sync.conftest import Place
from tests.sync.test_drafts import heavier

__all__ = ["heavier"]
SYSTEM = "salesforce"
NOW = datetime.now(UTC)


def test_a_draft_that_gives_another_owner_waits_for_the_right_to_hand_on(
    place: Place, wiring: Wiring, heavier: dict[str, Any]
) -> None:
    org = place.sandbox.salesforce.org
    (plain,) = [one for one in pending(wiring.store, SYSTEM, "opportunity") if one.remote_id == heavier["Id"]]
    user = next(row["Id"] for row in org.tables["User"].live() if row["Id"] != heavier["OwnerId"] and row["IsActive"])
    (golden,) = find(wiring.store, "user", user) or [f"{SYSTEM}.User/{user}"]
    moving = replace(plain, key="moving", wanted={**plain.wanted, "owner": Ref("user", golden)})
    remote, mapping = wiring.targets[SYSTEM], wiring.mappings[SYSTEM]
    rule = mapping.writes["opportunity"]

    def drafted() -> tuple[list[Action], dict[str, int], str]:
        whereabouts = look(remote, mapping, wiring.store, wiring.readers, rule, [plain, moving], NOW)
        holds = Holds()
        drafts = [holds.held(draft_of(wish, rule, whereabouts), rule, whereabouts) for wish in (plain, moving)]
        waiting = {problem.premise: number for problem, number in holds.problems.items()}
        return [draft.action for draft in drafts], waiting, drafts[1].reason

    assert drafted()[:2] == ([Action.CHANGE, Action.CHANGE], {}), "the role above the owners may"
    org.settings.sharing = {**org.settings.sharing, "Opportunity": "edit"}
    promote = demote(place)
    actions, waiting, reason = drafted()
    assert (actions, waiting) == ([Action.CHANGE, Action.HOLD], {"transfer": 1})
    assert BOUND in reason
    promote()
    assert drafted()[0] == [Action.CHANGE, Action.CHANGE]


def test_who_has_transfer_record_may_hand_on(place: Place, wiring: Wiring, heavier: dict[str, Any]) -> None:
    org = place.sandbox.salesforce.org
    org.settings.sharing = {**org.settings.sharing, "Opportunity": "edit"}
    demote(place)
    remote = wiring.targets[SYSTEM]
    assert remote.untransferable([heavier["Id"]]) == {heavier["Id"]}  # type: ignore[attr-defined]
    for grant in org.access.sets.values():
        grant.permissions.add("TransferAnyEntity")
    assert not remote.untransferable([heavier["Id"]])  # type: ignore[attr-defined]


@dataclass
class Counting:
    """Salesforce, with how often somebody asked whether records may be handed on."""

    remote: Any
    asked: int = 0

    def untransferable(self, ids: Sequence[str]) -> Any:
        self.asked += 1
        return self.remote.untransferable(ids)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.remote, name)


def test_nothing_is_asked_where_nobody_gets_another_owner(wiring: Wiring, heavier: dict[str, Any]) -> None:
    remote: Any = Counting(wiring.targets[SYSTEM])
    mapping, wishes = wiring.mappings[SYSTEM], pending(wiring.store, SYSTEM, "opportunity")
    look(remote, mapping, wiring.store, wiring.readers, mapping.writes["opportunity"], wishes, NOW)
    assert (len(wishes), remote.asked) == (1, 0)
    (wish,) = wishes
    moving = replace(wish, wanted={**wish.wanted, "owner": Ref("user", "somebody")})
    look(remote, mapping, wiring.store, wiring.readers, mapping.writes["opportunity"], [moving], NOW)
    assert remote.asked == 1
