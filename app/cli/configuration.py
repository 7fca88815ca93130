"""The settings for a command, with what was left open filled in. Light, because every process of the demo begins here."""

import os
import secrets

from app.config import Settings
from app.kernel.postgres import EmbeddedPostgres


def load_settings() -> Settings:
    """The settings of this installation; a secret key is made and kept in the data folder if none is given."""
    settings = Settings()
    data_dir = settings.data_dir.absolute()
    data_dir.mkdir(parents=True, exist_ok=True)
    settings = settings.model_copy(update={"data_dir": data_dir})
    return settings if settings.secret_key else settings.model_copy(update={"secret_key": _kept_secret(settings)})


def embedded(settings: Settings) -> EmbeddedPostgres:
    """The embedded server of this installation, not started."""
    return EmbeddedPostgres(settings.data_dir / "postgres")


def _kept_secret(settings: Settings) -> str:
    path = settings.data_dir / "secret_key"
    if not path.exists():
        if not settings.database_url:
            embedded(
                settings
            ).remove()  # it may lie elsewhere, and outlive a deleted data folder, and nobody can unseal it now
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
