"""The web configuration: TLS, client certificates, users and headers as curl sees them, and what a reload changes."""

import contextlib
import re
import signal
import socket
import subprocess
import unittest

from running import PATIENCE, free_port, run_agent, wait_until
from web import (OTHER_PASSWORD, OTHER_PASSWORD_HASH, PASSWORD, PASSWORD_HASH, USER, Certificates, WebAgent)

USERS = f"basic_auth_users:\n  {USER}: {PASSWORD_HASH}\n"
SERVER = "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n"
MUTUAL = SERVER + "  client_ca_file: ca.crt\n  client_auth_type: RequireAndVerifyClientCert\n"


class WebConfig(unittest.TestCase):
    def agent(self, web, start=True, **options):
        agent = WebAgent(web, **options)
        self.addCleanup(agent.__exit__)
        self.ca = Certificates(agent.path)
        self.ca.issue("server", "IP:127.0.0.1", "serverAuth")
        if start:
            agent.start()
        return agent

    def client(self, name="client", san="DNS:scraper.example", ca=None):
        """curl's arguments for a client with its own certificate."""
        certificate, key = (ca or self.ca).issue(name, san, "clientAuth")
        return "--cacert", self.ca.file, "--cert", certificate, "--key", key

    def reload(self, agent):
        """Reloads the configuration by signal, and waits for the result."""
        before = agent.log.read_text().count("reloaded")
        agent.process.send_signal(signal.SIGHUP)
        wait_until("it has read its configuration", lambda: agent.log.read_text().count("reloaded") > before)


class Tls(WebConfig):
    def test_serves_https_and_no_http(self):
        agent = self.agent(SERVER)
        self.assertEqual(agent.curl("/-/healthy", "--cacert", self.ca.file), (200, "healthy\n"))
        self.assertEqual(agent.curl("/-/healthy", scheme="http")[0], 0)

    def test_certificate_in_the_file_itself_serves_as_well(self):
        agent = self.agent(SERVER, start=False)
        indented = {part: "\n".join("    " + line for line in (agent.path / f"server.{part}").read_text().splitlines())
                    for part in ("crt", "key")}
        agent.write_web(f"tls_server_config:\n  cert: |\n{indented['crt']}\n  key: |\n{indented['key']}\n")
        agent.start()
        self.assertEqual(agent.curl("/-/healthy", "--cacert", self.ca.file)[0], 200)

    def test_versions_outside_the_range_are_not_served(self):
        agent = self.agent(SERVER + "  max_version: TLS12\n")
        for version, status in (("--tls-max=1.2", 200), ("--tlsv1.3", 0)):
            arguments = version.split("=")
            self.assertEqual(agent.curl("/-/healthy", "--cacert", self.ca.file, *arguments)[0], status, version)
        agent.write_web(SERVER + "  min_version: TLS13\n")
        self.reload(agent)
        for version, status in (("--tls-max=1.2", 0), ("--tlsv1.3", 200)):
            arguments = version.split("=")
            self.assertEqual(agent.curl("/-/healthy", "--cacert", self.ca.file, *arguments)[0], status, version)

    def test_cipher_suites_that_are_not_listed_are_not_served(self):
        agent = self.agent(SERVER + "  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]\n")
        for cipher, status in (("ECDHE-ECDSA-AES256-GCM-SHA384", 200), ("ECDHE-ECDSA-AES128-GCM-SHA256", 0)):
            self.assertEqual(
                agent.curl("/-/healthy", "--cacert", self.ca.file, "--tls-max", "1.2", "--ciphers", cipher)[0],
                status, cipher)

    def test_curves_that_are_not_listed_are_not_served(self):
        agent = self.agent(SERVER + "  curve_preferences: [CurveP384]\n")
        for curve, status in (("P-384", 200), ("X25519", 0)):
            self.assertEqual(
                agent.curl("/-/healthy", "--cacert", self.ca.file, "--tlsv1.3", "--curves", curve)[0], status, curve)

    def test_unfinished_handshakes_do_not_keep_others_waiting(self):
        agent = self.agent(SERVER, http="{threads: 2, request_timeout: 1m}")
        with contextlib.ExitStack() as slow:
            for beginning in 10 * (b"\x16\x03\x01\x02\x00", b"GET / HTTP/1.1\r\n", b"\x16"):
                connection = slow.enter_context(socket.create_connection(("127.0.0.1", agent.port)))
                connection.sendall(beginning)
            self.assertEqual(agent.curl("/-/healthy", "--cacert", self.ca.file), (200, "healthy\n"))

    def test_every_address_is_served_alike(self):
        port = free_port()
        agent = self.agent(SERVER, start=False)
        agent.write_config(listen=f'["127.0.0.1:{agent.port}", "[::1]:{port}"]')
        agent.start()
        for address in (f"127.0.0.1:{agent.port}", f"[::1]:{port}"):
            done = subprocess.run(["curl", "--silent", "--insecure", f"https://{address}/-/healthy"],
                                  capture_output=True, text=True, timeout=PATIENCE, check=False)
            self.assertEqual(done.stdout, "healthy\n", address)

    def test_large_answer_comes_whole(self):
        agent = self.agent(SERVER)
        status, body = agent.curl("/metrics", "--cacert", self.ca.file)
        self.assertEqual(status, 200)
        self.assertIn("pppol2tp_sessions_up 0", body)


