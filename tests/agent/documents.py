"""What the documents tell people to write into a configuration file; for the tests beside this file."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]


def yaml_block(document, word):
    """The text of the document's only block of YAML with this word in it."""
    blocks = re.findall(r"^```yaml\n(.*?)^```", (ROOT / document).read_text(), re.MULTILINE | re.DOTALL)
    (block,) = [block for block in blocks if word in block]
    return block
