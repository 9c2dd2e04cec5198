"""Both ends of the session that deploy/examples make: the LNS, and the LAC in the network namespace lac."""

from machine import HERE, must, of_family, run, samples, wait_until

LAC = ("systemd-run --quiet --collect --unit=lac ip netns exec lac xl2tpd -D -c {0}/examples/xl2tpd-lac/xl2tpd.conf"
       " -p /run/xl2tpd-lac.pid -C /run/xl2tpd-lac.control").format(HERE)


def dial():
    must(LAC)


def hang_up():
    """Stops the LAC, and waits for both ends."""
    must("systemctl stop lac")
    wait_until(lambda: not pppds(), 60, "xl2tpd's sessions have ended")


def redial():
    """Not left to xl2tpd: sometimes it does not dial again after both ends have gone at once."""
    hang_up()
    dial()


def both_up():
    """All samples, as soon as both ends of the session are up."""
    found = samples()
    return found if sum(of_family(found, "pppol2tp_session_up").values()) == 2 else None


def pppds():
    return sorted(run("pgrep -x pppd")[1].split())
