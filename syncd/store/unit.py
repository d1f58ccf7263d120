"""One unit of work: a transaction, and all that is said to the database within it."""

from __future__ import annotations

from sqlalchemy import Connection

from syncd.store.activities import Activities
from syncd.store.administrator import Administrator
from syncd.store.alerts import Alerts
from syncd.store.announcements import Announcements
from syncd.store.answers import Answers
from syncd.store.audit import Audit
from syncd.store.campaigns import Campaigns
from syncd.store.directory import Directory
from syncd.store.doubles import Doubles
from syncd.store.first_plan import FirstPlan
from syncd.store.gaps import Gaps
from syncd.store.golden import Golden
from syncd.store.groups import Groups
from syncd.store.judgements import Judgements
from syncd.store.links import Links
from syncd.store.milestones import Milestones
from syncd.store.notes import Notes
from syncd.store.opportunities import Opportunities
from syncd.store.people import People
from syncd.store.persons import Persons
from syncd.store.pruning import Pruning
from syncd.store.quarantine import Quarantine
from syncd.store.queue import Queue
from syncd.store.receipts import Receipts
from syncd.store.records import Records
from syncd.store.references import References
from syncd.store.runs import Runs
from syncd.store.sessions import Sessions
from syncd.store.snapshots import Snapshots
from syncd.store.streams import Streams
from syncd.store.titles import Titles
from syncd.store.tokens import Tokens
from syncd.store.tombstones import Tombstones
from syncd.store.verdicts import Verdicts
from syncd.store.wishes import Wishes
from syncd.store.yardsticks import Yardsticks


class UnitOfWork:
    """What one transaction sees and does: all of it stands, or nothing. Of one thread, and of one verb's step."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        # what we saw
        self.records = Records(connection)
        self.streams = Streams(connection)
        self.quarantine = Quarantine(connection)
        self.tombstones = Tombstones(connection)
        self.announcements = Announcements(connection)
        # what it means today
        self.people = People(connection)
        self.directory = Directory(connection)
        self.persons = Persons(connection)
        self.links = Links(connection)
        self.golden = Golden(connection)
        self.activities = Activities(connection)
        self.campaigns = Campaigns(connection)
        self.doubles = Doubles(connection)
        self.groups = Groups(connection)
        self.judgements = Judgements(connection)
        self.titles = Titles(connection)
        self.answers = Answers(connection)
        self.opportunities = Opportunities(connection)
        self.milestones = Milestones(connection)
        self.queue = Queue(connection)
        self.verdicts = Verdicts(connection)
        self.snapshots = Snapshots(connection)
        self.gaps = Gaps(connection)
        # what we want to stand, and what was acknowledged
        self.wishes = Wishes(connection)
        self.receipts = Receipts(connection)
        self.references = References(connection)
        self.yardsticks = Yardsticks(connection)
        # what was done, by whom
        self.runs = Runs(connection)
        self.alerts = Alerts(connection)
        self.notes = Notes(connection)
        self.first_plan = FirstPlan(connection)
        self.audit = Audit(connection)
        self.pruning = Pruning(connection)
        # who may come in
        self.tokens = Tokens(connection)
        self.sessions = Sessions(connection)
        self.administrator = Administrator(connection)
