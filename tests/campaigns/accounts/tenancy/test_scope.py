"""The scope belongs to the code that said it: to no other thread, and not to what is read after its end."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from typing import Any

import pytest

from campaigns.accounts.tenancy import OutsideScope, Scope, current, enter, scope, unscoped
from tests.support.at_once import at_once


def outside(act: Callable[[], Any]) -> Any:
    """Run as an entry point does that has said no scope."""
    return Context().run(act)


def test_without_a_scope_there_is_none() -> None:
    with pytest.raises(OutsideScope):
        outside(current)


def test_the_inner_scope_ends_where_it_began() -> None:
    with scope([1, 2]):
        with scope([3]), unscoped("a test"):
            assert current().client_ids is None
        assert current().client_ids == frozenset({1, 2})


def test_a_scope_ends_with_an_error_too() -> None:
    before = current()
    with pytest.raises(ZeroDivisionError), scope([1]):
        1 / 0  # noqa: B018
    assert current() is before


def test_the_clients_are_asked_for_once_and_only_if_somebody_needs_them() -> None:
    asked = []

    def read() -> list[int]:
        asked.append(1)
        return [7]

    with enter(Scope(read)):
        assert not asked
        assert current().client_ids == current().client_ids == frozenset({7})
    assert asked == [1]


def test_who_needs_every_client_says_why() -> None:
    with pytest.raises(ValueError, match="why"), unscoped(" "):
        pass


def test_a_new_thread_has_no_scope() -> None:
    refused = []

    def look() -> None:
        try:
            current()
        except OutsideScope:
            refused.append(threading.current_thread().name)

    with scope([1]):
        threads = [threading.Thread(target=look) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        with ThreadPoolExecutor(1) as pool, pytest.raises(OutsideScope):
            pool.submit(current).result(10)
    assert len(refused) == 2


def test_two_threads_at_once_have_a_scope_each() -> None:
    both = threading.Barrier(2)

    def within(client: int) -> Any:
        with scope([client]):
            both.wait(10)
            found = current().client_ids
            both.wait(10)
            return found

    assert at_once(lambda: within(1), lambda: within(2)) == [{1}, {2}]


def test_a_generator_that_is_read_after_the_scope_has_none() -> None:
    def lines() -> Iterator[Any]:
        yield current()

    def answer() -> Iterator[Any]:
        with scope([1]):
            return lines()

    with pytest.raises(OutsideScope):
        outside(lambda: list(answer()))
