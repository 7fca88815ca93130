"""`firstpoint mailcatcher`."""

import signal
from threading import Event

import click

from app.cli.configuration import load_settings
from app.cli.mailcatcher.box import Box
from app.cli.mailcatcher.page import serve_page
from app.cli.mailcatcher.taking import take_mail


@click.command()
def mailcatcher() -> None:
    """Take e-mails at FIRSTPOINT_SMTP_PORT, send none on, and show them at FIRSTPOINT_MAIL_VIEW_PORT. For demos and tests."""
    settings = load_settings()
    stopping = Event()
    for how in (signal.SIGTERM, signal.SIGINT):
        signal.signal(how, lambda *_: stopping.set())
    box = Box(settings.data_dir / "mail")
    with (
        take_mail(box, settings.smtp_host, settings.smtp_port),
        serve_page(box, settings.host, settings.mail_view_port) as address,
    ):
        click.echo(f"Taking mail at {settings.smtp_host}:{settings.smtp_port}; shown at {address}")
        stopping.wait()
