"""A running system, seen by a test inside it: its shell, its packages, the agent's service and metrics."""

import pathlib
import re
import subprocess
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
NEW, OLD = (sorted(map(str, (HERE / name).glob("*.deb"))) for name in ("new", "old"))


def run(command, *arguments):
    """(exit status, output) of a shell command."""
    done = subprocess.run(["sh", "-euc", command, "sh", *map(str, arguments)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def must(command, *arguments):
    status, output = run(command, *arguments)
    assert status == 0, f"exit status {status} of: {command}\n{output}"
    return output.strip()


def wait_until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while True:
        late = time.monotonic() > deadline
        result = condition()
        if result:
            return result
        if late:
            raise AssertionError(f"not within {seconds} s: {what}\n" + run("journalctl --no-pager -n 40; ip addr")[1])
        time.sleep(0.3)


def install(debs):
    return must('DEBIAN_FRONTEND=noninteractive dpkg -i "$@"', *debs)


def service(what):
    return must(f"systemctl show -p {what} --value pppol2tp-agent")


def samples():
    """{series: value}; empty while nothing serves metrics."""
    try:
        with urllib.request.urlopen("http://127.0.0.1:11701/metrics", timeout=10) as answer:
            text = answer.read().decode()
    except OSError:
        return {}
    return {match[1]: float(match[2]) for match in re.finditer(r"^([^#\s].*) (\S+)$", text, re.MULTILINE)}


def of_family(found, name):
    return {series: value for series, value in found.items() if series.partition("{")[0] == name}
