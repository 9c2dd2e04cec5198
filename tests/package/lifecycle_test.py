"""Install, upgrade, remove: what stays, what goes, what is refused, and that nothing is left over."""

import subprocess
import tempfile

import tree
from tree import AGENT, PLUGIN, TreeTest, older, repack, replace_in

# A self-built pppd, as far as our package checks it.
FAKE_PPPD = """[ -e /usr/sbin/pppd.real ] || mv /usr/sbin/pppd /usr/sbin/pppd.real
    printf '#!/bin/sh\\necho pppd version %s\\n' "$1" > /usr/sbin/pppd && chmod 755 /usr/sbin/pppd"""
REAL_PPPD = "mv /usr/sbin/pppd.real /usr/sbin/pppd"


def conflicting(directory):
    """A package with a file that ours also has, so that dpkg gives up after it has begun to unpack ours."""
    with tempfile.TemporaryDirectory() as work:
        subprocess.run(
            ["sh", "-euc", """mkdir -p DEBIAN usr/lib/tmpfiles.d && touch usr/lib/tmpfiles.d/pppol2tp.conf
             printf '%s\\n' 'Package: conflicting' 'Version: 1' 'Architecture: all' 'Maintainer: nobody <n@example.net>' \
               'Description: has a file that is not its own' > DEBIAN/control"""],
            cwd=work, check=True)
        subprocess.run(["dpkg-deb", "--root-owner-group", "-b", work, directory], check=True, stdout=subprocess.DEVNULL)
    return "conflicting_1_all.deb"


