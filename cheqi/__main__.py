"""`python -m cheqi`: the command line, where its script is not at hand."""

from cheqi.main import app

app(prog_name="cheqi")
