"""The command `cheqi`."""

import getpass
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cheqi import lag, parked, running, topics
from cheqi.archive import archive
from cheqi.audit import audit_house
from cheqi.backup.command import backup, read_back, restore
from cheqi.databases import make_databases, migrate_stores
from cheqi.demo.play import play_day
from cheqi.house import list_trial_sms, opened
from cheqi.rehearsal import command as rehearsal
from cheqi.republish import republish
from cheqi.secrets import make_secrets
from cheqi.terminal import AsJSON, complain, explained, say, show_rows
from shared.errors import ConfigurationError
from shared.messaging.parking import count_held
from shared.settings import read_settings

app = typer.Typer(no_args_is_help=True, help="Cheqi (车骑) serves a city district's riders.", add_completion=False)
staff = typer.Typer(no_args_is_help=True, help="Administrators, and staff in need.")
app.add_typer(staff, name="staff")
app.add_typer(parked.app, name="parked")
app.add_typer(topics.app, name="topics")
app.command()(running.up)
app.command()(running.serve)
app.command()(lag.lag)
app.command("rehearse")(rehearsal.run)


@app.callback()
def _private() -> None:
    """Let only the owner of the process read the files that it makes."""
    os.umask(0o077)


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the last step.")] = False,
    port: Annotated[int, typer.Option(min=0, max=running.PORT_MAX, help="Port to listen on.")] = 8080,
) -> None:
    """Play the article's day over the real HTTP APIs, in a data folder of its own, on a clock that it sets."""
    with explained():
        held = play_day(port, once=once)
    raise typer.Exit(0 if held else 1)


@app.command()
def audit(as_json: AsJSON = False) -> None:
    """Prove that hazards, ledger, vouchers and certificates agree, and that every log is whole."""
    with explained(), opened(read_settings()) as house:
        findings = audit_house(house)
    show_rows("what does not agree", [asdict(one) for one in findings], as_json=as_json)
    raise typer.Exit(1 if findings else 0)


@app.command()
def migrate(as_json: AsJSON = False) -> None:
    """Bring every store up to date."""
    with explained():
        taken = migrate_stores(read_settings())
    show_rows("migrations taken", taken, as_json=as_json)


@app.command()
def secrets(
    source: Annotated[Path | None, typer.Option("--from", help="A backup of keys to take them from first.")] = None,
    as_json: AsJSON = False,
) -> None:
    """Make the secrets that are missing, at random: each service's in its own folder of CHEQI_SECRETS."""
    with explained():
        made = make_secrets(read_settings(), source)
    show_rows("secrets made", [{"file": str(path)} for path in made], as_json=as_json)


@app.command()
def databases(as_json: AsJSON = False) -> None:
    """Make each service's role and databases on the server of CHEQI_DATABASE_ADMIN_URL; set passwords and limits."""
    with explained():
        made = make_databases(read_settings())
    show_rows("made on the server", made, as_json=as_json)


@app.command()
def backfill(
    service: Annotated[str, typer.Argument(help="The service that has learned to handle a type.")],
    from_now: Annotated[bool, typer.Option("--from-now", help="Waive the past.")] = False,
) -> None:
    """Apply past events of types that a service handles now; stop the service first."""
    with explained(), opened(read_settings()) as house:
        node = house.get_node(service)
        operator = node.operator()
        if from_now:
            operator.waive()
            say(f"{service} handles the types from now on")
        else:
            applied = operator.backfill({name: node.log for name, node in house.nodes.items()})
            say(f"{service} applied {applied} past events")
            with node.snapshot() as session:
                _, _, parked_events = count_held(session)
            if parked_events:
                complain(f"{service} has parked {parked_events} events that failed; see `cheqi parked list`")


app.command()(republish)
app.command()(archive)
app.command()(backup)
app.command()(restore)
app.command("read-back")(read_back)


@app.command()
def sms(as_json: AsJSON = False) -> None:
    """Show the newest codes and notices that the trial SMS adapters kept."""
    with explained():
        messages = list_trial_sms(read_settings())
    show_rows("messages", messages, as_json=as_json)


@staff.callback()
def _staff() -> None:
    """Group the commands about staff."""


@staff.command("create-administrator")
def create_administrator(
    login: Annotated[str, typer.Option(help="The login of the administrator.")],
    password_stdin: Annotated[bool, typer.Option(help="Read the password from standard input.")] = False,
) -> None:
    """Make an administrator; prints, once, the address that an authenticator app reads."""
    with explained():
        password = sys.stdin.readline().rstrip("\n") if password_stdin else _asked_password()
        with opened(read_settings(), make=True) as house:
            typer.echo(house.create_administrator(login, password))


@staff.command("end")
def end_office(
    login: Annotated[str, typer.Option(help="The login of the member of staff.")],
    even_last: Annotated[bool, typer.Option("--even-last", help="End the last administrator's office too.")] = False,
) -> None:
    """End the office of a member of staff or an administrator; sign-ins and invitations count no more."""
    with explained(), opened(read_settings()) as house:
        person_id = house.end_office(login, even_last=even_last)
    say(f"the office of {login} ({person_id}) has ended")


@staff.command("invite-again")
def invite_again(login: Annotated[str, typer.Option(help="The login of the member of staff.")]) -> None:
    """Invite a member of staff or an administrator to choose another password; prints the invitation, once."""
    with explained(), opened(read_settings()) as house:
        invitation = house.invite_again(login)
    typer.echo(invitation)


def _asked_password() -> str:
    if not sys.stdin.isatty():
        message = "there is no terminal to ask for a password at; give it on standard input with --password-stdin"
        raise ConfigurationError(message)
    return getpass.getpass("Password: ")
