"""Listening sockets passed by systemd, tested with systemd's own tool for that."""

import os
import signal
import subprocess
import unittest
import urllib.request

from running import AGENT, PATIENCE, Agent, free_port, run_agent, wait_until


class SocketActivation(unittest.TestCase):
    def test_every_passed_socket_is_served_whatever_its_family(self):
        with_config = Agent(listen="[systemd]")
        self.addCleanup(with_config.__exit__)
        addresses = [f"127.0.0.1:{free_port()}", f"[::1]:{free_port()}"]
        flags = [f"--listen={address}" for address in addresses]
        with open(with_config.log, "ab") as log:
            with_config.process = subprocess.Popen(
                ["systemd-socket-activate", *flags, AGENT, "--config", str(with_config.config)], stderr=log)
        wait_until("the sockets are there", lambda: with_config.log.read_text().count("Listening on") == 2)
        for address in addresses:
            with urllib.request.urlopen(f"http://{address}/-/healthy", timeout=PATIENCE) as answer:
                self.assertEqual(answer.read(), b"healthy\n", address)
        with_config.process.send_signal(signal.SIGTERM)
        self.assertEqual(with_config.process.wait(timeout=PATIENCE), 0)

    def test_agent_says_so_when_none_is_passed(self):
        agent = Agent(listen="[systemd]")
        self.addCleanup(agent.__exit__)
        for environment in ({}, {"LISTEN_FDS": "1", "LISTEN_PID": "1"}, {"LISTEN_FDS": "x"}):
            status, _, err = run_agent("--config", str(agent.config), env=os.environ | environment)
            self.assertEqual(status, 1)
            self.assertIn("no sockets were passed", err)

    def test_descriptor_that_is_no_listening_socket_is_refused(self):
        agent = Agent(listen="[systemd]")
        self.addCleanup(agent.__exit__)
        done = subprocess.run(
            ["/bin/sh", "-c", 'export LISTEN_FDS=1 LISTEN_PID=$$; exec "$0" --config "$1" 3< /dev/null', AGENT,
             str(agent.config)], capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("descriptor 3 does not listen for TCP", done.stderr)


if __name__ == "__main__":
    unittest.main()
