"""What the agent's processes may do, and what a process with the agent's rights may do."""

import pathlib

from machine import must, run

CAP_NET_ADMIN = 1 << 12
_SETS = ("CapInh", "CapPrm", "CapEff", "CapAmb", "CapBnd")

# As the agent is after its start: its user and groups, no capability, and no program can regain one.
AS_AGENT = ("setpriv --reuid pppol2tp-agent --regid pppol2tp-agent --groups pppol2tp --no-new-privs"
            " --inh-caps -all --bounding-set -all,+net_admin")


def facts(pid):
    """{name: value} of /proc/PID/status."""
    lines = pathlib.Path("/proc", str(pid), "status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def capabilities(pid):
    found = facts(pid)
    return {name: int(found[name], 16) for name in _SETS}


def kernel_readers():
    """The processes that ask the kernel for the agent: the keeper, and the reader that it watches."""
    return must("pgrep -x pppol2tp-kernel").split()


def reaches_into(pid):
    """Whether a process with the agent's rights can read that process' memory."""
    return run(f"{AS_AGENT} head -c 1 /proc/{pid}/maps")[1] != "" and run(f"{AS_AGENT} test -r /proc/{pid}/mem")[0] == 0
