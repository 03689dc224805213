"""Starts a server of several worker processes from zero: `python -m agentpay_observability.multiprocess uvicorn ...`.

Their metrics meet in PROMETHEUS_MULTIPROC_DIR. What an earlier run has counted there is removed; a server that is
started without this goes on counting from there.
"""

import os
import sys
from pathlib import Path

from .archive import clear


def main() -> None:
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    command = sys.argv[1:]
    if not folder or not command:
        sys.exit("Set PROMETHEUS_MULTIPROC_DIR to a folder of this server's own, and give the server's command.")
    clear(Path(folder))
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
