"""The rules and their tests in this folder, as Python sees them."""

import pathlib

import yaml

HERE = pathlib.Path(__file__).resolve().parent
DEPLOY = HERE.parent.parent / "deploy"


def alerts():
    return [rule
            for file in sorted((DEPLOY / "prometheus/rules").glob("*.yml"))
            for group in yaml.safe_load(file.read_text())["groups"]
            for rule in group["rules"] if "alert" in rule]


def test_files():
    return sorted(HERE.glob("*.yml"))
