"""The candidates as processes, and the cost of scraping one."""

import pathlib
import select
import socket
import subprocess
import time

from processors import NANOSECOND


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_listener(process, port):
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"{process.args[0]} ended at once")


class Server:
    """A candidate; a context manager. `prepare` is called in its process before it begins."""

    def __init__(self, server, candidate, sessions, prepare=None):
        self.port = free_port()
        self.process = subprocess.Popen([server, candidate, str(sessions), str(self.port)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=prepare)
        assert self.process.stdout.readline() == "ok\n", candidate

    def step(self):
        """Increases a third of the values."""
        assert self.ask("step") == "ok"

    def start_meter(self):
        """Measures sending, until sending_seconds()."""
        assert self.ask("meter") == "ok"

    def sending_seconds(self):
        """Processor time that its process itself has spent on sending since start_meter()."""
        return int(self.ask("sending")) * NANOSECOND

    def ask(self, word):
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().rstrip("\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def peak_mb(pid):
    """In units of 1,000,000 bytes, like the sizes of answers."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in status.splitlines() if line.startswith("VmHWM:"))


def request(is_gzip, query=""):
    coding = b"Accept-Encoding: gzip\r\n" if is_gzip else b""
    return b"GET /metrics%s HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n%s\r\n" % (query.encode(), coding)


def check_head(start_of_answer):
    assert bytes(start_of_answer[:12]) == b"HTTP/1.1 200", bytes(start_of_answer[:80])


def scrape(port, is_gzip, query=""):
    """Wall seconds, seconds to the first byte, bytes."""
    room = memoryview(bytearray(1 << 20))
    start = time.monotonic()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request(is_gzip, query))
        size = connection.recv_into(room)
        first = time.monotonic() - start
        check_head(room)
        while got := connection.recv_into(room):
            size += got
    return time.monotonic() - start, first, size


class Watcher:
    """A client that never sleeps, so that no server has to wake it, and reads much at a time, so that it seldom delays
    a sender. Otherwise the cost of waking and waiting would depend on how the two happen to meet."""

    def __init__(self):
        self.room = memoryview(bytearray(256 << 10))  # stays in the processor's cache

    def scrape(self, port, is_gzip):
        """Wall seconds, bytes."""
        start = time.monotonic()
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1 << 20)
            connection.connect(("127.0.0.1", port))
            connection.sendall(request(is_gzip))
            watch = select.poll()
            watch.register(connection, select.POLLIN)
            size = 0
            while True:
                while not watch.poll(0):
                    pass
                got = connection.recv_into(self.room)
                if size == 0:
                    check_head(self.room)
                if got == 0:
                    return time.monotonic() - start, size
                size += got
