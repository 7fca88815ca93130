"""The organisation's migration brings a database that is in use along, and back."""

from alembic import command
from sqlalchemy import create_engine, text

from tests.architecture.test_migrations import _config
from tests.support.database import TestServer

USED = (
    (
        "INSERT INTO account (id, kind, email, name, locale, status, last_totp_step, created_at)"
        " VALUES ('00000000-0000-7000-8000-000000000001', 'staff', 'a@example.com', 'A', 'en', 'active', 0, now())"
    ),
    (
        "INSERT INTO unit (id, slug, name, hours, holiday_region, created_at)"
        " VALUES ('00000000-0000-7000-8000-000000000002', 'waste', 'Waste', '{\"mon\": [\"09:00\", \"17:00\"]}', 'ENG', now())"
    ),
    (
        "INSERT INTO queue (id, slug, name, purpose, kind, unit_id, status, closed_reason, created_at)"
        " VALUES ('00000000-0000-7000-8000-000000000003', 'old', 'Old', '', 'permanent', '00000000-0000-7000-8000-000000000002', 'closed', ' ', now())"
    ),
    (
        "INSERT INTO service (id, slug, name, summary, unit_id, intake_queue_slug, tier, standard_working_days, first_response_working_days,"
        " silence_working_days, acceptance_working_hours, questions, script, verification_needed, duplicate_scope, emergency_text, online, active, updated_at)"
        " VALUES ('00000000-0000-7000-8000-000000000004', 's', 'S', '', '00000000-0000-7000-8000-000000000002', '', 1, 1, 1, 1, 1, '[]', '[]', false,"
        " 'none', '', true, true, now())"
    ),
    (
        "INSERT INTO routing_rule (id, service_id, queue_id, set_at, set_by, hits)"
        " VALUES ('00000000-0000-7000-8000-000000000005', '00000000-0000-7000-8000-000000000004', '00000000-0000-7000-8000-000000000003', now(), 'A', 4)"
    ),
)


def test_a_database_in_use_comes_along_and_back(server: TestServer) -> None:
    with server.empty() as url:
        engine = create_engine(url)
        config = _config()
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "0001")
            for statement in USED:
                connection.execute(text(statement))
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "0002")
            tomb = connection.execute(text("SELECT closed_reason, closed_at IS NOT NULL, redirected FROM queue")).one()
            assert tuple(tomb) == ("Not written down at the time", True, {})
            rule = connection.execute(
                text("SELECT created_at = set_at, last_hit_at IS NOT NULL, hits FROM routing_rule")
            ).one()
            assert tuple(rule) == (True, True, 4)
            command.downgrade(config, "0001")
            assert connection.execute(text("SELECT count(*) FROM routing_rule")).scalar_one() == 1
        engine.dispose()
