"""A line that goes silent: a TCP proxy that accepts and never answers, before a server of any kind."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Line:
    """Forwards bytes both ways. What was open while it was silent stays silent, as after a failover."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._silent = threading.Event()
        self._open: set[socket.socket] = set()
        self._dead: set[socket.socket] = set()
        self._far: set[socket.socket] = set()
        self._lock = threading.Lock()

    def hang(self) -> None:
        """Accept from now on and answer nothing, also to those that are connected."""
        with self._lock:
            self._silent.set()
            self._dead |= self._open

    def heal(self) -> None:
        """Serve who connects from now on."""
        self._silent.clear()

    def serve(self) -> None:
        """Accept until closed."""
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                with self._lock:
                    self._open.add(near)
                    if self._silent.is_set():
                        self._dead.add(near)
                        continue
                far = socket.create_connection(self._target, timeout=10)
                far.settimeout(None)
                self._far.add(far)
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(
                        target=self._pump, args=(near, source, sink), daemon=True
                    ).start()

    def _pump(self, near: socket.socket, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if near in self._dead:
                    return
                sink.sendall(data)
        if near not in self._dead:
            for end in (source, sink):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End every connection and the listener."""
        for end in (self._listener, *self._open, *self._far):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextmanager
def silent_line(host: str, port: int) -> Iterator[Line]:
    """Put a line before a server; see :class:`Line`."""
    line = Line((host, port))
    thread = threading.Thread(target=line.serve, daemon=True)
    thread.start()
    try:
        yield line
    finally:
        line.close()
        thread.join(5)
