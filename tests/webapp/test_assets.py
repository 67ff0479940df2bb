"""What browsers are sent: small, under names that change with it, and as they can read it."""

import gzip

import pytest
from flask import Flask

from webapp.assets import _in_order, build
from webapp.manifest import BUILT, TYPEFACES, AssetsError, read_names


def test_nothing_is_built_twice():
    assert not build()


def test_scripts_import_each_other_by_the_names_that_they_have():
    names = read_names()

    ours = (BUILT / names["signpost.js"]).read_text(encoding="utf-8")

    assert f'"./{names["govuk-frontend.min.js"]}"' in ours


def test_a_script_comes_after_what_it_imports_and_never_imports_what_is_not_there():
    order = _in_order({"a.js": {"b.js", "c.js"}, "b.js": {"c.js"}, "c.js": set()})

    assert order == ("c.js", "b.js", "a.js")
    with pytest.raises(AssetsError, match=r"d\.js"):
        _in_order({"a.js": {"d.js"}})
    with pytest.raises(AssetsError, match="circle"):
        _in_order({"a.js": {"b.js"}, "b.js": {"a.js"}})


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("identity", None), ("", None)],
)
def test_files_are_compressed_for_those_who_can_read_it(bare_site: Flask, accepted, coding):
    name = read_names()["signpost.css"]

    with bare_site.test_client().get(f"/static/dist/{name}", headers={"Accept-Encoding": accepted}) as answer:
        assert answer.headers.get("Content-Encoding") == coding
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        if coding == "gzip":
            assert gzip.decompress(answer.data) == (BUILT / name).read_bytes()
        assert len(answer.data) == (BUILT / (name + {"br": ".br", "gzip": ".gz"}.get(coding, ""))).stat().st_size


def test_a_compressed_file_has_no_address_of_its_own(bare_site: Flask):
    assert bare_site.test_client().get(f"/static/dist/{read_names()['signpost.css']}.br").status_code == 404


def test_the_typeface_of_images_is_built_and_no_browser_is_sent_it(bare_site: Flask):
    for name in TYPEFACES:
        assert (BUILT / name).read_bytes()[:4] == b"\x00\x01\x00\x00"
        assert bare_site.test_client().get(f"/static/dist/{name}").status_code == 404


def test_pages_are_sent_as_they_are(bare_site: Flask):
    """A page has a secret in it (its form's token): compressed, its length would tell of it."""
    answer = bare_site.test_client().get("/sign-in", headers={"Accept-Encoding": "gzip, br"})

    assert "Content-Encoding" not in answer.headers