class ClientCertificates(WebConfig):
    def test_client_without_one_of_the_right_issuer_is_turned_away(self):
        agent = self.agent(MUTUAL)
        other = Certificates(agent.path, "other")
        self.assertEqual(agent.curl("/-/healthy", *self.client())[0], 200)
        self.assertEqual(agent.curl("/-/healthy", "--cacert", self.ca.file)[0], 0)
        self.assertEqual(agent.curl("/-/healthy", *self.client("stranger", ca=other))[0], 0)

    def test_server_certificate_is_no_clients(self):
        agent = self.agent(MUTUAL)
        certificate, key = self.ca.issue("server2", "IP:127.0.0.1", "serverAuth")
        self.assertEqual(agent.curl("/-/healthy", "--cacert", self.ca.file, "--cert", certificate, "--key", key)[0], 0)

    def test_each_type_takes_what_it_says(self):
        agent = self.agent(SERVER, start=False)
        agent.start()
        other = Certificates(agent.path, "other")
        clients = {"none": ("--cacert", self.ca.file), "stranger": self.client("stranger", ca=other),
                   "known": self.client()}
        taken = {"NoClientCert": {"none", "stranger", "known"}, "RequestClientCert": {"none", "stranger", "known"},
                 "RequireAnyClientCert": {"stranger", "known"}, "RequireClientCert": {"stranger", "known"},
                 "VerifyClientCertIfGiven": {"none", "known"}, "RequireAndVerifyClientCert": {"known"}}
        for kind, expected in taken.items():
            ca = "  client_ca_file: ca.crt\n" if "Verify" in kind else ""
            agent.write_web(SERVER + ca + f"  client_auth_type: {kind}\n")
            self.reload(agent)
            got = {name for name, arguments in clients.items() if agent.curl("/-/healthy", *arguments)[0] == 200}
            self.assertEqual(got, expected, kind)

    def test_client_needs_one_of_the_allowed_names(self):
        agent = self.agent(MUTUAL + "  client_allowed_sans: [prometheus.example, 192.0.2.7, 'spiffe://x/y']\n")
        for name, san, status in (("a", "DNS:other.example,DNS:prometheus.example", 200), ("b", "IP:192.0.2.7", 200),
                                  ("c", "URI:spiffe://x/y", 200), ("d", "DNS:x.prometheus.example", 0),
                                  ("e", "DNS:scraper.example", 0), ("f", "email:prometheus.example@x", 0)):
            self.assertEqual(agent.curl("/-/healthy", *self.client(name, san))[0], status, san)


class Users(WebConfig):
    def test_only_users_with_their_password_are_served_on_every_path(self):
        agent = self.agent(USERS)
        for path in ("/", "/metrics", "/-/healthy", "/-/ready", "/nowhere"):
            status = 404 if path == "/nowhere" else 200
            self.assertEqual(agent.curl(path, "--user", f"{USER}:{PASSWORD}", scheme="http")[0], status, path)
            for arguments in ((), ("--user", f"{USER}:wrong"), ("--user", f"nobody:{PASSWORD}"),
                              ("--user", f"{USER}:"), ("--header", "Authorization: Basic !"),
                              ("--header", "Authorization: Bearer x")):
                self.assertEqual(agent.curl(path, *arguments, scheme="http")[0], 401, (path, arguments))

    def test_refusal_asks_for_basic_authentication(self):
        agent = self.agent(USERS)
        status, headers = agent.curl("/metrics", "--head", scheme="http")
        self.assertEqual(status, 401)
        self.assertIn("WWW-Authenticate: Basic\n", headers.replace("\r", ""))

    def test_reload_needs_them_as_well(self):
        agent = self.agent(USERS)
        self.assertEqual(agent.curl("/-/reload", "--request", "POST", scheme="http")[0], 401)
        self.assertEqual(
            agent.curl("/-/reload", "--request", "POST", "--user", f"{USER}:{PASSWORD}", scheme="http")[0], 200)


class Headers(WebConfig):
    def test_configured_headers_are_on_every_answer(self):
        agent = self.agent("http_server_config:\n  headers:\n    X-Frame-Options: deny\n"
                           "    Content-Security-Policy: default-src 'self'\n"
                           "    Strict-Transport-Security: max-age=63072000\n")
        for path in ("/", "/metrics", "/nowhere"):
            headers = agent.curl(path, "--head", scheme="http")[1]
            for line in ("X-Frame-Options: deny", "Content-Security-Policy: default-src 'self'",
                         "Strict-Transport-Security: max-age=63072000"):
                self.assertEqual(headers.count(line), 1, (path, line))

    def test_rate_limit_answers_429(self):
        agent = self.agent("rate_limit:\n  interval: 1h\n  burst: 2\n")
        statuses = [agent.curl("/-/healthy", scheme="http")[0] for _ in range(4)]
        self.assertEqual(statuses, [200, 200, 429, 429])


