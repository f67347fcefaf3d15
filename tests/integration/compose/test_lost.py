"""A deployment with users on Kafka is played, backed up, lost with all its volumes, and put back as the docs say."""

from pathlib import Path

from tests.e2e import story
from tests.e2e.town import new_rider
from tests.integration.compose.stack import SERVICES, Stack
from tests.integration.compose.test_day import STEPS, morning_on

BALANCES = """
import psycopg

password = open("/run/cheqi/rewards/database.password").read().strip()
with psycopg.connect(host="postgres", user="cheqi_rewards", dbname="cheqi_rewards", password=password) as database:
    for row in database.execute("SELECT available, reserved FROM balance ORDER BY rider_id"):
        print(*row)
"""


def test_what_was_backed_up_is_there_again_after_all_volumes_are_lost(secured: Stack, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)  # The containers' user is another one than ours.
    mounted = ("run", "--rm", "-T", "--volume", f"{tmp_path}:/backups")
    with morning_on(secured) as day:
        for step in STEPS[:5]:
            step(day)
        first, second = new_rider(day), new_rider(day)
        story.share_award(day, first, second)
        before = balances(secured)
        stores, keys = (
            secured.compose(*mounted, "operator", "backup", f"/backups/{kind}", "--json", *words).stdout
            for kind, words in (("stores", ()), ("keys", ("--keys",)))
        )
        assert stores
        assert keys
        secured.remove()

        kept = next((tmp_path / "keys").iterdir()).name
        secured.compose(*mounted, "--no-deps", "secrets", "secrets", "--from", f"/backups/keys/{kept}")
        secured.up("postgres", "kafka")
        secured.compose("up", "--no-build", "databases", "topics", "migrate")
        secured.compose(*mounted, "operator", "restore", f"/backups/keys/{kept}")
        stores = next((tmp_path / "stores").iterdir()).name
        secured.compose(*mounted, "operator", "restore", f"/backups/stores/{stores}")
        for service in SERVICES:
            secured.compose("run", "--rm", "-T", "operator", "republish", service)
        secured.up()

        audited = secured.run("audit")
        assert audited.returncode == 0, audited.stdout
        assert balances(secured) == before
        assert "50 0" in before


def balances(stack: Stack) -> list[str]:
    """Return what each rider has, available and reserved."""
    return stack.inside("rewards", "python", "-c", BALANCES).splitlines()
