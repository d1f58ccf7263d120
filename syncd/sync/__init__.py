"""The four verbs, and the cycle that runs them in order. Each may be killed and run again at any moment."""

from syncd.sync.counts import Counts
from syncd.sync.cycle import Summary, Wiring, cycle
from syncd.sync.judge import judge
from syncd.sync.match import match
from syncd.sync.plan import Plan, make_plan, require_safe
from syncd.sync.pull import Outcome, fetch, pull
from syncd.sync.push import push
from syncd.sync.reader import Readers, load_customs

__all__ = [
    "Counts",
    "Outcome",
    "Plan",
    "Readers",
    "Summary",
    "Wiring",
    "cycle",
    "fetch",
    "judge",
    "load_customs",
    "make_plan",
    "match",
    "pull",
    "push",
    "require_safe",
]
