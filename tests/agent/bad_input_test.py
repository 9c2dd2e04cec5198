"""Bad input gives one clear line that names what and where, and an exit status that is not zero."""

import contextlib
import os
import pathlib
import socket
import subprocess
import tempfile
import unittest

from running import AGENT, AS_NOBODY, PATIENCE, Agent, program_for_nobody, run_agent


@contextlib.contextmanager
def as_ordinary_user(directory):
    """Arguments for run_agent that make it run without root's right to read everything."""
    if os.geteuid() != 0:
        yield {}
        return
    directory.chmod(0o755)
    yield {"program": program_for_nobody(directory), **AS_NOBODY}


class BadInput(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.file = pathlib.Path(directory.name) / "agent.yml"

    def refusal(self, *arguments, **how):
        """The one line on standard error."""
        status, out, err = run_agent(*arguments, **how)
        self.assertNotEqual(status, 0, "exit status")
        self.assertEqual(out, "")
        self.assertEqual(err.count("\n"), 1, err)
        self.assertTrue(err.startswith("pppol2tp-agent: "), err)
        return err

    def config_refusal(self, text):
        self.file.write_text(text)
        refusals = {self.refusal("--config", str(self.file), *check) for check in ([], ["--check-config"])}
        self.assertEqual(len(refusals), 1, refusals)
        refusal = refusals.pop()
        self.assertIn(str(self.file), refusal)
        return refusal

    def test_unknown_key_is_named_with_its_line_and_the_nearest_that_exists(self):
        refusal = self.config_refusal("log_level: info\nretentoin: 5m\n")
        for part in (":2", "retentoin", "retention"):
            self.assertIn(part, refusal)

    def test_wrong_type_is_named_with_its_line_and_what_is_allowed(self):
        refusal = self.config_refusal("\nmax_sessions: many\n")
        for part in (":2", "max_sessions", "many"):
            self.assertIn(part, refusal)

    def test_value_out_of_range_is_named_with_the_range(self):
        refusal = self.config_refusal("retention: 900d\n")
        self.assertIn("retention", refusal)

    def test_address_that_is_none_is_named(self):
        refusal = self.config_refusal('listen: ["localhost:70000"]\n')
        self.assertIn("localhost:70000", refusal)

    def test_text_that_is_no_yaml_is_refused_with_its_line(self):
        self.assertIn(":2", self.config_refusal("listen: [\n"))

    def test_file_that_is_absent_is_named_with_the_reason(self):
        refusal = self.refusal("--config", str(self.file))
        self.assertIn(str(self.file), refusal)
        self.assertIn("No such file", refusal)

    def test_directory_for_a_file_is_refused(self):
        self.file.mkdir()
        self.assertIn(str(self.file), self.refusal("--config", str(self.file)))

    def test_file_that_may_not_be_read_is_named_with_the_reason(self):
        self.file.write_text("")
        self.file.chmod(0)
        with as_ordinary_user(self.file.parent) as how:
            refusal = self.refusal("--config", str(self.file), **how)
        self.assertIn(str(self.file), refusal)
        self.assertIn("ermission denied", refusal)

    def test_port_in_use_is_named_with_the_reason(self):
        with socket.socket() as holder:
            holder.bind(("127.0.0.1", 0))
            holder.listen()
            port = holder.getsockname()[1]
            self.file.write_text(f'listen: ["127.0.0.1:{port}"]\n')
            refusal = self.refusal("--config", str(self.file))
        self.assertIn(f"127.0.0.1:{port}", refusal)
        self.assertIn("in use", refusal)

    def test_unknown_flag_is_named(self):
        self.assertIn("--retention", self.refusal("--retention", "5m"))

    def test_check_without_a_file_does_not_say_that_all_is_well(self):
        self.assertIn("--config FILE", self.refusal("--check-config"))

    def test_name_of_a_file_that_is_empty_is_not_taken_for_the_defaults(self):
        self.assertIn("--config", self.refusal("--config", ""))

    def test_output_that_nobody_can_take_is_told(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run([AGENT, "--print-config"], stdout=full, stderr=subprocess.PIPE, text=True,
                                  timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, "pppol2tp-agent: standard output: No space left on device\n")


class GoodInput(unittest.TestCase):
    def test_version_and_help_go_to_standard_output(self):
        status, out, err = run_agent("--version")
        self.assertEqual((status, err), (0, ""))
        self.assertRegex(out, r"^pppol2tp-agent \d+\.\d+\.\d+\n$")
        status, out, err = run_agent("--help")
        self.assertEqual((status, err), (0, ""))
        self.assertIn("--check-config", out)

    def test_printed_configuration_is_valid(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            file.write(run_agent("--print-config")[1])
            file.flush()
            self.assertEqual(run_agent("--config", file.name, "--check-config")[0], 0)

    def test_empty_file_is_valid(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            self.assertEqual(run_agent("--config", file.name, "--check-config")[0], 0)


class Reload(unittest.TestCase):
    def test_bad_configuration_leaves_the_old_one_in_force(self):
        with Agent() as agent:
            agent.write_config(retention="never")
            status, body = agent.get("/-/reload", "POST")
            self.assertEqual(status, 500)
            self.assertIn("retention", body)
            self.assertEqual(agent.value("pppol2tp_agent_config_last_reload_successful"), 0)
            agent.write_config(retention="1m")
            self.assertEqual(agent.get("/-/reload", "POST")[0], 200)
            self.assertEqual(agent.value("pppol2tp_agent_config_last_reload_successful"), 1)

    def test_reload_needs_post(self):
        with Agent() as agent:
            self.assertEqual(agent.get("/-/reload")[0], 405)


if __name__ == "__main__":
    unittest.main()
