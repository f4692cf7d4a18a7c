"""Server-sent events as text. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html."""

from collections.abc import AsyncIterator

from starlette.responses import StreamingResponse

HEARTBEAT = ": still here\n\n"


def event(name: str, data: str, number: int | None = None) -> str:
    """Write one event. The data is JSON in one line, so nothing in it can end the event."""
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: {data}\n\n"


def stream(events: AsyncIterator[str]) -> StreamingResponse:
    """Make the answer that sends events as they come."""
    return StreamingResponse(events, media_type="text/event-stream")
