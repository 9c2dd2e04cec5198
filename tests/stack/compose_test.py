"""The compose file is one, and what it names is there. The images are not run."""

import re
import subprocess
import unittest

import yaml

from engines import DEPLOY, ROOT

COMPOSE = DEPLOY / "compose/compose.yml"


class Compose(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.services = yaml.safe_load(COMPOSE.read_text())["services"]

    def mounts(self, service):
        """{place in the container: file or folder here}, without named volumes."""
        pairs = [volume.split(":") for volume in self.services[service]["volumes"]]
        return {place: (COMPOSE.parent / source).resolve() for source, place, *_ in pairs if source.startswith(".")}

    def test_compose_accepts_the_file(self):
        done = subprocess.run(["docker-compose", "-f", COMPOSE, "config", "-q"], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def test_every_mount_is_of_something_that_is_there_and_read_only(self):
        for service, description in self.services.items():
            for place, source in self.mounts(service).items():
                with self.subTest(f"{service}: {place}"):
                    self.assertTrue(source.exists(), source)
            for volume in description["volumes"]:
                self.assertTrue(volume.endswith(":ro") or not volume.startswith("."), volume)

    def test_images_are_of_one_version_each(self):
        for service in self.services.values():
            self.assertRegex(service["image"], r":v?\d+\.\d+\.\d+$")

    def test_configuration_files_that_commands_name_are_mounted(self):
        for service in ("prometheus", "alertmanager"):
            named = [option.split("=")[1] for option in self.services[service]["command"] if option.startswith("--config.file=")]
            self.assertEqual(len(named), 1)
            self.assertIn(named[0], self.mounts(service))
        places = self.mounts("prometheus")
        config = yaml.safe_load(places["/etc/prometheus/prometheus.yml"].read_text())
        for pattern in config["rule_files"] + config["scrape_configs"][0]["file_sd_configs"][0]["files"]:
            self.assertTrue(list(places["/etc/prometheus/" + pattern.split("/")[0]].glob(pattern.split("/")[1])), pattern)

    def test_grafana_is_given_every_dashboard_where_it_looks_for_them(self):
        provider = yaml.safe_load((DEPLOY / "grafana/provisioning/dashboards/pppol2tp.yml").read_text())["providers"][0]
        given = {place: source for place, source in self.mounts("grafana").items() if place.startswith(provider["options"]["path"] + "/")}
        self.assertEqual(set(given.values()), set((ROOT / "dashboards").glob("*.json")))
        self.assertIn(self.services["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"], given)

    def test_data_sources_are_where_the_servers_listen(self):
        environment = self.services["grafana"]["environment"]
        text = (DEPLOY / "grafana/provisioning/datasources/pppol2tp.yml").read_text()
        urls = {name: environment[name] for name in re.findall(r"\$\{(\w+)\}", text)}
        listens = {f"http://{option.split('=')[1]}" for service in ("prometheus", "alertmanager")
                   for option in self.services[service]["command"] if option.startswith("--web.listen-address=")}
        self.assertEqual(set(urls.values()), listens)


if __name__ == "__main__":
    unittest.main()
