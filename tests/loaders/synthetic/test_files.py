"""The files have the names, headers, sizes and identifiers that the feeds ask for, and the same bytes every time."""

import csv
import hashlib
import io
import json
import re
import zipfile
from datetime import date
from pathlib import Path

import pytest
import zstandard
from lxml import etree

from loaders.synthetic import PRACTITIONERS, STORIES, synthesise, tomorrow
from tests.loaders.synthetic.conftest import AS_AT, Day

NAME = re.compile(r"[a-z_]+\.[a-z]+\.\d{4}-\d{2}-\d{2}\.(full|delta)\.(csv|xml|jsonl|zip)(\.zst)?")
FEEDS = {
    "authorities", "postcodes", "schools", "gp_practices", "directory", "births", "deaths", "school_census",
    "common_transfer_file", "pds", "child_benefit", "involvements",
}  # fmt: skip
HEADERS = {
    "child_benefit": "CLAIM_REF,CLAIM_FROM,CLAIM_TO,CLAIMANT_NINO,CLAIMANT_SURNAME,CLAIMANT_FORENAMES,CLAIMANT_DOB,"
    "CLAIMANT_RELATIONSHIP,ADDRESS_1,ADDRESS_2,ADDRESS_3,ADDRESS_4,POSTCODE,CHILD_SEQ,CHILD_SURNAME,CHILD_FORENAMES,"
    "CHILD_DOB,CHILD_SEX,CHILD_FROM,CHILD_TO",
    "births": "ENTRY_NO,REGISTERED_ON,DISTRICT,NHS_NUMBER,SURNAME,FORENAMES,SEX,DOB,BIRTH_ORDER,BIRTHS_IN_MATERNITY,"
    "MOTHER_SURNAME,MOTHER_FORENAMES,FATHER_SURNAME,FATHER_FORENAMES,ADDRESS_1,ADDRESS_2,ADDRESS_3,POSTCODE",
    "deaths": "ENTRY_NO,REGISTERED_ON,DISTRICT,NHS_NUMBER,SURNAME,FORENAMES,SEX,DOB,DIED_ON,POSTCODE",
    "involvements": "INVOLVEMENT_ID,SERVICE_ID,NHS_NUMBER,UPN,LOCAL_ID,SURNAME,FORENAMES,DOB,SEX,POSTCODE,"
    "PRACTITIONER_ID,PRACTITIONER_NAME,ROLE,REGISTRATION_NO,PHONE,EMAIL,LEAD_PROFESSIONAL,START_DATE,END_DATE,BASIS,"
    "CONSENT_DATE",
    "directory": "SERVICE_ID,KIND,NAME,ORGANISATION,LA_CODE,PHONE,OUT_OF_HOURS_PHONE,EMAIL,HOURS,ADDRESS_1,ADDRESS_2,"
    "ADDRESS_3,POSTCODE,STATUTORY,OPEN_DATE,CLOSE_DATE",
    "authorities": "dfe_la_code,gss_code,la_name",
}
CENSUS = (
    "PupilMatchingRef AcademicYear CensusTerm LA Estab LAEstab URN UPN FormerUPN Surname Forename MiddleNames "
    "PreferredSurname FormerSurname Sex DOB EnrolStatus EntryDate LeavingDate NCYearActual Postcode"
)
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
POSTCODE = re.compile(r"[A-PR-UWYZ][A-HK-Y][0-9]{1,2} [0-9][ABD-HJLNP-UW-Z]{2}")
NINO = re.compile(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z][0-9]{6}[A-D]")
PHONE = re.compile(r"01632 ?960 ?\d{3}|07700 ?900 ?\d{3}")


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_seed_and_day_give_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    for name, seed in (("one", 5), ("two", 5), ("other", 6)):
        synthesise(tmp_path / name, children=2_000, as_at=AS_AT, seed=seed)
        if seed == 5:
            tomorrow(tmp_path / name / "tomorrow", children=2_000, as_at=AS_AT, seed=seed)
    one, two, other = (_digests(tmp_path / name) for name in ("one", "two", "other"))
    assert one == two
    differing = {name.split(".")[0] for name in other if one[name] != other[name]}
    assert differing >= {"pds", "births", "school_census", "child_benefit", "postcodes", "truth/person"}


