"""HTTP/1.1 as uvicorn speaks it with httptools, with two manners added: heads are bounded, and goodbyes are polite."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from backend.core import leaving

HEAD_MAX_BYTES = 65_536
PEERS_CLOSE_WITHIN_S = 0.25
LAST_CALL_S = 0.3


class Protocol(HttpToolsProtocol):
    """One connection.

    A head over HEAD_MAX_BYTES ends it (httptools itself sets no limit). When the server leaves, nobody is told at once:
    whoever is told comes back at once, and must find the port closed by every process and not by ours alone. Then
    answers say `Connection: close`. An idle connection gets LAST_CALL_S more before it is cut: a request may be on its
    way, and would be lost unanswered.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._in_head, self._head_bytes, self._leaving = True, 0, False

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._in_head:
            return
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_MAX_BYTES and not self.transport.is_closing():
            self.send_400_response(f"The request line and headers are over {HEAD_MAX_BYTES} bytes.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()
        if self._leaving:
            self.cycle.keep_alive = False

    def shutdown(self) -> None:
        leaving.begin()
        self.loop.call_later(PEERS_CLOSE_WITHIN_S, self._say_goodbye)

    def _say_goodbye(self) -> None:
        self._leaving = True
        if self._idle():
            self.loop.call_later(LAST_CALL_S, self._leave)
        else:
            self.cycle.keep_alive = False

    def _leave(self) -> None:
        if self._idle():
            self.transport.close()

    def _idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete
