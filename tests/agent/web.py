"""Certificates, users, and an agent with a web configuration; for the tests in this folder."""

import subprocess
import tempfile
import pathlib

from running import PATIENCE, Agent

# bcrypt with the lowest cost, to keep the tests fast.
USER, PASSWORD = "scraper", "scraper-secret"
PASSWORD_HASH = "$2b$04$abcdefghijklmnopqrstuuL2aJBfYSnNfggK5eW600sSG3NKtO/ry"
OTHER_PASSWORD = "other-secret"
OTHER_PASSWORD_HASH = "$2b$04$abcdefghijklmnopqrstuuZmUGu3q/UDnsna30Ge.rhp8Dd9ibIc."


def openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=PATIENCE,
                          check=False)
    assert done.returncode == 0, done.stderr


class Certificates:
    """A certificate authority in a directory, and what it issued there: <name>.crt and <name>.key."""

    def __init__(self, directory, name="ca"):
        self.path = pathlib.Path(directory)
        self.name = name
        self.file = self.path / f"{name}.crt"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "2",
                "-subj", f"/CN={name}", "-keyout", self.path / f"{name}.key", "-out", self.file)

    def issue(self, name, san, usage):
        """The paths of certificate and key."""
        certificate, key, request = (self.path / f"{name}.{end}" for end in ("crt", "key", "csr"))
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-subj", f"/CN={name}",
                "-keyout", key, "-out", request)
        with tempfile.NamedTemporaryFile("w", suffix=".ext") as extensions:
            extensions.write(f"subjectAltName={san}\nextendedKeyUsage={usage}\n")
            extensions.flush()
            openssl("x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self.path / f"{self.name}.key",
                    "-CAcreateserial", "-days", "2", "-extfile", extensions.name, "-out", certificate)
        return certificate, key


class WebAgent(Agent):
    """An agent whose web configuration is given as text; a context manager. Certificates are in its directory."""

    def __init__(self, web, **options):
        super().__init__(**options)
        self.web_config = self.path / "web.yml"
        self.write_web(web)
        self.write_config(web_config_file=self.web_config)

    def write_web(self, text):
        self.web_config.write_text(text)

    def is_ready(self):
        return b"listening" in self.log.read_bytes()

    def curl(self, path, *arguments, scheme="https"):
        """(status, body), using curl; without an answer, the status is 0 and the body says why."""
        done = subprocess.run(
            ["curl", "--silent", "--show-error", "--max-time", str(PATIENCE), "--write-out", "\n%{http_code}",
             *map(str, arguments), f"{scheme}://127.0.0.1:{self.port}{path}"],
            capture_output=True, text=True, timeout=2 * PATIENCE, check=False)
        body, _, status = done.stdout.rpartition("\n")
        return int(status), body if done.returncode == 0 else done.stderr
