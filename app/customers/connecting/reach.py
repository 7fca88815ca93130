"""How far a connector reaches: the folder whose files it may read, and the closed networks that are open to it."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from app.config import Settings
from app.kernel.errors import Invalid
from app.kernel.i18n import N_


@dataclass(frozen=True, slots=True)
class Reach:
    """Set by the installation, never by a form."""

    folder: Path
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> "Reach":
        return cls(settings.sources_folder, settings.outbound_allowed)

    def path(self, named: str) -> Path:
        """A path below the folder. Raises Invalid for one that leads out of it, by dots or by a link."""
        root = self.folder.resolve()
        wanted = (root / named).resolve()
        if not wanted.is_relative_to(root):
            raise Invalid({"path": N_("Name a file or a folder below %(folder)s")}, folder=str(self.folder))
        return wanted
