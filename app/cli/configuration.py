"""The settings for a command, with what was left open filled in. Light, because every process of the demo begins here."""

import os
import secrets
from pathlib import Path

from app.config import Settings


def load_settings() -> Settings:
    """The settings of this installation; a secret key is made and kept in the data folder if none is given."""
    settings = Settings()
    data_dir = settings.data_dir.absolute()
    data_dir.mkdir(parents=True, exist_ok=True)
    secret_key = settings.secret_key or _kept_secret(data_dir / "secret_key")
    return settings.model_copy(update={"data_dir": data_dir, "secret_key": secret_key})


def _kept_secret(path: Path) -> str:
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
