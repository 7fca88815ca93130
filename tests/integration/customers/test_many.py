"""A town has more people than a statement takes parameters, which is 65,535."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.customers.matching import neighbourhood as around
from app.customers.matching.flow import name_clusters
from app.customers.matching.people import Clusters
from app.customers.matching.records import Current, read_current, read_links
from app.kernel.ids import new_id

MANY = 70_000


def test_clusters_of_a_whole_town_get_their_ids(session: Session) -> None:
    people = [
        Current(new_id(), "council-tax", f"{number}", f"council-tax:{number}", 1, {}, None, restricted=False)
        for number in range(MANY)
    ]
    named = name_clusters(session, people, Clusters([[number] for number in range(MANY)], [], []), {})
    assert len(set(named.ids)) == len(named.created) == MANY


def test_whatever_matching_asks_of_many_records_is_one_question(session: Session) -> None:
    ids: list[UUID] = [new_id() for _ in range(MANY)]
    assert read_current(session, ids) == []
    assert read_links(session, ids) == {}
    assert around.marked(session, ids) == {}
    assert around.edges_among(session, ids) == []
    assert around.drop_edges(session, ids) == set()
    assert around.component(session, ids) == set(ids)
    around.forget_marks(session, ids)
    around.set_shared(session, (), range(MANY))
