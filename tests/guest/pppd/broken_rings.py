"""Rings that a session cannot use, one for each possible reason."""

import os
import pathlib
import subprocess

DEFAULT = pathlib.Path("/run/pppol2tp/ring")
LAYOUT_MAJOR = 8  # its offset in the file: plugin/ring/layout.h, struct Info
FULL = "on a full file system"


def make(directory):
    """{fault: path}. Needs a good ring at the default place: some of the broken ones are made from it."""
    directory.mkdir(mode=0o755)
    with DEFAULT.open("rb") as ring:
        start = ring.read(1 << 20)
    files = {
        "of foreign bytes": b"not a ring at all\n" * 4096,
        "of random bytes": os.urandom(1 << 20),
        "cut short": start,
        "cut within its head": start[:12],
        "empty": b"",
        "of a newer format": start[:LAYOUT_MAJOR] + b"\x63\x00" + start[LAYOUT_MAJOR + 2 :],
    }
    paths = {"in a directory that is missing": directory / "missing" / "ring", FULL: directory / "full" / "ring"}
    for number, (what, content) in enumerate(files.items()):
        paths[what] = directory / f"ring{number}"
        paths[what].write_bytes(content)
        paths[what].chmod(0o640)
    # The newer one has the expected length: only its version is wrong.
    os.truncate(paths["of a newer format"], DEFAULT.stat().st_size)
    paths[FULL].parent.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=755", "tmpfs", paths[FULL].parent], check=True)
    return paths


def dealt(rings, sides, number):
    """Tuples with a ring for each side; each ring is in one of them. `number` changes which side gets which."""
    kinds = list(rings)
    first = number % len(kinds)
    turned = kinds[first:] + kinds[:first]
    turned += turned[: -len(kinds) % sides]
    return [tuple(turned[i : i + sides]) for i in range(0, len(turned), sides)]


def remove(directory):
    subprocess.run(["umount", directory / "full"], check=True)


def without(rings, seen):
    """Splits `seen`, from sides with these `rings` ({side: path}): without the rings' traces, which are the option in a
    dump and the lines that reject a ring; and those lines, {stream: lines}."""
    rest, told = {}, {}
    for stream, lines in seen.items():
        path = rings.get(stream.partition(":")[0])
        about = [line for line in lines if line.startswith(f"pppol2tp: {path}: ")]
        if about:
            told[stream] = about
        rest[stream] = [line for line in lines if line not in about and not line.startswith(f"pppol2tp_ring {path}")]
    return rest, told
