"""Whatever happens in whatever order: units given, left and returned are the stock at every step."""

from collections import Counter
from datetime import timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ingest_lambda.contract import Current, SubmissionStatus, TokenPayload
from ingest_lambda.functions.held import confirm_awards, offer_held
from tests.ingest_lambda.functions.prizes.many import Writers
from tests.ingest_lambda.functions.prizes.prizes import (
    SET,
    STICKER,
    VOUCHER,
    assert_each_unit_is_given_once,
    load_stickers,
    load_vouchers,
    plan,
    vouchers,
)
from tests.ingest_lambda.writing import NOON, make_manifest, make_payload
from tests.support.conflicting_tables import ConflictingTables

VOUCHERS, STICKERS, MORE = 4, 3, 2
VERDICTS = [
    SubmissionStatus.APPROVED,
    SubmissionStatus.REJECTED,
    SubmissionStatus.PENDING_REVIEW,
    SubmissionStatus.REVOKED,
    SubmissionStatus.INVALID,
]


class StockMachine(RuleBasedStateMachine):
    """One campaign with vouchers and stickers, its writer, its staff and its clock."""

    def __init__(self) -> None:
        super().__init__()
        self.writers = Writers(
            ConflictingTables(),
            processes=2,
            now=lambda: NOON,
            prize_plan=plan(VOUCHER, STICKER | {"timing": "after_approval"}),
        )
        load_vouchers(self.writers, vouchers(VOUCHERS))
        load_stickers(self.writers, STICKERS, size=2)
        self.stock = {"voucher": VOUCHERS, "sticker": STICKERS}
        self.sent: list[TokenPayload] = []
        self.decisions: Counter[int] = Counter()
        self.revision = 0
        self.release = 1
        self.paused = False

    @rule(process=st.integers(0, 1), early=st.booleans())
    def enter(self, process: int, early: bool) -> None:
        """A new submission, before or after the moments."""
        payload = make_payload(release=self.release)
        self.sent.append(payload)
        at = NOON - timedelta(hours=2) if early else NOON
        self.writers.deliver(process, payload, at=at)

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), process=st.integers(0, 1), minutes=st.sampled_from([-90, 0, 10]))
    def copy(self, data: st.DataObject, process: int, minutes: int) -> None:
        """A message that came already, with an earlier or a later time."""
        payload = data.draw(st.sampled_from(self.sent))
        self.writers.deliver(process, payload, at=NOON + timedelta(minutes=minutes))

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), status=st.sampled_from(VERDICTS))
    def decide(self, data: st.DataObject, status: SubmissionStatus) -> None:
        """A verdict, from whatever status."""
        place = data.draw(st.integers(0, len(self.sent) - 1))
        self.decisions[place] += 1
        self.writers.decide(self.sent[place], self.decisions[place], status)

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        """The photos are proved."""
        payload = data.draw(st.sampled_from(self.sent))
        confirm_awards(
            payload.submission_id,
            table=self.writers.table,
            giver=self.writers.writers[0].giver,
        )

    @rule()
    def pause_or_resume(self) -> None:
        """Pause the campaign, or let it go on."""
        self.paused = not self.paused
        self._publish()

    @rule(most=st.integers(1, 3))
    def offer(self, most: int) -> None:
        """The clock offers prizes to what was held."""
        giver = self.writers.writers[1].giver
        offer_held("summer", most=most, table=self.writers.table, giver=giver)

    @precondition(lambda self: self.stock["voucher"] < 10)
    @rule()
    def amend(self) -> None:
        """More stock: another batch, and another set of moments in which the units keep their names."""
        self.release += 1
        count = self.stock["voucher"] + MORE
        load_vouchers(self.writers, vouchers(count), f"{SET}-{self.release}")
        load_stickers(self.writers, MORE, batch=f"b{self.release}")
        self.stock = {"voucher": count, "sticker": self.stock["sticker"] + MORE}
        self._publish()

    @rule()
    def restart(self) -> None:
        """A process is started again, and knows nothing of the stock."""
        self.writers.writers[0] = self.writers.new_writer()

    @rule()
    def load_again(self) -> None:
        """A republish puts moments that are given already."""
        load_vouchers(self.writers, vouchers(VOUCHERS))

    def _publish(self) -> None:
        self.revision += 1
        name = SET if self.release == 1 else f"{SET}-{self.release}"
        base = plan(VOUCHER, STICKER | {"timing": "after_approval"})
        manifest = make_manifest(release=self.release, prize_plan=base | {"moment_set": name})
        current = Current(
            slug="summer",
            release=self.release,
            opens_at=manifest.opens_at,
            closes_at=manifest.closes_at,
            paused=self.paused,
            revision=self.revision,
        )
        self.writers.table.published.publish(manifest, current)
        for writer in self.writers.writers:
            writer.releases._currents.clear()

    @invariant()
    def given_and_left_are_the_stock(self) -> None:
        """Nothing is lost and nothing given twice."""
        for prize, units in self.stock.items():
            assert_each_unit_is_given_once(self.writers, prize, units)


StockMachine.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    phases=(Phase.explicit, Phase.generate),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestStock = StockMachine.TestCase
