"""A line between the driver and the graph that can be cut around a commit."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum

# Bolt's COMMIT, alone in its chunk: a length of two, the message, the end.
_COMMIT = bytes.fromhex("0002 b012 0000")
_LONG = 1.0  # second; the server waits 3 for a lock


class Cut(Enum):
    """Where the line is cut: the server never hears of the commit, nobody hears that it made it, or it hears late."""

    BEFORE_THE_SERVER_HEARS = 1
    BEFORE_THE_CLIENT_HEARS = 2
    # The client asks and tries again before the server hears of the first commit at all.
    LONG_BEFORE_THE_SERVER_HEARS = 3


class Proxy:
    """Passes everything on, but for the commits that it was told to cut, one after the other."""

    def __init__(self, host: str, port: int) -> None:
        """Listens on a free port of this machine."""
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.cuts: list[Cut] = []
        self.dead_after_a_cut = False
        self.made = 0
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        """Cuts every line and waits until all is quiet."""
        self._hang_up()
        _cut(self._listener)
        for thread in self._threads:
            thread.join()

    def _hang_up(self) -> None:
        for end in self._open:
            _cut(end)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._target)
            self._open += [client, server]
            pump = threading.Thread(target=self._pass_on, args=(client, server))
            answers = threading.Thread(target=_copy, args=(server, client))
            self._threads += [pump, answers]
            pump.start()
            answers.start()

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if data.endswith(_COMMIT) and self.cuts:
                    self._cut_here(self.cuts.pop(0), data, client, server)
                    return
                server.sendall(data)
        _cut(server)

    def _cut_here(self, cut: Cut, data: bytes, client: socket.socket, server: socket.socket) -> None:
        self.made += 1
        if self.dead_after_a_cut:
            _cut(self._listener)
        # The client is deaf from now on.
        client.shutdown(socket.SHUT_RDWR)
        if cut is Cut.BEFORE_THE_SERVER_HEARS:
            _cut(server)
            return
        if cut is Cut.LONG_BEFORE_THE_SERVER_HEARS:
            time.sleep(_LONG)
        # The server closes a line only after it has done what came over it.
        server.sendall(data)
        server.shutdown(socket.SHUT_WR)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    _cut(target)


def _cut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextmanager
def proxy_to(host: str, port: int) -> Iterator[Proxy]:
    """A proxy while the block lasts."""
    proxy = Proxy(host, port)
    try:
        yield proxy
    finally:
        proxy.close()