class Reload(WebConfig):
    def serial(self, agent):
        """The description in the server's certificate."""
        shown = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{agent.port}"], input="",
                               capture_output=True, text=True, timeout=PATIENCE, check=False).stdout
        return re.search(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", shown, re.DOTALL)[0]

    def test_takes_new_users_and_certificates_without_a_restart(self):
        agent = self.agent(SERVER + USERS)
        before = self.serial(agent)
        self.assertEqual(
            agent.curl("/-/healthy", "--cacert", self.ca.file, "--user", f"{USER}:{PASSWORD}")[0], 200)
        self.ca.issue("server", "IP:127.0.0.1", "serverAuth")
        agent.write_web(SERVER + f"basic_auth_users:\n  {USER}: {OTHER_PASSWORD_HASH}\n")
        self.reload(agent)
        self.assertNotEqual(self.serial(agent), before)
        for password, status in ((PASSWORD, 401), (OTHER_PASSWORD, 200)):
            self.assertEqual(
                agent.curl("/-/healthy", "--cacert", self.ca.file, "--user", f"{USER}:{password}")[0], status)

    def test_bad_one_leaves_the_old_one_in_force(self):
        agent = self.agent(SERVER + USERS)
        asking = ("--cacert", self.ca.file, "--user", f"{USER}:{PASSWORD}")
        (agent.path / "broken.crt").write_text("no certificate\n")
        for bad, named in (("tls_server_config: 7\n", "web.yml:1: tls_server_config"),
                           (USERS, "TLS is switched off by a restart"),
                           (SERVER.replace("server.crt", "gone.crt"), "gone.crt"),
                           (SERVER.replace("server.crt", "broken.crt"), "broken.crt"),
                           (SERVER.replace("server.key", "ca.key"), "ca.key")):
            agent.write_web(bad)
            status, body = agent.curl("/-/reload", "--request", "POST", *asking)
            self.assertEqual(status, 500, bad)
            self.assertIn(named, body)
            self.assertEqual(agent.curl("/-/healthy", *asking)[0], 200, bad)
            self.assertEqual(agent.curl("/-/healthy", "--cacert", self.ca.file)[0], 401, bad)
        self.assertIn("pppol2tp_agent_config_last_reload_successful 0", agent.curl("/metrics", *asking)[1])

    def test_no_secret_comes_into_log_or_answer(self):
        agent = self.agent(USERS)
        agent.write_web("basic_auth_users:\n  someone: plain-text-password\n")
        body = agent.curl("/-/reload", "--request", "POST", "--user", f"{USER}:{PASSWORD}", scheme="http")[1]
        self.assertIn("web.yml:2: basic_auth_users: \"someone\"", body)
        for text in (body, agent.log.read_text()):
            self.assertNotIn("plain-text-password", text)
            self.assertNotIn(PASSWORD_HASH, text)


class Check(WebConfig):
    """What --check-config and the start report, and what Prometheus' own parser of such files says."""

    def refusal(self, agent, text):
        agent.write_web(text)
        status, _, err = run_agent("--config", str(agent.config), "--check-config")
        self.assertEqual(status, 2, text)
        return err

    def promtool_takes(self, agent):
        return subprocess.run(["promtool", "check", "web-config", str(agent.web_config)], capture_output=True,
                              timeout=PATIENCE, check=False).returncode == 0

    def test_file_that_is_right_is_right_for_prometheus_too(self):
        agent = self.agent("", start=False)
        for text in ("", SERVER, MUTUAL, USERS, MUTUAL + USERS,
                     SERVER + "  min_version: TLS13\n  cipher_suites: [TLS_AES_128_GCM_SHA256]\n"
                              "  curve_preferences: [X25519, CurveP256]\n  prefer_server_cipher_suites: false\n",
                     "http_server_config:\n  http2: false\n  headers:\n    X-Content-Type-Options: nosniff\n"):
            agent.write_web(text)
            self.assertEqual(run_agent("--config", str(agent.config), "--check-config")[0], 0, text)
            self.assertTrue(self.promtool_takes(agent), text)

    def test_file_that_is_wrong_for_prometheus_is_wrong_here_with_line_and_key(self):
        agent = self.agent("", start=False)
        for text, named in (("tls_server_config:\n  cert_fil: x\n", "web.yml:2: unknown key \"tls_server_config.cert_fil\""),
                            ("basic_auth_users:\n  a: b\n", "web.yml:2: basic_auth_users"),
                            (SERVER + "  client_auth_type: Always\n", "web.yml:4: tls_server_config.client_auth_type"),
                            (SERVER + "  client_ca_file: ca.crt\n", "client_auth_type"),
                            (SERVER + "  min_version: TLS14\n", "web.yml:4: tls_server_config.min_version"),
                            (SERVER + "  cipher_suites: [NULL-MD5]\n", "web.yml:4: tls_server_config.cipher_suites"),
                            (SERVER + "  curve_preferences: [P256]\n", "web.yml:4: tls_server_config.curve_preferences"),
                            ("tls_server_config:\n  cert_file: server.crt\n", "key"),
                            ("tls_server_config:\n  key_file: server.key\n", "cert"),
                            (SERVER.replace("server.key", "gone.key"), "gone.key"),
                            ("http_server_config:\n  headers:\n    X-Frame-Options: allow\n",
                             "web.yml:3: http_server_config.headers.X-Frame-Options")):
            self.assertIn(named, self.refusal(agent, text))
            self.assertFalse(self.promtool_takes(agent), text)

    def test_what_cannot_be_done_here_is_refused_with_the_reason(self):
        agent = self.agent("", start=False)
        self.assertIn("HTTP/1.1 only", self.refusal(agent, "http_server_config:\n  http2: true\n"))
        self.assertIn("RFC 8996", self.refusal(agent, SERVER + "  min_version: TLS11\n"))
        self.assertIn("needs client_ca", self.refusal(agent, SERVER + "  client_auth_type: VerifyClientCertIfGiven\n"))

    def test_agent_does_not_start_with_what_check_config_refuses(self):
        agent = self.agent("tls_server_config: 7\n", start=False)
        status, _, err = run_agent("--config", str(agent.config))
        self.assertNotEqual(status, 0)
        self.assertIn("web.yml:1: tls_server_config", err)

    def test_key_with_a_passphrase_is_refused_and_nobody_is_asked_for_it(self):
        agent = self.agent("", start=False)
        subprocess.run(["openssl", "ec", "-aes256", "-passout", "pass:x", "-in", agent.path / "server.key", "-out",
                        agent.path / "locked.key"], check=True, capture_output=True, timeout=PATIENCE)
        self.assertIn("locked.key", self.refusal(agent, SERVER.replace("server.key", "locked.key")))


if __name__ == "__main__":
    unittest.main()
