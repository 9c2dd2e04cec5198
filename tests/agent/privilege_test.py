"""An agent without any privilege reads what root's pppds publish, and cannot change it."""

import os
import subprocess
import unittest

from running import AS_NOBODY, NOBODY, Agent, Speaker, program_for_nobody, wait_until

READING, WRITING = "<", ">>"


def nobody_can_open_for(redirection, path):
    tried = subprocess.run(["/bin/sh", "-c", f': {redirection} "$1"', "sh", str(path)], stderr=subprocess.DEVNULL,
                           cwd="/", check=False, **AS_NOBODY)
    return tried.returncode == 0


@unittest.skipUnless(os.geteuid() == 0, "only root can run an agent as somebody else")
class Privilege(unittest.TestCase):
    def test_group_of_the_rings_directory_is_enough_to_read_and_nothing_more(self):
        agent = Agent(retention="1m")
        self.addCleanup(agent.__exit__)
        os.chown(agent.path, 0, NOBODY)
        own = agent.path / "own"
        own.mkdir()
        os.chown(own, NOBODY, NOBODY)
        agent.config.chmod(0o644)
        agent.write_config(state_file=own / "state")
        agent.program = program_for_nobody(agent.path)
        agent.how = AS_NOBODY

        speaker = Speaker(agent.ring, 3, 4)
        self.addCleanup(speaker.close)
        speaker.say("run")
        agent.start()
        wait_until("it sees the session", lambda: agent.value("pppol2tp_sessions_up") == 1)
        wait_until("it keeps its memory", (own / "state").exists)

        self.assertTrue(nobody_can_open_for(READING, agent.ring))
        self.assertFalse(nobody_can_open_for(WRITING, agent.ring))
        os.chown(agent.ring, 0, 0)
        self.assertFalse(nobody_can_open_for(READING, agent.ring), "without its group")


if __name__ == "__main__":
    unittest.main()
