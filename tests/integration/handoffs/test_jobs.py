"""The jobs of this room, run as the worker runs them."""

from datetime import timedelta

from app.handoffs import jobs, queries, services
from app.handoffs.enums import DeliveryState, HandoffState
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.runtime import Runtime
from app.scheduler.registry import all_jobs
from tests.integration.handoffs.conftest import Offer
from tests.support.council import Council
from tests.support.peers import peer


def run(house: Runtime) -> dict[str, str]:
    return {job.name: job.run(house) for job in jobs.JOBS}


def test_the_worker_knows_them_all() -> None:
    assert {job.name for job in jobs.JOBS} <= {job.name for job in all_jobs()}


def test_with_nothing_to_do_they_say_nothing(house: Runtime, town: Council) -> None:
    assert set(run(house).values()) == {""}


def test_webhooks_go_out_and_offers_come_back(house: Runtime, town: Council, clock: FixedClock, offer: Offer) -> None:
    with peer() as here:
        with house.database.transaction() as session:
            services.add_endpoint(
                session,
                town.administrator,
                unit="waste",
                name="S",
                url=here.url,
                settings=house.settings,
                now=clock.now(),
            )
        made = offer()
        assert run(house)["handoffs.webhooks"] == "1 delivered, 0 failed"
        with house.database.reading() as session:
            assert queries.handoff(session, SYSTEM, made.id).delivery is DeliveryState.SENT
        clock.advance(timedelta(days=5))
        assert run(house)["handoffs.expire"] == "1 not answered in time"
    with house.database.reading() as session:
        assert queries.handoff(session, SYSTEM, made.id).state is HandoffState.EXPIRED