class Lifecycle(TreeTest):
    def setUp(self):
        self.begin_anew()

    def ppp_plugin(self):
        return self.must("ls -l --time-style=full-iso /usr/lib/pppd/*/pppol2tp.so; sha256sum /usr/lib/pppd/*/pppol2tp.so")

    def versions(self):
        told = self.must("dpkg-query -W -f '${Package} ${db:Status-Status} ${Version}\\n' 'pppol2tp-*'")
        return {line.split()[0]: line.split()[1:] for line in told.splitlines()}

    def test_purge_leaves_the_system_as_it_was(self):
        before = self.everything()
        self.install(PLUGIN, AGENT)
        self.must("mkdir -p /run/pppol2tp-agent && touch /run/pppol2tp-agent/state /run/pppol2tp/ring")
        self.assertNotEqual(self.everything(), before)
        self.must("dpkg --purge pppol2tp-agent pppol2tp-plugin")
        self.assertEqual(self.everything(), before)

    def test_purge_of_the_agent_before_the_plugin_and_the_other_way_round_leaves_the_same(self):
        before = self.everything()
        for order in (("pppol2tp-agent", "pppol2tp-plugin"), ("pppol2tp-plugin", "pppol2tp-agent")):
            self.install(PLUGIN, AGENT)
            for package in order:
                self.must('dpkg --purge "$1"', package)
            self.assertEqual(self.everything(), before, order)

    def test_removal_gives_ppp_its_plugin_back_and_keeps_the_configuration(self):
        before = self.ppp_plugin()
        self.install(PLUGIN, AGENT)
        self.must("echo 'retention: 1h' >> /etc/pppol2tp/agent.yml")
        self.must("dpkg -r pppol2tp-agent pppol2tp-plugin")
        self.assertEqual(self.ppp_plugin(), before)
        self.assertEqual(self.must("ls /usr/lib/pppd/*/ | grep -c 'pppol2tp.so' || true").strip(), "1")
        self.assertEqual(self.must("dpkg-divert --list '*pppol2tp*'"), "")
        self.assertIn("retention: 1h", self.must("cat /etc/pppol2tp/agent.yml"))

    def test_upgrade_keeps_the_configuration_and_what_the_agent_remembers(self):
        previous = [older(PLUGIN, self.packages), older(AGENT, self.packages)]
        self.install(*previous)
        self.assertEqual(self.versions()["pppol2tp-agent"][1], "0.0.9")
        self.must("echo 'retention: 1h' >> /etc/pppol2tp/agent.yml; mkdir -p /run/pppol2tp-agent; echo x > /run/pppol2tp-agent/state")
        user = self.must("id pppol2tp-agent")
        self.install(PLUGIN, AGENT)
        self.assertNotEqual(self.versions()["pppol2tp-agent"][1], "0.0.9")
        self.assertIn("retention: 1h", self.must("cat /etc/pppol2tp/agent.yml"))
        self.assertEqual(self.must("cat /run/pppol2tp-agent/state"), "x\n")
        self.assertEqual(self.must("id pppol2tp-agent"), user)

    def test_plugin_and_agent_need_not_be_of_one_version(self):
        old_plugin, old_agent = older(PLUGIN, self.packages), older(AGENT, self.packages)
        for debs in ((PLUGIN, old_agent), (old_plugin, AGENT)):
            self.install(*debs)
            self.assertEqual({facts[0] for facts in self.versions().values()}, {"installed"}, debs)
            self.must("dpkg --purge pppol2tp-agent pppol2tp-plugin")

    def test_ppp_may_be_installed_again_without_touching_our_plugin(self):
        theirs = self.must("cat /usr/lib/pppd/*/pppol2tp.so | sha256sum")
        self.install(PLUGIN)
        ours = self.must("cat /usr/lib/pppd/*/pppol2tp.so | sha256sum")
        self.must("dpkg -i /var/cache/apt/archives/ppp_*.deb")
        self.assertEqual(self.must("cat /usr/lib/pppd/*/pppol2tp.so | sha256sum"), ours)
        self.must("dpkg -r pppol2tp-plugin")
        self.assertEqual(self.must("cat /usr/lib/pppd/*/pppol2tp.so | sha256sum"), theirs)

    def test_a_pppd_of_another_version_is_refused_and_nothing_is_changed(self):
        self.must(FAKE_PPPD, "2.6.0")
        before = self.everything()
        told = self.refuse(PLUGIN)
        self.assertIn("but /usr/sbin/pppd is 2.6.0.", told)
        self.assertIn("Nothing was changed.", told)
        self.must("dpkg --purge pppol2tp-plugin")
        self.assertEqual(self.everything(), before)

    def test_an_upgrade_for_another_pppd_is_refused_and_the_old_version_stays(self):
        self.install(older(PLUGIN, self.packages))
        self.must(FAKE_PPPD, "2.6.0")
        self.assertIn("Nothing was changed.", self.refuse(PLUGIN))
        self.assertEqual(self.versions()["pppol2tp-plugin"], ["installed", "0.0.9"])
        self.assertNotEqual(self.must("dpkg-divert --list '*pppol2tp*'"), "")

    def test_an_installation_that_fails_half_way_gives_ppp_its_plugin_back(self):
        self.install(conflicting(self.packages))
        before = self.everything()
        self.assertIn("trying to overwrite", self.refuse(PLUGIN))
        self.must("dpkg --purge pppol2tp-plugin")
        self.assertEqual(self.everything(), before)

    def test_an_upgrade_to_the_plugin_of_another_pppd_ends_the_diversion_for_the_former(self):
        version = self.must("ls /usr/lib/pppd").strip()

        def for_former_pppd(unpacked):
            for path in sorted(unpacked.rglob("*"), reverse=True):
                if path.name == version:
                    path.rename(path.parent / "1.0.0")
            for script in ("preinst", "postinst", "postrm"):
                replace_in(unpacked / "DEBIAN" / script, version, "1.0.0")
            control = unpacked / "DEBIAN/control"
            lines = [line for line in control.read_text().splitlines() if not line.startswith(("Pre-Depends:", "Version:"))]
            control.write_text("\n".join(lines + ["Version: 0.0.8"]) + "\n")

        former = repack(PLUGIN, self.packages, for_former_pppd)
        self.must(FAKE_PPPD, "1.0.0")
        self.must("mkdir -p /usr/lib/pppd/1.0.0 && echo theirs > /usr/lib/pppd/1.0.0/pppol2tp.so")
        self.install(former)
        self.must(REAL_PPPD)
        self.install(PLUGIN)
        self.assertEqual(self.must("cat /usr/lib/pppd/1.0.0/pppol2tp.so"), "theirs\n")
        told = self.must("dpkg-divert --list '*pppol2tp.so'").splitlines()
        self.assertEqual(len(told), 1, told)
        self.assertIn(f"/{version}/", told[0])


class WithoutPpp(TreeTest):
    def test_plugin_is_refused_where_there_is_no_pppd(self):
        self.must("dpkg --purge ppp")
        before = self.everything()
        told = self.refuse(PLUGIN)
        self.assertIn("pre-dependency problem", told)
        self.assertEqual(self.everything(), before)


if __name__ == "__main__":
    tree.main()
