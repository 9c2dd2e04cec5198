"""Configuration file examples from the documents; for the tests in this folder."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]


def yaml_block(document, word):
    """The text of the document's only YAML block that contains this word."""
    blocks = re.findall(r"^```yaml\n(.*?)^```", (ROOT / document).read_text(), re.MULTILINE | re.DOTALL)
    (block,) = [block for block in blocks if word in block]
    return block
