"""The real pppd loads the plugin, and gets from it what it gets from upstream's."""

import os
import shutil
import tempfile
import unittest

import support


class Loading(unittest.TestCase):
    """Each test runs the same command with either plugin, under the same name."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.plugin = os.path.join(folder.name, "pppol2tp.so")

    def outcome(self, source, *arguments):
        shutil.copyfile(source, self.plugin)
        return support.run_pppd(*[self.plugin if word == "PLUGIN" else word for word in arguments])

    def expect_the_same(self, *arguments):
        ours = self.outcome(support.PLUGIN, *arguments)
        self.assertIn(f"Plugin {self.plugin} loaded.", ours[1])
        self.assertEqual(ours, self.outcome(support.UPSTREAM_PLUGIN, *arguments))
        return ours

    def test_alone(self):
        self.expect_the_same("plugin", "PLUGIN", "dryrun")

    def test_twice(self):
        self.expect_the_same("plugin", "PLUGIN", "plugin", "PLUGIN", "dryrun")

    def test_before_a_plugin_that_binds_to_its_hooks(self):
        self.expect_the_same("plugin", "PLUGIN", "plugin", "openl2tp.so", "notty", "dryrun")

    def test_before_help(self):
        self.expect_the_same("plugin", "PLUGIN", "--help")

    def test_with_a_descriptor_that_is_no_session(self):
        self.expect_the_same("plugin", "PLUGIN", "pppol2tp", "0", "dryrun")

    def test_with_a_descriptor_that_is_no_number(self):
        self.expect_the_same("plugin", "PLUGIN", "pppol2tp", "socket", "dryrun")

    @unittest.skipIf(os.path.exists("/dev/ppp"), "this kernel has PPP")
    def test_fails_as_upstream_does_where_the_kernel_has_no_ppp(self):
        status, output = self.expect_the_same("plugin", "PLUGIN", "dryrun")
        self.assertEqual(status, 1)
        self.assertIn("Kernel doesn't support ppp_generic - needed for PPPoL2TP", output)


if __name__ == "__main__":
    support.skip_if(support.why_not_pppd())
    if not os.path.exists(support.UPSTREAM_PLUGIN):
        support.skip_if(f"{support.UPSTREAM_PLUGIN} is not there to compare with")
    unittest.main()
