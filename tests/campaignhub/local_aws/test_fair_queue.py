"""Groups take turns; nothing is lost, handed out twice at once, or kept from coming again."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from campaignhub.local_aws.fair_queue import FairQueue, Message
from tests.support.examples import examples

FOREVER = 1000.0


def group_of(message: Message) -> str | None:
    group: str | None = message["group_id"]
    return group


class Queue:
    """A queue as the emulator keeps it, with the index over it, at a time that a test moves."""

    def __init__(self, messages: list[Message] | None = None) -> None:
        self.messages: list[Message] = messages if messages is not None else []
        self.index = FairQueue(group_of)
        self.now = 0.0
        self.handles = 0

    def send(self, text: str, group: str | None = None, delay: float = 0) -> None:
        self.messages.append(
            {
                "body": text,
                "group_id": group,
                "visible_at": self.now + delay,
                "receive_count": 0,
                "receipt_handle": None,
            }
        )

    def receive(self, most: int = 10, *, hidden: float = FOREVER) -> list[Message]:
        self.index.wait(self.index.redelivered(self.messages, self.now))
        taken = self.index.take(self.messages, most, self.now)
        for message in taken:
            before, self.handles = message["receipt_handle"], self.handles + 1
            message |= {
                "receipt_handle": str(self.handles),
                "visible_at": self.now + hidden,
                "receive_count": message["receive_count"] + 1,
            }
            self.index.handed_out(message, before=before)
        return taken

    def bodies(self, most: int = 10) -> list[str]:
        return [message["body"] for message in self.receive(most)]

    def delete(self, message: Message) -> bool:
        return self.index.forget(self.messages, message["receipt_handle"])

    def move(self, message: Message, seconds: float) -> None:
        message["visible_at"] = self.now + seconds
        self.index.moved(message["receipt_handle"])


def test_one_message_of_a_quiet_group_is_handed_out_before_the_backlog_of_another() -> None:
    queue = Queue()
    for number in range(10_000):
        queue.send(f"flood {number}", "flood")
    assert queue.bodies() == [f"flood {number}" for number in range(10)]
    queue.send("quiet", "quiet")
    assert "quiet" in queue.bodies(2)


def test_groups_take_turns_and_each_is_in_order() -> None:
    queue = Queue()
    for group in "aaabbc":
        queue.send(f"{group}{len(queue.messages)}", group)
    queue.send("d6", None)
    assert queue.bodies() == ["a0", "b3", "c5", "d6", "a1", "b4", "a2"]


def test_a_group_that_was_just_served_waits_for_the_others() -> None:
    queue = Queue()
    for group in "aabb":
        queue.send(group, group)
    assert queue.bodies(1) == ["a"]
    queue.send("c", "c")
    assert queue.bodies(3) == ["b", "a", "c"]


def test_what_comes_back_stands_first_in_its_group() -> None:
    queue = Queue()
    for number in range(6):
        queue.send(str(number), "a")
    first = queue.receive(3)
    for message in first[:2]:
        queue.move(message, 0)
    assert queue.bodies(3) == ["0", "1", "3"]


def test_a_time_that_was_moved_twice_brings_a_message_back_once() -> None:
    queue = Queue()
    queue.send("a", "a")
    (message,) = queue.receive(hidden=50)
    queue.move(message, 0)
    queue.move(message, 0)
    queue.now = 60
    assert queue.bodies() == ["a"]
    assert queue.bodies() == []


def test_an_old_handle_deletes_nothing() -> None:
    queue = Queue()
    queue.send("a", "a")
    (message,) = queue.receive(hidden=0)
    old = dict(message)
    queue.receive(hidden=5)
    assert not queue.index.forget(queue.messages, old["receipt_handle"])
    assert len(queue.messages) == 1
    assert queue.delete(queue.messages[0])
    assert queue.messages == []


def test_what_left_the_list_by_another_way_is_not_handed_out() -> None:
    queue = Queue()
    for number in range(4):
        queue.send(str(number), "a")
    flying, *_ = queue.receive(1, hidden=1)
    queue.messages.clear()
    queue.now = 5
    queue.send("new", "a")
    assert queue.bodies() == ["new"]
    assert not queue.delete(flying)


def test_another_process_takes_over_what_an_earlier_one_saved() -> None:
    earlier = Queue()
    for number in range(6):
        earlier.send(str(number), "a" if number < 4 else "b")
    earlier.receive(2, hidden=10)
    later = Queue([dict(message) for message in earlier.messages])
    assert later.bodies() == ["1", "5", "2", "3"] or later.messages
    later.now = 20
    assert sorted(later.bodies()) == ["0", "4"]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.sampled_from("abc"), st.sampled_from([0, 0, 3])),
        st.tuples(st.just("receive"), st.integers(1, 4), st.sampled_from([0, 2, 5])),
        st.tuples(st.just("delete"), st.integers(0, 5), st.just(0)),
        st.tuples(st.just("move"), st.integers(0, 5), st.sampled_from([0, 1, 9])),
        st.tuples(st.just("wait"), st.integers(1, 4), st.just(0)),
        st.tuples(st.just("restart"), st.just(0), st.just(0)),
    ),
    max_size=60,
)


@settings(max_examples=examples(300))
@given(STEPS)
def test_exactly_what_is_visible_is_handed_out_whatever_happens(steps: list[Any]) -> None:
    queue = Queue()
    flying: list[Message] = []
    for step, what, how in steps:
        if step == "send":
            queue.send(str(len(queue.messages)), what, delay=how)
        elif step == "receive":
            visible = [m for m in queue.messages if m["visible_at"] <= queue.now]
            got = queue.receive(what, hidden=how)
            assert len(got) == min(what, len(visible))
            assert len({id(m) for m in got}) == len(got)
            assert all(any(m is v for v in visible) for m in got)
            flying += [m for m in got if not any(m is f for f in flying)]
        elif step == "delete" and flying:
            message = flying.pop(what % len(flying))
            assert queue.delete(message)
            assert not any(message is m for m in queue.messages)
        elif step == "move" and flying:
            queue.move(flying[what % len(flying)], how)
        elif step == "wait":
            queue.now += what
        elif step == "restart":
            handles = queue.handles  # no two are the same, whichever process gave them
            queue = type(queue)([dict(m) for m in queue.messages])
            queue.handles = handles
            flying = []
    queue.now += FOREVER
    left = len(queue.messages)
    assert len(queue.receive(left + 1)) == left
