"""Who can do what with the ring, with the users, groups and modes that the packages install."""

import tree
from tree import AGENT, PLUGIN, TreeTest

# The way the systemd unit starts the agent.
AGENT_USER = ("setpriv --reuid pppol2tp-agent --regid pppol2tp-agent --groups pppol2tp --no-new-privs"
              " --inh-caps -all,+net_admin --ambient-caps -all,+net_admin --bounding-set -all,+net_admin")
NOBODY = "setpriv --reuid nobody --regid nogroup --clear-groups --inh-caps -all --bounding-set -all"

# A session in one of root's processes, using the plugin's own publisher. Opened for reading too, the pipe does not wait
# for a speaker that cannot start.
WITH_SESSION = """mkfifo /tmp/orders && : > /tmp/answers
    { /tests/session_speaker /run/pppol2tp/ring 1 2 < /tmp/orders >> /tmp/answers & }
    speaker=$!
    exec 9<> /tmp/orders
    echo run >&9
    until [ "$(grep -c ok /tmp/answers)" = 2 ]; do kill -0 $speaker; sleep 0.05; done
"""
CLEAN_UP = "\nexec 9>&-; wait; rm -f /tmp/orders /tmp/answers /run/pppol2tp/ring"


class Access(TreeTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.install(PLUGIN, AGENT)

    def can(self, who, command):
        """Whether the command succeeds for that user while a session runs."""
        told = self.must(WITH_SESSION + f"{who} sh -c '{command}' && echo can || echo cannot" + CLEAN_UP)
        return told.splitlines()[-1] == "can"

    def test_ring_is_roots_and_its_group_may_read_it(self):
        told = self.must(WITH_SESSION + "stat -c '%a %U:%G' /run/pppol2tp/ring" + CLEAN_UP)
        self.assertEqual(told.strip(), "640 root:pppol2tp")

    def test_agent_reads_the_ring(self):
        self.assertTrue(self.can(AGENT_USER, "head -c 8 /run/pppol2tp/ring > /dev/null"))

    def test_agent_cannot_write_the_ring_or_make_replace_or_remove_anything_beside_it(self):
        for attempt in (": >> /run/pppol2tp/ring", ": > /run/pppol2tp/other", "rm -f /run/pppol2tp/ring",
                        "mv /run/pppol2tp/ring /run/pppol2tp/x", "ln /run/pppol2tp/ring /run/pppol2tp/x",
                        "chmod 666 /run/pppol2tp/ring", "truncate -s 0 /run/pppol2tp/ring"):
            self.assertFalse(self.can(AGENT_USER, attempt + " 2> /dev/null"), attempt)

    def reaches_session(self, who, attempt):
        told = self.must(f"{WITH_SESSION} {who} sh -c '{attempt}' $speaker 2> /dev/null && echo can || echo cannot {CLEAN_UP}")
        return told.splitlines()[-1] == "can"

    def test_agent_cannot_signal_the_process_of_a_session_or_reach_into_it(self):
        for attempt in ("kill -0 $0", "kill -9 $0", ": >> /proc/$0/mem", "head -c 1 /proc/$0/maps | grep -q ."):
            self.assertTrue(self.reaches_session("env", attempt), f"root: {attempt}")
            self.assertFalse(self.reaches_session(AGENT_USER, attempt), attempt)

    def test_user_in_no_group_reads_nothing(self):
        for attempt in ("ls /run/pppol2tp", "head -c 8 /run/pppol2tp/ring"):
            self.assertFalse(self.can(NOBODY, attempt + " > /dev/null 2>&1"), attempt)

    def test_what_the_agent_remembers_is_its_own(self):
        self.must("install -d -o pppol2tp-agent -g pppol2tp-agent -m 700 /run/pppol2tp-agent")
        self.assertFalse(self.can(NOBODY, "ls /run/pppol2tp-agent > /dev/null 2>&1"))


if __name__ == "__main__":
    tree.main()
