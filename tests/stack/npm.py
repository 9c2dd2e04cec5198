"""Packages from npm for tests that need Grafana's own code, which Debian has not. They go below the build directory."""

import os
import pathlib
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


def installed(name):
    """The folder `name` beside this file, copied to where its package.json's dependencies are installed.

    Needs the network once. Without it the test fails, and says so: to skip would be to claim what nobody has seen.
    """
    target = pathlib.Path(os.environ["PPPOL2TP_BUILD"]) / "npm" / name
    wanted = (HERE / name / "package.json").read_bytes()
    there = target / "package.json"
    if not there.exists() or there.read_bytes() != wanted:
        _install(HERE / name, target)
    for file in (HERE / name).iterdir():
        shutil.copy(file, target)
    return target


def _install(source, target):
    fresh = target.with_suffix(".fresh")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(source, fresh)
    done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error"],
                          cwd=fresh, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode != 0:
        raise AssertionError(f"npm could not install what {source.name}/package.json names (is there a network?):\n{done.stderr[-2000:]}")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
