"""What servers know of an end, of a WebSocket above all, and do not tell the application.

ASGI has one message for it, and servers put the same code into it for different ends. What they know is read from the
objects whose methods they hand to the application; where these look different from what is expected, nothing is known.
The tests hold this to each server's own behaviour.
"""

from __future__ import annotations

from typing import Any

_INTERNAL_ERROR = 1011


def ping_timed_out(receive: Any) -> bool:
    """Whether the server has ended it itself, because the client no longer answered its pings.

    uvicorn reports it as a lost connection, with each of its three implementations, and closes with 1011.
    """
    protocol = getattr(receive, "__self__", None)
    if protocol is None:
        return False
    connection = getattr(protocol, "conn", None)
    # websockets, without and with its older interface: the closing frame that was sent.
    sent = getattr(connection, "close_sent", None) or getattr(protocol, "close_sent", None)
    if getattr(sent, "code", None) == _INTERNAL_ERROR:
        return "timeout" in str(getattr(sent, "reason", ""))
    # wsproto keeps no frame. Its closing is the server's own, as the application has sent none before it was told, and
    # of its own ends only this one goes without a message of its own.
    return sent is True and hasattr(protocol, "pending_ping_payload")


def is_still_there(receive: Any) -> bool:
    """Whether the client is there, though the server has said that it has left.

    gunicorn's own worker says so for good, once an application has stopped waiting for it: Starlette's
    `request.is_disconnected()` does.
    """
    protocol = getattr(getattr(receive, "__self__", None), "protocol", None)
    transport = getattr(protocol, "transport", None)
    return getattr(protocol, "_closed", None) is False and transport is not None and not transport.is_closing()


def client_closed_properly(send: Any) -> bool:
    """Whether the client said goodbye: hypercorn reports 1006 for that as for a lost connection."""
    stream = getattr(send, "__self__", None)
    state = getattr(getattr(stream, "connection", None), "state", None)
    return getattr(state, "name", None) in ("CLOSED", "REMOTE_CLOSING")
