"""Everything that can be set from outside, in one place. Each setting is an environment variable, documented in `.env.example`."""

from functools import cached_property
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

EMBEDDED = ""


class Settings(BaseSettings):
    """Read from the environment, then from `.env` in the working folder. Names begin with FIRSTPOINT_ but for the four that hosts set."""

    model_config = SettingsConfigDict(env_prefix="FIRSTPOINT_", env_file=".env", extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", validation_alias="HOST", description="Address the web server listens on")
    port: int = Field(8000, validation_alias="PORT", ge=1, le=65535, description="Port the web server listens on")
    database_url: str = Field(
        EMBEDDED,
        validation_alias="DATABASE_URL",
        description="postgresql://… of the database; empty starts the embedded PostgreSQL",
    )
    secret_key: str = Field(
        "", validation_alias="SECRET_KEY", description="At least 32 random characters; seals cookies and stored secrets"
    )

    demo: bool = Field(False, description="Show demo sign-ins; never in production")
    body_name: str = Field(
        "Hallowmere City Council", description="Name of the public body, shown on every page and message"
    )
    public_url: str = Field(
        "", description="Address customers use, for links in messages; empty means http://HOST:PORT"
    )
    data_dir: Path = Field(Path("var"), description="Folder for the embedded database, demo mail and generated secrets")
    front_ends: Annotated[tuple[str, ...], NoDecode] = Field(
        ("portal", "agent_console"), description="Front ends to load, separated by commas"
    )
    locales: Annotated[tuple[str, ...], NoDecode] = Field(
        ("en", "fr", "es"), description="Languages offered, separated by commas; the first is the default"
    )

    smtp_host: str = Field("127.0.0.1", description="Mail server")
    smtp_port: int = Field(1025, ge=1, le=65535, description="Port of the mail server")
    smtp_username: str = Field("", description="User at the mail server; empty means no sign-in")
    smtp_password: str = Field("", description="Password at the mail server")
    smtp_security: str = Field("none", pattern="^(none|starttls|tls)$", description="none, starttls or tls")
    mail_from: str = Field("no-reply@firstpoint.example", description="Sender of e-mails")
    mail_view_port: int = Field(8025, ge=1, le=65535, description="Port where the demo shows the e-mails it caught")

    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Least severe log shown")
    log_json: bool = Field(True, description="Logs as JSON lines; false for plain text")
    proxies: int = Field(0, ge=0, le=5, description="How many trusted proxies stand in front and set X-Forwarded-*")
    web_threads: int = Field(16, ge=1, le=256, description="Threads of each web process")
    max_upload_mb: int = Field(20, ge=1, le=1000, description="Largest request body that is accepted, in megabytes")
    close_after_days: int = Field(14, ge=1, le=365, description="Days after which a resolved enquiry closes by itself")
    restricted_guardian: str = Field(
        "",
        description="E-mail address of the member of staff who is told when a restricted record is opened; empty means every steward",
    )
    sources_dir: Path | None = Field(
        None, description="Folder below which sources may be read as files; empty means `sources` in the data folder"
    )
    outbound_allowed: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (), description="Closed networks that other systems of yours stand in, like 10.20.0.0/16, separated by commas"
    )

    @field_validator("front_ends", "locales", "outbound_allowed", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("sources_dir", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return value or None

    @cached_property
    def base_url(self) -> str:
        """Where customers reach this installation, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def sources_folder(self) -> Path:
        """Where files of sources may lie."""
        return self.sources_dir or self.data_dir / "sources"

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def sqlalchemy_url(self) -> str:
        """DATABASE_URL for psycopg 3, whatever of the usual prefixes it was written with."""
        _, separator, rest = self.database_url.partition("://")
        return f"postgresql+psycopg://{rest}" if separator else self.database_url
