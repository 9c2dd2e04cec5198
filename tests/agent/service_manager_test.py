"""The messages that a service manager gets from the agent, on the socket on which systemd would listen."""

import os
import signal
import socket
import unittest

from running import Agent, PATIENCE


class ServiceManager(unittest.TestCase):
    def setUp(self):
        self.agent = Agent()
        self.addCleanup(self.agent.__exit__)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.socket.close)
        self.socket.bind(str(self.agent.path / "notify"))
        self.socket.settimeout(PATIENCE)
        self.agent.how = {"env": os.environ | {"NOTIFY_SOCKET": self.socket.getsockname(), "WATCHDOG_USEC": "2000000"}}

    def hear(self):
        """The next message other than a watchdog's keep-alive, as {name: value}."""
        while True:
            message = self.socket.recv(4096).decode()
            if message != "WATCHDOG=1":
                return dict(line.split("=", 1) for line in message.splitlines())

    def test_hears_ready_with_addresses_then_reload_then_stop(self):
        self.agent.start()
        self.assertEqual(self.hear(), {"READY": "1", "STATUS": f"Listening on 127.0.0.1:{self.agent.port}"})

        self.agent.process.send_signal(signal.SIGHUP)
        self.assertEqual(self.hear()["RELOADING"], "1")
        self.assertEqual(self.hear(), {"READY": "1", "STATUS": f"Listening on 127.0.0.1:{self.agent.port}"})

        self.assertEqual(self.agent.stop(), 0)
        self.assertEqual(self.hear(), {"STOPPING": "1"})

    def test_hears_that_a_configuration_file_was_refused_and_the_agent_goes_on(self):
        self.agent.start()
        self.hear()
        self.agent.config.write_text("no such option: 1\n")
        self.agent.process.send_signal(signal.SIGHUP)
        self.assertEqual(self.hear()["RELOADING"], "1")
        told = self.hear()
        self.assertEqual(told["READY"], "1")
        self.assertIn("the configuration file was refused", told["STATUS"])
        self.assertTrue(self.agent.is_ready())

    def test_hears_signs_of_life_as_long_as_the_loop_runs(self):
        self.agent.start()
        for _ in range(3):
            while self.socket.recv(4096) != b"WATCHDOG=1":
                pass


if __name__ == "__main__":
    unittest.main()
