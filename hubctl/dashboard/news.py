"""Waking all who wait for something new: pages for the next look, followers of a log for the next line."""

import asyncio


class News:
    """The next piece of news. Take `next` before looking at what is there: then nothing is missed in between."""

    def __init__(self) -> None:
        self.next = asyncio.Event()

    def tell(self) -> None:
        """Wake all who wait; the next news is another one."""
        told, self.next = self.next, asyncio.Event()
        told.set()


async def happens(what: asyncio.Event, within_s: float) -> bool:
    """Wait for an event for a time; tells whether it came."""
    try:
        await asyncio.wait_for(what.wait(), within_s)
    except TimeoutError:
        return False
    return True
