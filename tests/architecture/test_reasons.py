"""An operator finds in the handbook whatever reason a parked event is shown with."""

import re
from typing import get_args

from shared.messaging.arrivals import Reason
from tests.architecture.tree import ROOT

SECTION = re.compile(r"^### CheqiEventsParked\n(.*?)^### ", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `([^`]+)` \| .", re.MULTILINE)


def test_the_handbook_explains_each_reason_for_which_something_is_parked_and_no_other() -> None:
    (section,) = SECTION.findall((ROOT / "docs" / "operations.md").read_text(encoding="utf-8"))

    assert ROW.findall(section) == list(get_args(Reason))
