"""What can go wrong here and nowhere else."""

from app.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from app.kernel.i18n import N_


class BadFile(Invalid):
    """A file as a whole that cannot be loaded; nothing of it was taken."""

    code = "bad-file"

    def __init__(self, message: str, **params: object) -> None:
        super().__init__({"file": message}, **params)


class LoadInProgress(Conflict):
    """Two loads of one source at once would each miss what the other adds."""

    code = "load-in-progress"

    def __init__(self, source: str) -> None:
        super().__init__(
            N_("%(source)s is being loaded just now. Try again when that load has finished"), source=source
        )


class MatchInProgress(Conflict):
    """One match run at a time."""

    code = "match-in-progress"

    def __init__(self) -> None:
        super().__init__(N_("A match run is in progress. Try again when it has finished"))


class LikelyAlready(Conflict):
    """Somebody is to be added who is like customers whom nobody has looked at yet."""

    code = "likely-already"

    def __init__(self, count: int) -> None:
        super().__init__(N_("Look first at the customers who are like this person"), count=count)


class UnknownSource(NotFound):
    """No layout and no register entry of that name."""

    code = "unknown-source"

    def __init__(self, slug: str, known: str) -> None:
        super().__init__(N_("There is no source called %(slug)s. The sources are: %(known)s"), slug=slug, known=known)


class SourceAway(Unavailable):
    """A source that we fetch from does not answer just now. What was read of it is kept, and reading goes on from there."""

    code = "source-away"

    def __init__(self, message: str, *, why: str) -> None:
        super().__init__(message, retry_after=300)
        self.params = {"why": why}
