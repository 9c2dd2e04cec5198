"""What the tests of the shared object share: where things are, and running pppd."""

import os
import subprocess
import sys

PLUGIN = os.environ["PLUGIN"]
UPSTREAM_PLUGIN = os.environ["UPSTREAM_PLUGIN"]
PPPD = os.environ["PPPD"]
PPPD_VERSION = os.environ["PLUGIN_PPPD_VERSION"]
READELF = os.environ["READELF"]


def run_pppd(*arguments):
    """Runs pppd; returns its exit status and everything that it printed."""
    done = subprocess.run([PPPD, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=30, check=False)
    return done.returncode, done.stdout.decode()


def why_not_pppd():
    """Why this machine's pppd cannot load the plugin for us; None when it can."""
    if not os.path.exists(PPPD):
        return "pppd is not installed"
    installed = run_pppd("--version")[1].split()[-1]
    if installed != PPPD_VERSION:
        return f"pppd {installed} is installed, the plugin is for {PPPD_VERSION}"
    if os.geteuid() != 0:
        return "pppd lets root alone name a plugin by its path"
    return None


def skip_if(reason):
    """Ends the test program in the way that ctest counts as skipped, if there is a reason."""
    if reason:
        print("skipped:", reason)
        sys.exit(77)
