"""The process that asks the kernel: its rights, the agent's rights, and what happens when it dies."""

import contextlib
import os
import pathlib
import signal
import subprocess
import unittest

from running import AS_NOBODY, NOBODY, Agent, program_for_nobody, run_agent, wait_until

CAP_NET_ADMIN, CAP_SYS_ADMIN = 1 << 12, 1 << 21
HEALTH = 'pppol2tp_agent_collector_success{collector="kernel"}'
WITHOUT_CAPABILITIES = ("setpriv", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs")


def children(pid):
    return [int(word) for word in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def status(pid, field):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        name, value = line.split(":", 1)
        if name == field:
            return value.strip()
    raise KeyError(field)


def capabilities(pid, which):
    return int(status(pid, which), 16)


def open_files(pid):
    """Ignores those that are closed meanwhile, such as the state file's after each checkpoint."""
    folder = f"/proc/{pid}/fd"
    files = {}
    for number in os.listdir(folder):
        with contextlib.suppress(FileNotFoundError):
            files[int(number)] = os.readlink(f"{folder}/{number}")
    return files


def runs(pid):
    try:
        return status(pid, "State")[0] != "Z"
    except FileNotFoundError:
        return False


def reader_of(keeper):
    """None if there is none."""
    try:
        return next(iter(children(keeper)), None)
    except FileNotFoundError:
        return None


@unittest.skipUnless(os.geteuid() == 0, "only root has capabilities to give up")
class KernelReader(unittest.TestCase):
    def start(self, **options):
        self.agent = Agent(ask_kernel="true", **options)
        self.addCleanup(self.agent.__exit__)
        self.agent.start()
        self.keeper, = children(self.agent.process.pid)
        wait_until("it has a reader", lambda: reader_of(self.keeper))
        self.reader = reader_of(self.keeper)

    def log(self):
        return self.agent.log.read_text()

    def test_agent_has_no_capability_and_its_reader_one(self):
        self.start()
        seen = 0
        for task in os.listdir(f"/proc/{self.agent.process.pid}/task"):
            # A checkpoint's thread exists only while the checkpoint is written.
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                for which in ("CapPrm", "CapEff", "CapInh", "CapAmb", "CapBnd"):
                    self.assertEqual(capabilities(task, which), 0, which)
                self.assertEqual(status(task, "NoNewPrivs"), "1")
                seen += 1
        self.assertGreater(seen, 2)
        for pid in (self.keeper, self.reader):
            for which in ("CapPrm", "CapEff", "CapBnd"):
                self.assertEqual(capabilities(pid, which), CAP_NET_ADMIN, which)

    def test_reader_may_enter_network_namespaces_only_when_some_are_named(self):
        self.start(network_namespaces="[blue]")
        self.assertEqual(capabilities(self.reader, "CapEff"), CAP_NET_ADMIN | CAP_SYS_ADMIN)

    def test_reader_has_the_socket_and_nothing_else_of_the_agents(self):
        self.start()
        for pid in (self.keeper, self.reader):
            descriptors = open_files(pid)
            self.assertTrue(descriptors.pop(0).startswith("socket:"), descriptors)
            self.assertEqual(descriptors.pop(2), str(self.agent.log))
            descriptors.pop(1)
            self.assertEqual([what for what in descriptors.values() if not what.startswith("socket:")], [])
            self.assertEqual(set(descriptors.values()) & set(open_files(self.agent.process.pid).values()), set())
            self.assertEqual(pathlib.Path(f"/proc/{pid}/environ").read_bytes(), b"")

    def test_agents_user_cannot_reach_into_the_reader(self):
        self.start()

        def reaches(pid):
            reading = subprocess.run([*WITHOUT_CAPABILITIES, "head", "-c1", f"/proc/{pid}/maps"],
                                     capture_output=True, check=False)
            return reading.returncode == 0

        self.assertTrue(reaches(self.agent.process.pid))
        for pid in (self.keeper, self.reader):
            self.assertFalse(reaches(pid))

    def test_reader_that_dies_is_told_of_and_started_again(self):
        self.start()
        os.kill(self.reader, signal.SIGKILL)
        wait_until("it is said", lambda: "the kernel reader was killed by signal 9" in self.log())
        self.assertEqual(self.agent.value(HEALTH), 0)
        wait_until("there is another one", lambda: reader_of(self.keeper) not in (None, self.reader))
        # If this machine's kernel has L2TP, asking works again; if not, the missing L2TP is the problem that is
        # reported.
        wait_until("it speaks", lambda: "was killed" not in self.log().rstrip().splitlines()[-1])

    def test_keeper_that_dies_takes_its_reader_along_and_is_told_of(self):
        self.start()
        os.kill(self.keeper, signal.SIGKILL)
        wait_until("it is said", lambda: "only a restart of the agent brings it back" in self.log())
        wait_until("the reader has gone", lambda: not runs(self.reader))
        self.assertEqual(self.agent.value(HEALTH), 0)
        self.assertEqual(self.agent.stop(), 0)

    def test_both_go_when_the_agent_is_killed(self):
        self.start()
        self.agent.kill()
        wait_until("they have gone", lambda: not runs(self.keeper) and not runs(self.reader))

    def test_signals_to_all_processes_end_the_agent_without_a_complaint(self):
        self.start()
        for pid in (self.reader, self.keeper, self.agent.process.pid):
            os.kill(pid, signal.SIGTERM)
        self.assertEqual(self.agent.process.wait(timeout=20), 0)
        self.assertNotIn("the kernel reader", self.log())
        self.assertFalse(runs(self.keeper) or runs(self.reader))

    def test_agent_without_any_capability_asks_all_the_same_and_says_what_it_lacks(self):
        self.agent = Agent(ask_kernel="true")
        self.addCleanup(self.agent.__exit__)
        os.chown(self.agent.path, NOBODY, NOBODY)
        self.agent.config.chmod(0o644)
        self.agent.program = program_for_nobody(self.agent.path)
        self.agent.how = AS_NOBODY
        self.agent.start()
        wait_until("it says so", lambda: self.agent.value(HEALTH) == 0)
        self.assertRegex(self.log(), "CAP_NET_ADMIN is missing|l2tp_netlink is not there")

    def test_reader_by_hand_says_who_starts_it(self):
        exit_status, _, said = run_agent("--kernel-reader", stdin=subprocess.DEVNULL)
        self.assertEqual(exit_status, 2)
        self.assertIn("is started by the agent, not by hand", said)


if __name__ == "__main__":
    unittest.main()
