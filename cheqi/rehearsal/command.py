"""The command `cheqi rehearse`."""

from typing import Annotated

import httpx2
import typer

from cheqi.rehearsal.people import UnexpectedAnswerError
from cheqi.rehearsal.play import Size, rehearse
from cheqi.terminal import AsJSON, complain, explained, say, show_rows
from shared.settings import read_settings


def run(
    riders: Annotated[int, typer.Option(min=1, max=100_000, help="How many riders take part.")] = 10_000,
    days: Annotated[int, typer.Option(min=1, help="How many days each of them has.")] = 1,
    seed: Annotated[int, typer.Option(help="What is done is drawn from it.")] = 1,
    as_json: AsJSON = False,
) -> None:
    """Play a district's day on the setup that runs here, and audit it; for a setup of its own: its riders stay."""
    settings = read_settings()
    with explained():
        try:
            outcome = rehearse(settings, Size(riders, days, seed))
        except (UnexpectedAnswerError, httpx2.TransportError) as error:
            asked = f"do the services run, and answer at {settings.address_of('registration')}?"
            complain(f"the rehearsal ended early: {error}; {asked}")
            raise typer.Exit(1) from None
    rows = [{"answer": name, "count": count} for name, count in outcome.answers.most_common()]
    show_rows("answers", rows, as_json=as_json)
    say(f"{outcome.seconds:.0f} s for the days, {outcome.unsettled} events not settled")
    for one in outcome.disagreements:
        complain(f"{one.service}: {one.code} {one.subject}: {one.detail}")
    if not outcome.disagreements:
        say("audit: all agrees")
    raise typer.Exit(0 if outcome.held else 1)
