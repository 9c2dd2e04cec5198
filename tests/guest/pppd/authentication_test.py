"""Authentications are counted by protocol and result on both sides, with pppd configured for each case."""

import itertools
import signal
import unittest

import twin
from link import Link, wait_for_exit
from sessions import AgentTest, results_of
from twin_scenarios import IPV4_UP, LNS, SOCKET
from waiting import wait_until

# pppd's option that requires it from the peer.
PROTOCOLS = {
    "pap": "require-pap",
    "chap_md5": "require-chap",
    "mschap": "require-mschap",
    "mschap_v2": "require-mschap-v2",
}
SECRETS = {"success": "secret", "failure": "wrong"}
DIRECTIONS = {"lns": "of_peer", "lac": "to_peer"}


class Authentications(AgentTest):
    def attempt(self, number, protocol_and_result):
        """A session from its start to its end. Returns both ends' labels and logs, by side."""
        protocol, result = protocol_and_result
        name = f"auth{number}"
        with Link(name, twin.DIRECTORY / name, number) as link:
            twin.start(link.lns, self.plugin, (*LNS, "name", "lns", "auth", PROTOCOLS[protocol]))
            twin.start(link.lac, self.plugin, (*SOCKET, "name", "user", "password", SECRETS[result], "noauth"))
            if result == "success":
                for end in link.ends.values():
                    end.wait_for(IPV4_UP)
                link.lac.process.send_signal(signal.SIGTERM)
            wait_for_exit(link.ends.values())
            return {side: (end.labels(), end.said()) for side, end in link.ends.items()}

    def counted(self):
        samples = self.agent.metrics().samples("pppol2tp_authentication_attempts_total")
        return {tuple(s.labels[k] for k in ("direction", "protocol", "result")): s.value for s in samples if s.value}

    def test_each_is_counted_once_on_each_side_by_its_protocol_and_its_result(self):
        attempts = list(itertools.product(PROTOCOLS, SECRETS))
        ended = results_of(self.attempt, attempts)
        expected = {(direction, *attempt): 1 for direction in DIRECTIONS.values() for attempt in attempts}
        wait_until(lambda: len(self.agent.ends()) == 2 * len(attempts), 20, "all ends told")
        self.assertEqual(self.counted(), expected)
        metrics = self.agent.metrics()
        for (protocol, result), ends in ended.items():
            for side, (labels, log) in ends.items():
                with self.subTest(protocol, result=result, side=side):
                    (info,) = metrics.samples("pppol2tp_session_info", **labels)
                    self.assertEqual(info.labels["authentication"], protocol, log)
                    proven = "user" if (side, result) == ("lns", "success") else ""
                    self.assertEqual(info.labels.get("user", ""), proven, log)


if __name__ == "__main__":
    unittest.main()
