"""Which addresses there are, by which methods, and for whom."""

from pathlib import Path

import pytest
from flask import Flask

from graph.model.errors import ProgrammeError
from webapp.access import check_policies, permission_of

TABLE = Path(__file__).parent.parent / "data" / "routes.txt"


def test_the_routes_are_those_written_down(bare_site: Flask):
    lines = sorted(
        f"{rule.rule}  {' '.join(sorted(rule.methods or ()))}  {permission_of(bare_site, rule.endpoint)}"
        for rule in bare_site.url_map.iter_rules()
    )

    assert lines == TABLE.read_text(encoding="utf-8").splitlines(), "Write the new route, and who may use it, there."


def test_a_route_without_a_policy_stops_the_start():
    app = Flask("no policy", static_folder=None)
    app.add_url_rule("/", "open", lambda: "")

    with pytest.raises(ProgrammeError, match="open has no policy"):
        check_policies(app)


def test_no_address_takes_options(bare_site: Flask):
    assert not any("OPTIONS" in (rule.methods or ()) for rule in bare_site.url_map.iter_rules())