def test_every_feed_is_there_under_a_name_that_loaders_know(day: Day) -> None:
    names = [path.name for path in day.folder.iterdir() if path.is_file()]
    assert [name for name in names if not NAME.fullmatch(name)] == []
    assert {name.split(".")[0] for name in names} == FEEDS
    assert {each.path.name for each in day.report.files if each.feed != "truth"} == set(names)
    assert all(each.rows > 0 for each in day.report.files)


@pytest.mark.parametrize("feed", sorted(HEADERS))
def test_our_own_layouts_have_exactly_their_header(day: Day, feed: str) -> None:
    for path in day.folder.glob(f"{feed}.*"):
        assert path.read_text(encoding="utf-8").splitlines()[0] == HEADERS[feed]


def test_the_genuine_layouts_are_kept(day: Day) -> None:
    census = list(day.table("school_census").columns)
    assert census[:21] == CENSUS.split()
    schools = day.path("schools").read_bytes()
    header = next(csv.reader(io.StringIO(schools.decode("cp1252"))))
    assert (len(header), header[0], header[-1]) == (140, "URN", "AccreditationExpiryDate")
    assert schools.count(b"\r\n") == schools.count(b"\n")
    practices = list(csv.reader(io.StringIO(day.path("gp_practices").read_text())))
    assert {len(row) for row in practices} == {27}
    with zipfile.ZipFile(day.path("postcodes")) as archive:
        members = [name for name in archive.namelist() if name.startswith("Data/CSV/")]
        rows = list(csv.reader(io.StringIO(archive.read(members[0]).decode())))
    assert {len(row) for row in rows} == {10}
    assert {row[7] for row in rows} == {"E10000901"}
    assert {row[8][:3] for row in rows} == {"E07"}


def test_a_patient_is_at_most_900_bytes_and_one_who_is_restricted_has_no_place(day: Day) -> None:
    kinds = {"Patient": 0, "RelatedPerson": 0}
    declared = {
        "resourceType", "id", "identifier", "meta", "name", "gender", "birthDate", "multipleBirthInteger",
        "deceasedDateTime", "address", "generalPractitioner", "telecom", "extension",
    }  # fmt: skip
    restricted = 0
    for line in day.lines("pds"):
        resource = json.loads(line)
        kinds[resource["resourceType"]] += 1
        if resource["resourceType"] == "Patient":
            assert len(line.encode()) <= 900
            assert set(resource) <= declared
            if resource["meta"]["security"][0]["code"] == "R":
                restricted += 1
                assert not {"address", "generalPractitioner", "telecom"} & set(resource)
    assert restricted > 5
    assert kinds["RelatedPerson"] > kinds["Patient"] > 20_000


def _nhs_is_valid(number: str) -> bool:
    check = 11 - sum(int(digit) * weight for digit, weight in zip(number[:9], range(10, 1, -1), strict=True)) % 11
    return number.startswith("99") and len(set(number)) > 1 and check % 11 == int(number[9]) and check != 10


def _upn_is_valid(upn: str) -> bool:
    worth = [LETTERS.index(each) if each.isalpha() else int(each) for each in upn[1:]]
    return LETTERS[sum(place * value for place, value in enumerate(worth, 2)) % 23] == upn[0]


def test_every_identifier_is_valid_and_belongs_to_nobody(day: Day) -> None:
    births, census, benefit = day.table("births"), day.table("school_census"), day.table("child_benefit")
    numbers = set(births["NHS_NUMBER"]) | set(day.table("involvements", "communityhealth")["NHS_NUMBER"])
    numbers |= {json.loads(line)["id"] for line in day.lines("pds") if line.startswith('{"resourceType":"Pat')}
    assert [number for number in numbers if number and not _nhs_is_valid(number)] == []
    upns = (set(census["UPN"]) | set(census["FormerUPN"])) - {""}
    assert [upn for upn in upns if not _upn_is_valid(upn)] == []
    assert {upn[1:4] for upn in upns} == {"990", "991"}
    ninos = set(benefit["CLAIMANT_NINO"]) - {""}
    assert [nino for nino in ninos if not NINO.fullmatch(nino)] == []
    assert {nino[:2] for nino in ninos} <= {"ZC", "ZG", "ZJ"}
    codes = (set(census["Postcode"]) | set(benefit["POSTCODE"])) - {"", "ZZ99 3VZ"}
    assert [code for code in codes if not POSTCODE.fullmatch(code)] == []
    assert {code[:2] for code in codes} == {"NS", "SX"}
    assert census["PupilMatchingRef"].nunique() == day.person_of("school_census").nunique()


