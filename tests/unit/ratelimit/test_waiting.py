import asyncio

from depotfinity_async.ratelimit.waiting import Queue, Waiter


async def test_first_in_first_out_and_those_who_go_ahead_before_all_others() -> None:
    queue = Queue()
    loop = asyncio.get_running_loop()
    first, second, third, fourth = (Waiter(loop) for _ in range(4))
    queue.append(first, ahead=False)
    queue.append(second, ahead=True)
    queue.append(third, ahead=False)
    queue.append(fourth, ahead=True)
    assert (len(queue), queue.position(ahead=False), queue.position(ahead=True)) == (4, 4, 2)
    assert [queue.pop_head() for _ in range(4)] == [second, fourth, first, third]
    assert len(queue) == 0


async def test_discard_takes_out_of_the_middle_and_may_be_repeated() -> None:
    queue = Queue()
    waiters = [Waiter(asyncio.get_running_loop()) for _ in range(3)]
    for waiter in waiters:
        queue.append(waiter, ahead=False)
    queue.discard(waiters[1])
    queue.discard(waiters[1])
    assert [queue.pop_head(), queue.pop_head()] == [waiters[0], waiters[2]]


async def test_waking_ends_the_wait_and_spares_one_that_has_ended() -> None:
    loop = asyncio.get_running_loop()
    waiter = Waiter(loop)
    assert waiter.wake(loop)
    assert waiter.future.done()
    cancelled = Waiter(loop)
    cancelled.future.cancel()
    assert cancelled.wake(loop)
    assert cancelled.future.cancelled()


def test_a_closed_loop_cannot_be_woken() -> None:
    loop = asyncio.new_event_loop()
    waiter = Waiter(loop)
    loop.close()
    assert not waiter.wake(None)
