"""Files that are not what they claim to be: one clear sentence each; and what is read as it stands."""

import gzip
import json
import zipfile

import pytest
import zstandard

from graph.model.errors import Unreadable
from loaders import registry
from tests.loaders.golden import checked, sample_of

FEEDS = registry.FEEDS
HEADING = "ENTRY_NO,REGISTERED_ON,DISTRICT,NHS_NUMBER,SURNAME,FORENAMES,SEX,DOB,DIED_ON,POSTCODE\n"
ROW = "D{n},2026-05-10,Eastway,,Lost,Child,F,2015-05-05,2026-05-01,NS1 1AA\n"
GOOD = HEADING + ROW.format(n=1) + ROW.format(n=2)


def given_file(tmp_path, content, name="deaths.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def many(rows=200):
    return (HEADING + "".join(ROW.format(n=n) for n in range(rows))).encode()


def zst_of(content):
    return zstandard.ZstdCompressor().compress(content)


UNREADABLE = [
    ("empty.csv", b"", "is empty"),
    ("utf16.csv", GOOD.encode("utf-16"), "UTF-16"),
    ("nul.csv", GOOD.replace("Child", "Ch\0ild", 1).encode(), "NUL byte in line 2"),
    ("latin.csv", GOOD.replace("Child", "Zoë").encode("latin-1"), "0xeb in line 2"),
    ("quote.csv", (GOOD + '"D9,never closed\n').encode(), "quotation marks that open in line 4"),
    ("cut.csv", (GOOD + "D3,2026-05-10,East").encode(), "in the middle of line 4"),
    ("blank.csv", b"\n\n", "no line of headings"),
    ("twice.csv", GOOD.replace("DISTRICT", "SEX").encode(), "two columns called 'SEX'"),
    ("secretly.csv", gzip.compress(GOOD.encode()), "packed with gzip"),
    ("cut.csv.gz", gzip.compress(many())[:-12], "cut off or damaged"),
    ("bad.csv.gz", b"not gzip at all", "cut off or damaged"),
    ("cut.csv.zst", zst_of(many(5000))[:-9], "cut off or damaged"),
    ("bad.csv.zst", b"not zst at all", "cut off or damaged"),
]


@pytest.mark.parametrize(("name", "content", "sentence"), UNREADABLE, ids=[case[0] for case in UNREADABLE])
def test_a_damaged_file_is_unreadable_and_the_sentence_says_why(tmp_path, name, content, sentence):
    path = given_file(tmp_path, content, name)

    with pytest.raises(Unreadable, match=sentence) as refused:
        checked(FEEDS["deaths"], path)
    assert name in str(refused.value)
    assert str(refused.value).endswith(".")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(Unreadable, match=r"nowhere\.csv is not a file"):
        checked(FEEDS["deaths"], tmp_path / "nowhere.csv")


def test_a_zip_is_refused_where_the_feed_does_not_come_as_one(tmp_path):
    with zipfile.ZipFile(tmp_path / "deaths.zip", "w") as archive:
        archive.writestr("deaths.csv", GOOD)

    with pytest.raises(Unreadable, match="is a zip"):
        checked(FEEDS["deaths"], tmp_path / "deaths.zip")


def test_a_declared_archive_is_read_as_it_is_and_its_documents_are_passed_over(tmp_path):
    sample = sample_of("postcodes").read_text()
    with zipfile.ZipFile(tmp_path / "codepo.zip", "w") as archive:
        archive.writestr("Doc/readme.txt", "not a postcode")
        archive.writestr("Data/CSV/ns.csv", sample.splitlines()[1] + "\n")
        archive.writestr("Data/CSV/sx.csv", sample.splitlines()[0] + "\n")

    found = checked(FEEDS["postcodes"], tmp_path / "codepo.zip")

    assert found.lookup["postcode"].tolist() == ["NS1 1AA", "SX1 1AA"]
    assert (found.rows, found.kept) == (2, 2)


@pytest.mark.parametrize("content", [b"no zip", b"PK\x03\x04 cut off"])
def test_a_damaged_archive_is_unreadable(tmp_path, content):
    with pytest.raises(Unreadable, match="cut off or damaged"):
        checked(FEEDS["postcodes"], given_file(tmp_path, content, "codepo.zip"))


def test_an_archive_without_the_right_members_is_unreadable(tmp_path):
    with zipfile.ZipFile(tmp_path / "codepo.zip", "w") as archive:
        archive.writestr("Doc/readme.txt", "only this")

    with pytest.raises(Unreadable, match="holds no Data/CSV"):
        checked(FEEDS["postcodes"], tmp_path / "codepo.zip")


@pytest.mark.parametrize("pack", [gzip.compress, zst_of, lambda content: zst_of(content[:80]) + zst_of(content[80:])])
def test_a_packed_file_says_the_same_as_the_plain_one(tmp_path, pack):
    suffix = ".gz" if pack is gzip.compress else ".zst"

    found = checked(FEEDS["deaths"], given_file(tmp_path, pack(GOOD.encode()), "deaths.csv" + suffix))

    assert (found.rows, found.kept) == (2, 2)


def test_a_mark_of_utf8_is_passed_over_with_a_warning(tmp_path):
    found = checked(FEEDS["deaths"], given_file(tmp_path, b"\xef\xbb\xbf" + GOOD.encode()))

    assert found.kept == 2
    assert "mark of UTF-8" in found.warnings[0]


def test_a_mark_of_utf8_in_a_feed_of_another_encoding_is_unreadable(tmp_path):
    with pytest.raises(Unreadable, match="saved again on its way"):
        checked(FEEDS["schools"], given_file(tmp_path, b"\xef\xbb\xbfURN\n", "schools.csv"))


def test_a_letter_lost_upstream_is_a_warning(tmp_path):
    found = checked(FEEDS["deaths"], given_file(tmp_path, GOOD.replace("Child", "Zo\ufffd")))

    assert found.kept == 2
    assert "2 letters lost upstream" in found.warnings[0]


def test_a_windows_quotation_mark_is_read_and_an_undefined_byte_is_named(tmp_path):
    sample = sample_of("schools").read_bytes()
    assert b"\x92" in sample

    with pytest.raises(Unreadable, match="0x81 in line 2"):
        checked(FEEDS["schools"], given_file(tmp_path, sample.replace(b"\x92", b"\x81"), "schools.csv"))


def test_a_line_number_counts_the_lines_inside_quotation_marks(tmp_path):
    content = HEADING + '"D1",2026-05-10,"East\nway, and\nmore",,A,B,F,2015-05-05,2026-05-01,\n' + ROW.format(n=2)

    found = checked(FEEDS["deaths"], given_file(tmp_path, content))

    assert found.tidy.records["line"].tolist() == [2, 5]


@pytest.mark.parametrize(
    "row", ["D3,too,few\n", "D3" + "," * 12 + "\n", '"D3"x,2026-05-10,,,Lost,,F,2015-05-05,2026-05-01,\n']
)
def test_a_row_that_cannot_be_taken_apart_is_refused_and_the_others_load(tmp_path, row):
    found = checked(FEEDS["deaths"], given_file(tmp_path, GOOD + row + ROW.format(n=4)))

    assert found.kept == 3
    assert set(found.refused) <= {"ragged_row", "malformed_row"}
    assert sum(found.refused.values()) == 1


def test_empty_lines_are_no_rows(tmp_path):
    assert checked(FEEDS["deaths"], given_file(tmp_path, GOOD + "\n\n")).rows == 2


def test_a_last_row_without_line_end_is_a_row(tmp_path):
    assert checked(FEEDS["deaths"], given_file(tmp_path, GOOD.rstrip("\n"))).kept == 2


def test_an_unknown_column_stops_and_is_named(tmp_path):
    found = checked(FEEDS["deaths"], given_file(tmp_path, GOOD.replace("DISTRICT", "CASE_NOTES")))

    assert not found.would_load
    assert "'CASE_NOTES'" in found.errors[0]
    assert "loaders/feeds/deaths.py" in found.errors[0]
    assert found.tidy.records.empty


def test_a_missing_required_column_stops_and_is_named(tmp_path):
    found = checked(FEEDS["deaths"], given_file(tmp_path, GOOD.replace("DIED_ON", "DISTRICT2")))

    assert "must have 'DIED_ON'" in found.errors[0]


def test_another_feeds_file_is_recognised():
    found = checked(FEEDS["deaths"], sample_of("births"))

    assert "looks like a file of births" in found.errors[0]


def test_a_missing_optional_column_is_reported(tmp_path):
    lines = [line.split(",") for line in sample_of("directory").read_text().splitlines()[:2]]
    content = "\n".join(",".join(cell for n, cell in enumerate(line) if n != 8) for line in [lines[0]]) + "\n"

    found = checked(FEEDS["directory"], given_file(tmp_path, content, "directory.csv"))

    assert any("'HOURS'" in warning for warning in found.warnings)


def test_a_file_with_headings_only_would_not_load(tmp_path):
    heading = sample_of("births").read_text().splitlines()[0] + "\n"

    found = checked(FEEDS["births"], given_file(tmp_path, heading, "births.csv"))

    assert found.rows == 0
    assert not found.would_load
    assert "has 1 to" in found.errors[0]


@pytest.mark.parametrize("feed", ["deaths", "involvements"])
def test_a_sender_with_nobody_to_tell_of_sends_headings_only(tmp_path, feed):
    heading = sample_of(feed).read_text().splitlines()[0] + "\n"

    found = checked(FEEDS[feed], given_file(tmp_path, heading, f"{feed}.csv"))

    assert (found.rows, found.errors) == (0, ())
    assert found.would_load


XML = '<?xml version="1.0" encoding="UTF-8"?>{doctype}<CTfile><CTFpupilData>{pupils}</CTFpupilData></CTfile>'
PUPIL = "<Pupil><Surname>Nwosu</Surname><Forename>Ada{more}</Forename><DOB>2019-03-02</DOB><Sex>F</Sex></Pupil>"


def xml(doctype="", more="", extra=""):
    return XML.format(doctype=doctype, pupils=PUPIL.format(more=more) + extra)


BAD_XML = [
    ("truncated", xml()[:-30], "cannot be read as XML beyond line 1"),
    ("not xml", "ENTRY_NO,SEX\n", "cannot be read as XML"),
    ("doctype", xml(doctype='<!DOCTYPE x [<!ENTITY e "boom">]>', more="&e;"), "document type of its own"),
    ("file", xml(doctype='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', more="&e;"), "document type"),
    ("unknown entity", xml(more="&nope;"), "cannot be read as XML"),
]


@pytest.mark.parametrize(("label", "content", "sentence"), BAD_XML, ids=[case[0] for case in BAD_XML])
def test_xml_that_is_damaged_or_brings_entities_is_unreadable(tmp_path, label, content, sentence):
    with pytest.raises(Unreadable, match=sentence):
        checked(FEEDS["common_transfer_file"], given_file(tmp_path, content, "transfer.xml"))


def test_an_unknown_element_stops_and_is_named(tmp_path):
    pupil = PUPIL.format(more="").replace("</Pupil>", "<Notes>secret</Notes></Pupil>")

    found = checked(FEEDS["common_transfer_file"], given_file(tmp_path, xml(extra=pupil), "transfer.xml"))

    assert "'Notes'" in found.errors[0]
    assert "secret" not in repr(found)


def test_xml_of_something_else_lacks_what_it_must_have(tmp_path):
    found = checked(FEEDS["common_transfer_file"], given_file(tmp_path, "<rss><channel/></rss>", "transfer.xml"))

    assert "must have" in found.errors[0]


PATIENT = {
    "resourceType": "Patient", "id": "9000000009", "birthDate": "2019-03-02",
    "name": [{"family": "Nwosu", "given": ["Ada"]}],
}  # fmt: skip


def test_a_patient_a_bundle_and_lines_say_the_same(tmp_path):
    bundle = {"resourceType": "Bundle", "entry": [{"resource": PATIENT}]}
    files = [
        ("a.json", json.dumps(PATIENT, indent=2)),
        ("b.json", json.dumps(bundle)),
        ("c.jsonl", json.dumps(PATIENT)),
    ]

    found = [checked(FEEDS["pds"], given_file(tmp_path, content, name)) for name, content in files]

    assert [one.tidy.records["key"].tolist() for one in found] == [["9000000009"]] * 3


def test_a_line_of_json_cut_off_at_the_end_is_unreadable(tmp_path):
    with pytest.raises(Unreadable, match="in the middle of line 2"):
        checked(FEEDS["pds"], given_file(tmp_path, json.dumps(PATIENT) + '\n{"resourceType": "Pat', "pds.jsonl"))


def test_a_json_document_cut_off_is_unreadable(tmp_path):
    with pytest.raises(Unreadable, match="is not JSON, or is cut off"):
        checked(FEEDS["pds"], given_file(tmp_path, json.dumps(PATIENT)[:-5], "pds.json"))


ODD_LINES = ["[]", "null", "3", '"text"', "{}", '{"resourceType": "Patient", "name": [3]}', "[" * 100_000]


@pytest.mark.parametrize("line", ODD_LINES, ids=range(len(ODD_LINES)))
def test_an_odd_line_of_json_is_counted_and_the_others_load(tmp_path, line):
    found = checked(FEEDS["pds"], given_file(tmp_path, f"{json.dumps(PATIENT)}\n{line}\n", "pds.jsonl"))

    assert (found.rows, found.kept) == (2, 1)


def test_half_a_letter_in_json_is_left_out_and_counted(tmp_path):
    patient = json.dumps(PATIENT).replace("Ada", "A\\ud800a")

    found = checked(FEEDS["pds"], given_file(tmp_path, patient + "\n", "pds.jsonl"))

    assert found.kept == 1
    assert "bad_characters" in found.warnings[0]


def test_an_unknown_part_of_a_patient_stops_and_is_named(tmp_path):
    found = checked(FEEDS["pds"], given_file(tmp_path, json.dumps(PATIENT | {"photo": "x"}) + "\n", "pds.jsonl"))

    assert "'photo'" in found.errors[0]