def test_no_number_rings_and_no_letter_arrives(day: Day) -> None:
    phones: set[str] = set()
    emails: set[str] = set()
    for path in [*day.folder.glob("involvements.*"), *day.folder.glob("directory.*")]:
        table = day.table(*path.name.split(".")[:2])
        phones |= set(table["PHONE"]) | set(table.get("OUT_OF_HOURS_PHONE", []))
        emails |= set(table["EMAIL"])
        assert all(number.startswith("INV") for number in set(table.get("REGISTRATION_NO", [])) - {""})
    for path in day.folder.glob("common_transfer_file.*"):
        tree = etree.parse(str(path))
        phones |= {str(node.text) for node in tree.iter("PhoneNo")}
        emails |= {str(node.text) for node in tree.iter("Email")}
    phones |= set(re.findall(r'"system":"phone","value":"(\d+)"', day.path("pds").read_text(encoding="utf-8")))
    schools = day.path("schools").read_text(encoding="cp1252").splitlines()
    phones |= {row[17] for row in csv.reader(day.lines("gp_practices"))}
    phones |= {row["TelephoneNum"] for row in csv.DictReader(schools)}
    assert [phone for phone in phones if phone and not PHONE.fullmatch(phone)] == []
    assert {email.rpartition("@")[2].rpartition(".")[2] for email in emails if email} <= {"example", "org"}
    assert {email.rpartition("@")[2] for email in emails if email.endswith("org")} == {"example.org"}


def test_packed_files_hold_the_same_and_the_stories_can_be_left_out(tmp_path: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    day = date(2025, 3, 1)
    synthesise(tmp_path / "plain", children=2_000, as_at=day, seed=2, stories=False)
    synthesise(
        tmp_path / "packed", children=2_000, as_at=day, seed=2, stories=False, compress=True,
        progress=lambda *step: steps.append(step),
    )  # fmt: skip
    assert steps[-1][1:] == (2_000, 2_000)
    for path in (tmp_path / "plain").glob("*.csv"):
        packed = (tmp_path / "packed" / f"{path.name}.zst").read_bytes()
        assert zstandard.ZstdDecompressor().decompressobj().decompress(packed) == path.read_bytes()
    text = next((tmp_path / "plain").glob("pds.*")).read_text(encoding="utf-8")
    assert all(name.split(" ", 1)[1] not in text for name, _ in STORIES[9].who if name.startswith("Pemberton"))
    assert '"id":"990' not in text


def test_postcodes_of_a_given_file_are_used(day: Day, tmp_path: Path) -> None:
    synthesise(tmp_path, children=2_000, as_at=AS_AT, seed=3, postcodes=day.path("postcodes"))
    with zipfile.ZipFile(day.path("postcodes")) as given, zipfile.ZipFile(next(tmp_path.glob("postcodes.*"))) as made:
        members = sorted(name for name in given.namelist() if name.startswith("Data/"))
        known = {line.split(b",")[0] for name in members for line in given.read(name).splitlines()}
        used = {
            line.split(b",")[0] for name in made.namelist() if "Data" in name for line in made.read(name).splitlines()
        }
    assert used <= known
    assert next(iter(known)) is not None
    with pytest.raises(ValueError, match="are needed"):
        synthesise(tmp_path / "short", children=50_000, as_at=AS_AT, seed=3, postcodes=day.path("postcodes"))


def test_practitioners_of_the_stories_can_be_found_in_the_files(day: Day) -> None:
    for practitioner in PRACTITIONERS:
        rows = day.table("involvements", practitioner.supplier)
        mine = rows[rows["PRACTITIONER_ID"] == practitioner.code]
        assert set(mine["PRACTITIONER_NAME"]) == {practitioner.name}
        assert set(mine["SERVICE_ID"]) == {practitioner.service_id}
