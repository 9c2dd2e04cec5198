"""Waiting for what other processes do, with a deadline."""

import time


def wait_until(condition, seconds, what, pause=0.1):
    """Returns the first true result of `condition`. After `seconds` without one: AssertionError naming `what`.

    The condition is tried once more after the deadline, so a slow try cannot fail for its own slowness.
    """
    deadline = time.monotonic() + seconds
    while True:
        late = time.monotonic() > deadline
        result = condition()
        if result:
            return result
        if late:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(pause)
