"""Starts a server of several worker processes: `python -m agentpay_observability.multiprocess uvicorn ...`.

Their metrics meet in PROMETHEUS_MULTIPROC_DIR. What an earlier run has left there would be counted again, and
is removed.
"""

import os
import sys
from pathlib import Path


def prepare(folder: Path) -> None:
    """Makes the folder, and removes what an earlier run has left."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.db"):
        left.unlink()


def main() -> None:
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    command = sys.argv[1:]
    if not folder or not command:
        sys.exit("Set PROMETHEUS_MULTIPROC_DIR to a folder of this server's own, and give the server's command.")
    prepare(Path(folder))
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
