"""Work on many items at once."""

import itertools
import threading
import time

import pytest

from hubctl import parallel


def test_values_come_in_the_order_of_the_items_however_long_each_takes() -> None:
    def work(delay_s: float) -> float:
        time.sleep(delay_s)
        return delay_s * 10

    assert parallel.each(work, [0.2, 0.0, 0.1], timeout_s=5, late=float) == [2.0, 0.0, 1.0]


def test_all_items_are_worked_on_at_the_same_time() -> None:
    meeting = threading.Barrier(20)
    assert parallel.each(lambda item: (meeting.wait(5), item)[1], range(20), timeout_s=5, late=lambda _: -1) == list(
        range(20)
    )


def test_what_does_not_end_is_late_and_the_rest_is_kept() -> None:
    over = threading.Event()
    began = time.monotonic()
    values = parallel.each(
        lambda item: over.wait(20) if item == 1 else item, [0, 1, 2, 1], timeout_s=0.3, late=lambda item: f"late {item}"
    )
    took = time.monotonic() - began
    over.set()
    assert values == [0, "late 1", 2, "late 1"]
    assert 0.3 <= took < 0.8


def test_no_items_take_no_time_and_no_thread() -> None:
    before = threading.active_count()
    nothing: list[int] = []
    assert parallel.each(lambda item: item, nothing, timeout_s=60, late=lambda item: item) == []
    assert threading.active_count() == before


def test_an_error_of_the_work_is_raised_here() -> None:
    def work(item: int) -> int:
        if item == 1:
            raise KeyError("no such thing")
        return item

    with pytest.raises(KeyError, match="no such thing"):
        parallel.each(work, [0, 1, 2], timeout_s=5, late=lambda item: item)


def test_two_pieces_of_work_are_done_at_once_and_each_gives_its_own() -> None:
    meeting = threading.Barrier(2, timeout=5)
    assert parallel.both(lambda: ("one", meeting.wait() >= 0), lambda: (2, meeting.wait() >= 0)) == (
        ("one", True),
        (2, True),
    )


def test_an_error_of_either_of_two_is_raised_here() -> None:
    def fail() -> int:
        raise KeyError("no such thing")

    for one, other in ((fail, int), (int, fail)):
        with pytest.raises(KeyError, match="no such thing"):
            parallel.both(one, other)


def test_threads_left_behind_do_not_keep_the_process_alive() -> None:
    over = threading.Event()
    known = set(threading.enumerate())
    parallel.each(lambda _: over.wait(20), [1], timeout_s=0.05, late=lambda _: True)
    left = [thread for thread in threading.enumerate() if thread not in known]
    over.set()
    assert [thread.daemon for thread in left] == [True]


@pytest.mark.parametrize("workers", [1, 3, 50])
def test_pooled_values_come_in_the_order_of_the_items(workers: int) -> None:
    def work(item: int) -> int:
        time.sleep(0.01 * (item % 3))
        return item * 10

    assert parallel.pooled(work, range(20), workers=workers) == [item * 10 for item in range(20)]
    assert parallel.pooled(work, [], workers=workers) == []


def test_no_more_workers_than_allowed_work_at_once_and_no_fewer() -> None:
    lock, busy, most = threading.Lock(), 0, 0
    meeting = threading.Barrier(4)

    def work(_item: int) -> None:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        meeting.wait(5)
        with lock:
            busy -= 1

    parallel.pooled(work, range(12), workers=4)
    assert most == 4


@pytest.mark.parametrize("workers", [1, 2])
def test_after_an_error_nothing_new_begins(workers: int) -> None:
    begun: list[int] = []

    def work(item: int) -> None:
        begun.append(item)
        raise KeyError("no such thing")

    with pytest.raises(KeyError, match="no such thing"):
        parallel.pooled(work, range(100), workers=workers)
    assert len(begun) <= workers


def test_work_that_nobody_waits_for_goes_on_in_another_thread() -> None:
    begun, over = threading.Event(), threading.Event()
    seen: list[threading.Thread] = []

    def work() -> None:
        seen.append(threading.current_thread())
        begun.set()
        over.wait(5)

    parallel.start(work)
    assert begun.wait(5)
    over.set()
    assert seen[0] is not threading.main_thread()
    assert seen[0].daemon


def test_an_answer_is_shared_by_all_who_wait_for_it_and_by_nobody_who_asks_later() -> None:
    count, going, go_on = itertools.count(1), threading.Event(), threading.Event()

    def ask() -> int:
        going.set()
        go_on.wait(5)
        return next(count)

    shared = parallel.shared(ask)
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(shared())) for _ in range(8)]
    threads[0].start()
    assert going.wait(5)
    for thread in threads[1:]:  # they came after it was asked, so that answer is too old for them
        thread.start()
    time.sleep(0.1)
    go_on.set()
    for thread in threads:
        thread.join(5)
    assert answers.count(1) == 1
    assert len(set(answers)) < len(answers)
    assert shared() > max(answers)
