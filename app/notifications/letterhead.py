"""Who writes, and from where: what every message carries besides its own words."""

from dataclasses import dataclass
from email.utils import parseaddr

from app.config import Settings


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The body's name, the address of its pages, and the host in message ids."""

    body_name: str
    base_url: str
    mail_host: str

    @classmethod
    def of(cls, settings: Settings) -> "Letterhead":
        host = parseaddr(settings.mail_from)[1].rpartition("@")[2]
        return cls(settings.body_name, settings.base_url, host or "localhost")

    def url(self, path: str) -> str:
        """The full address of one of our pages. A full address of ours stays as it is; another's is refused."""
        if path.startswith("/") and not path.startswith("//"):
            return self.base_url + path
        if path == self.base_url or path.startswith(self.base_url + "/"):
            return path
        raise ValueError("Messages link to our own pages only: give a path that begins with one slash")
