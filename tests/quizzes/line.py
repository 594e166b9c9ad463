"""The line between a browser and the server, with the faults that lines have."""

import contextlib
import re
import socket
import threading


class Line:
    """A proxy of one port that knows as much HTTP as its faults need.

    `cut()` refuses everything and ends what is open; `lose(path)` lets the server hear requests to matching paths and
    loses its replies; `mend()` takes both back.
    """

    def __init__(self, port: int):
        self.target, self.is_cut, self.lost = port, False, None
        self.losses = 0
        self.open: set[socket.socket] = set()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self.is_cut = True
        for one in list(self.open):
            self._end(one)

    def lose(self, path: str) -> None:
        self.lost, self.losses = re.compile(path), 0

    def mend(self) -> None:
        self.is_cut, self.lost = False, None

    def close(self) -> None:
        self.cut()
        self.door.close()

    def _end(self, one: socket.socket) -> None:
        self.open.discard(one)
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()

    def _accept(self) -> None:
        while True:
            try:
                browser, _address = self.door.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[browser], daemon=True).start()

    def _serve(self, browser: socket.socket) -> None:
        """Carry one request and its reply: `Connection: close` keeps it at one."""
        if self.is_cut:
            browser.close()
            return
        self.open.add(browser)
        server = None
        with contextlib.suppress(OSError, ValueError):
            request = self._request(browser)
            server = socket.create_connection(("127.0.0.1", self.target), 10)
            self.open.add(server)
            server.sendall(request)
            reply = b""
            is_lost = bool(self.lost and self.lost.search(request.split(b" ", 2)[1].decode()))
            while part := server.recv(65536):
                if is_lost:
                    reply += part
                else:
                    browser.sendall(part)
            self.losses += is_lost
        for one in filter(None, (browser, server)):
            self._end(one)

    @staticmethod
    def _request(browser: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            part = browser.recv(65536)
            if not part:
                raise ValueError("the browser had nothing to say")
            data += part
        head, body = data.split(b"\r\n\r\n", 1)
        found = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        length = int(found[1]) if found else 0
        while len(body) < length:
            body += browser.recv(65536)
        head = re.sub(rb"(?i)\r\nconnection: *[^\r]*", b"", head) + b"\r\nConnection: close"
        return head + b"\r\n\r\n" + body
