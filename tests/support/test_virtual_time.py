"""Virtual time orders what waits, hands locks on, and says when all wait for each other."""

import pytest

from tests.support.virtual_time import VirtualTime


def test_who_waits_the_shortest_goes_on_first_and_no_real_time_passes():
    time, seen = VirtualTime(), list[tuple[str, float]]()

    def work(name: str, seconds: float):
        def wait_twice() -> None:
            for _ in range(2):
                time.sleep(seconds)
                seen.append((name, time.monotonic()))

        return wait_twice

    time.run([work("slow", 3_000), work("fast", 2_000)])
    assert seen == [("fast", 2_000), ("slow", 3_000), ("fast", 4_000), ("slow", 6_000)]


def test_a_lock_is_held_by_one_through_its_waits():
    time, seen = VirtualTime(), list[float]()
    lock = time.lock()

    def work() -> None:
        with lock:
            time.sleep(1)
            seen.append(time.monotonic())

    time.run([work] * 3)
    assert seen == [1, 2, 3]


def test_a_notified_condition_ends_waits_before_their_time():
    time, seen = VirtualTime(), list[float]()
    condition = time.condition()

    def wait() -> None:
        with condition:
            condition.wait(60)
        seen.append(time.monotonic())
        with condition:
            condition.wait(60)
        seen.append(time.monotonic())

    def notify() -> None:
        time.sleep(1)
        with condition:
            condition.notify_all()

    time.run([wait, notify])
    assert seen == [1, 61]


def test_what_a_work_raises_is_raised_and_so_is_a_standstill():
    def fail() -> None:
        raise ValueError("here")

    with pytest.raises(ValueError, match="here"):
        VirtualTime().run([fail])
    time = VirtualTime()
    first, second = time.lock(), time.lock()

    def cross(one, other) -> None:
        with one:
            time.sleep(1)
            with other:
                pass

    with pytest.raises(RuntimeError, match="wait for each other"):
        time.run([lambda: cross(first, second), lambda: cross(second, first)])
