"""The options that upstream does not have say clearly what they refuse."""

import os
import unittest

import support


def dry_run(*options):
    # notty: any device will do that is there; logfd: with it, pppd keeps its log off standard output.
    return support.run_pppd("plugin", support.PLUGIN, *options, "noauth", "notty", "logfd", "2",
                            "dryrun", "dump")


class Options(unittest.TestCase):
    def expect_refusal(self, message, *options):
        status, output = dry_run(*options)
        self.assertIn(message, output)
        self.assertEqual(status, 2)

    def test_are_taken_and_dumped(self):
        status, output = dry_run("pppol2tp_ring", "/run/elsewhere/ring", "pppol2tp_stats_interval",
                                 "0", "pppol2tp_noring")
        self.assertEqual(status, 0, output)
        self.assertRegex(output, r"pppol2tp_ring /run/elsewhere/ring\s")
        self.assertRegex(output, r"pppol2tp_stats_interval 0\s")
        self.assertRegex(output, r"pppol2tp_noring\s")

    def test_are_silent_when_not_given(self):
        status, output = dry_run()
        self.assertEqual(status, 0, output)
        self.assertIn("noauth", output)
        self.assertNotIn("pppol2tp_", output)

    def test_refuse_a_relative_path(self):
        self.expect_refusal("pppol2tp_ring: 'ring' is not an absolute path", "pppol2tp_ring", "ring")

    def test_refuse_a_path_that_is_too_long(self):
        self.expect_refusal("is longer than 107 characters", "pppol2tp_ring", "/" + 107 * "x")

    def test_refuse_an_interval_out_of_range(self):
        message = "pppol2tp_stats_interval value must be between 0 and 3600"
        self.expect_refusal(message, "pppol2tp_stats_interval", "3601")
        self.expect_refusal(message, "pppol2tp_stats_interval", "-1")

    def test_need_a_number_for_the_interval(self):
        self.expect_refusal("often", "pppol2tp_stats_interval", "often")


if __name__ == "__main__":
    support.skip_if(support.why_not_pppd())
    if not os.path.exists("/dev/ppp"):
        support.skip_if("this kernel has no PPP, and the plugin refuses to start without")
    unittest.main()
