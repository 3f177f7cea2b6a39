"""The photo on which an entry opens is the one that matters."""

from itertools import permutations

import pytest

from submissions.receipts.rules.opening import Photo, opens_on

UNREAD = Photo(is_unread=True)
PROBLEM = Photo(is_problem=True)
RECEIPT = Photo(is_receipt=True)
OTHER = Photo()
AWAITED = Photo(is_awaited=True)
IN_ORDER = (UNREAD, PROBLEM, RECEIPT, OTHER, AWAITED)


@pytest.mark.parametrize("left_out", range(len(IN_ORDER)))
def test_unread_answers_come_first_then_problems_then_receipts_then_what_there_is_to_see(
    left_out: int,
) -> None:
    ranked = IN_ORDER[left_out:]
    for photos in permutations(ranked):
        assert photos[opens_on(photos)] is ranked[0]


def test_of_several_unread_answers_the_one_with_a_problem_comes_first() -> None:
    both = Photo(is_unread=True, is_problem=True)
    assert opens_on([PROBLEM, UNREAD, both]) == 2


def test_an_answer_that_has_still_to_arrive_comes_before_the_photo_that_it_replaces() -> None:
    assert opens_on([RECEIPT, Photo(is_unread=True, is_awaited=True)]) == 1


def test_of_equal_photos_the_first_is_opened_and_none_breaks_nothing() -> None:
    assert opens_on([RECEIPT, RECEIPT]) == 0
    assert opens_on([]) == 0
