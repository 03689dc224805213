"""Where the sample's processes find each other, from the environment that `python -m example` gives them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

MODEL = "claude-haiku-4-5"
FALLBACK_MODEL = "claude-sonnet-5-5"
EMBEDDING_MODEL = "text-embedding-3-small"
UNPRICED_MODEL = "claude-of-tomorrow"
QUEUES = ("high_priority", "medium_priority", "low_priority")


@dataclass(frozen=True)
class Settings:
    """`folder` holds faults and, without another database, SQLite's."""

    folder: Path
    api_port: int
    worker_port: int
    provider_port: int
    database_url: str

    @classmethod
    def load(cls) -> Settings:
        """Raises KeyError where `python -m example` did not start this process."""
        folder = Path(os.environ["EXAMPLE_FOLDER"])
        return cls(
            folder=folder,
            api_port=int(os.environ["EXAMPLE_API_PORT"]),
            worker_port=int(os.environ["EXAMPLE_WORKER_PORT"]),
            provider_port=int(os.environ["EXAMPLE_PROVIDER_PORT"]),
            database_url=os.environ.get("DATABASE_URL") or f"sqlite+aiosqlite:///{folder}/agentpay.db",
        )

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.api_port}"

    @property
    def provider(self) -> str:
        return f"http://127.0.0.1:{self.provider_port}"
