"""The candidates as processes, and what a scrape of one of them takes."""

import pathlib
import socket
import subprocess
import time

NANOSECOND = 1e-9


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
    """A candidate; a context manager."""

    def __init__(self, server, candidate, sessions):
        self.port = free_port()
        self.process = subprocess.Popen([server, candidate, str(sessions), str(self.port)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdout.readline() == "ok\n", candidate

    def step(self):
        """A third of the values goes on."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "ok\n"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def processor_seconds(pid):
    return sum(int(path.read_text().split()[0]) * NANOSECOND
               for path in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"))


def peak_mb(pid):
    """In units of 1,000,000 bytes, as sizes of answers are."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in status.splitlines() if line.startswith("VmHWM:"))


def scrape(port, is_gzip, query=""):
    """Wall seconds, seconds to the first byte, bytes."""
    coding = b"Accept-Encoding: gzip\r\n" if is_gzip else b""
    room = memoryview(bytearray(1 << 20))
    start = time.monotonic()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /metrics%s HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n%s\r\n"
                           % (query.encode(), coding))
        size = connection.recv_into(room)
        first = time.monotonic() - start
        assert bytes(room[:12]) == b"HTTP/1.1 200", bytes(room[:80])
        while got := connection.recv_into(room):
            size += got
    return time.monotonic() - start, first, size
