"""``python -m resnets`` is the command ``resnets``."""

import sys

from resnets.cli.main import run

if __name__ == "__main__":
    sys.exit(run())
