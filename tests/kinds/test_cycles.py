"""The order of changes for any dependencies, also for cycles."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from applier.plan.ordering import order_changes

MODELS = [f"models/{name}" for name in "abcdef"]
NEEDS = st.dictionaries(st.sampled_from(MODELS), st.lists(st.sampled_from(MODELS), max_size=4, unique=True))
USERS = st.dictionaries(st.sampled_from(["syncs/x", "syncs/y"]), st.lists(st.sampled_from(MODELS), max_size=3))


@given(NEEDS, USERS, st.sets(st.sampled_from(MODELS)))
def test_changes_come_after_their_dependencies_or_are_completed_later(
    needs: dict[str, list[str]], users: dict[str, list[str]], live: set[str]
) -> None:
    wanted = {one: [other for other in others if other in needs and other != one] for one, others in needs.items()}
    wanted |= {user: [one for one in used if one in needs] for user, used in users.items()}
    order = order_changes(wanted, live)
    assert sorted(order.addresses) == sorted(wanted)
    rank = {address: number for number, address in enumerate(order.addresses)}
    assert all(rank[other] < rank[one] for one, others in order.waits.items() for other in others)
    for one, others in wanted.items():
        assert set(others) <= {*order.waits[one], *live, *order.deferred.get(one, ())}
        assert {order.deferred[other][-1] for other in others if other in order.deferred and one in users} <= {
            *order.waits[one]
        }
    for one, deferred in order.deferred.items():
        assert one not in live
        assert live.isdisjoint(deferred)
        assert one in order.completes[deferred[-1]]
        assert {one, *deferred[:-1]} <= {*order.waits[deferred[-1]]}
    assert sorted(one for ones in order.completes.values() for one in ones) == sorted(order.deferred)
