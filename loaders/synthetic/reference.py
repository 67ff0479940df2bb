"""The registers of places: authorities, postcodes, schools, practices and the directories of services."""

import csv
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from loaders.synthetic import fixed, names
from loaders.synthetic.files import Sink, Written, file_name
from loaders.synthetic.places import CODE_POINT_COLUMNS, SCHOOL_KINDS, World, write_csv_text

HOURS = "Mon-Fri 09:00-17:00"
# A zip file remembers when each member was made; these were all made at once.
ZIP_TIME = (2026, 1, 1, 0, 0, 0)
LICENCE = "The places are invented. Postcodes of a given file remain under the licence of that file.\n"
HEADERS = (
    "Postcode,Positional_quality_indicator,Eastings,Northings,Country_code,NHS_regional_HA_code,NHS_HA_co"
    "de,Admin_county_code,Admin_district_code,Admin_ward_code"
)


def write(world: World, out: Path, days: Mapping[str, date], *, compress: bool) -> list[Written]:
    """Every register of places."""
    written = [_authorities(out, days["authorities"], compress=compress), _postcodes(world, out, days["postcodes"])]
    written += [
        _schools(world, out, days["schools"], compress=compress),
        _practices(world, out, days["gp_practices"], compress=compress),
    ]
    return written + [
        _directory(world, number, out, days["directory"], compress=compress) for number in range(len(fixed.AUTHORITIES))
    ]


def _small(
    out: Path, name: tuple[str, str, date], body: str, rows: int, *, compress: bool, encoding: str = "utf-8"
) -> Written:
    feed, supplier, as_at = name
    with Sink(out / file_name(feed, supplier, as_at, "csv"), feed, supplier, compress=compress) as sink:
        sink.text(body, encoding=encoding)
        sink.rows = rows
    return sink.written()


def _authorities(out: Path, as_at: date, *, compress: bool) -> Written:
    rows: list[list[object]] = [[a.dfe, a.gss, a.name] for a in fixed.AUTHORITIES]
    body = write_csv_text(["dfe_la_code", "gss_code", "la_name"], rows)
    return _small(out, ("authorities", "ons", as_at), body, len(rows), compress=compress)


def _postcodes(world: World, out: Path, as_at: date) -> Written:
    path = out / file_name("postcodes", "os", as_at, "zip")
    codes = world.postcodes
    area = codes["postcode"].str.extract(r"^([A-Z]+)", expand=False).str.lower()
    with zipfile.ZipFile(path, "w") as archive:
        _member(archive, "Doc/Code-Point_Open_Column_Headers.csv", "PC,PQ,EA,NO,CY,RH,LH,CC,DC,WC\n" + HEADERS + "\n")
        _member(archive, "Doc/licence.txt", LICENCE)
        for name in sorted(area.unique()):
            rows = codes.loc[area == name, CODE_POINT_COLUMNS].astype(object).to_numpy().tolist()
            _member(archive, f"Data/CSV/{name}.csv", write_csv_text([], rows, quoting=csv.QUOTE_NONNUMERIC))
    return Written(path, "postcodes", "os", len(codes))


def _member(archive: zipfile.ZipFile, name: str, body: str) -> None:
    info = zipfile.ZipInfo(name, ZIP_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    # Otherwise the system on which it was made is written into the file.
    info.create_system, info.external_attr = 3, 0o644 << 16
    archive.writestr(info, body.encode())


def _schools(world: World, out: Path, as_at: date, *, compress: bool) -> Written:
    header = [row["column"] for row in names.rows("gias_header.csv")]
    rows: list[list[object]] = []
    for school in world.schools.to_dict("records"):
        known = _school(world, school)
        rows.append([known.get(column, "") for column in header])
    body = write_csv_text(header, rows, quoting=csv.QUOTE_NONNUMERIC)
    return _small(out, ("schools", "dfe", as_at), body, len(rows), compress=compress, encoding="cp1252")


def _school(world: World, school: "dict[object, object]") -> dict[str, object]:
    _, _, _, phase, phase_name, low, high, kind, kind_name, _ = SCHOOL_KINDS[str(school["kind"])]
    authority = fixed.AUTHORITIES[int(str(school["authority"]))]
    code = world.postcodes.iloc[int(str(school["postcode_row"]))]
    opened = pd.Timestamp(str(school["opened"]))
    return {
        "URN": int(str(school["urn"])), "LA (code)": authority.dfe, "LA (name)": authority.name,
        "EstablishmentNumber": int(str(school["estab"])), "EstablishmentName": school["name"],
        "TypeOfEstablishment (code)": kind, "TypeOfEstablishment (name)": kind_name,
        "EstablishmentStatus (code)": "1", "EstablishmentStatus (name)": "Open",
        "OpenDate": opened.strftime("%d-%m-%Y"), "PhaseOfEducation (code)": str(phase),
        "PhaseOfEducation (name)": phase_name, "StatutoryLowAge": low, "StatutoryHighAge": high,
        "Gender (name)": "Mixed", "ReligiousCharacter (name)": "Does not apply", "Street": code["street"],
        "Town": world.towns["town"].iloc[int(str(school["town"]))], "County (name)": authority.name,
        "Postcode": code["postcode"], "TelephoneNum": str(school["phone"]).replace(" ", ""),
        "LastChangedDate": opened.strftime("%d-%m-%Y"),
        "DistrictAdministrative (code)": code["district"], "AdministrativeWard (code)": code["ward"],
        "GSSLACode (name)": authority.gss, "Easting": int(code["easting"]), "Northing": int(code["northing"]),
        "SchoolWebsite": f"https://school{school['urn']}.example/",
    }  # fmt: skip


def _practices(world: World, out: Path, as_at: date, *, compress: bool) -> Written:
    rows = [_practice(world, row) for row in world.practices.to_dict("records")]
    # Rightly in the file and not for a child to be registered with: closed, and of another prescribing setting.
    extra = [list(row) for row in rows[:2]]
    extra[0][0], extra[0][1], extra[0][11], extra[0][12] = "Z99998", "OLD MILL SURGERY", "20190331", "C"
    extra[1][0], extra[1][1], extra[1][25] = "Z99999", "EASTWAY WALK-IN CENTRE", "2"
    rows += extra
    body = write_csv_text([], rows, quoting=csv.QUOTE_ALL)
    return _small(out, ("gp_practices", "nhs", as_at), body, len(rows), compress=compress)


def _practice(world: World, practice: "dict[object, object]") -> list[object]:
    code = world.postcodes.iloc[int(str(practice["postcode_row"]))]
    town = world.towns.iloc[int(str(practice["town"]))]
    authority = fixed.AUTHORITIES[int(town["authority"])]
    fields: list[object] = [""] * 27
    fields[0:5] = [practice["code"], practice["name"], "Y63", "QZZ", practice["name"]]
    fields[5:10] = [code["street"], town["town"], authority.name, "", code["postcode"]]
    fields[10], fields[12], fields[13], fields[14] = "19740401", "A", "B", "99X"
    fields[15], fields[17], fields[21], fields[23] = "20200401", practice["phone"], "0", "99X"
    fields[25] = "4"
    return fields


DIRECTORY = [
    "SERVICE_ID",
    "KIND",
    "NAME",
    "ORGANISATION",
    "LA_CODE",
    "PHONE",
    "OUT_OF_HOURS_PHONE",
    "EMAIL",
    "HOURS",
    "ADDRESS_1",
    "ADDRESS_2",
    "ADDRESS_3",
    "POSTCODE",
    "STATUTORY",
    "OPEN_DATE",
    "CLOSE_DATE",
]


def _directory(world: World, number: int, out: Path, as_at: date, *, compress: bool) -> Written:
    authority = fixed.AUTHORITIES[number]
    own = world.services[world.services["authority"] == number]
    streets, codes = world.postcodes["street"].to_numpy(object), world.postcodes["postcode"].to_numpy(object)
    rows: list[list[object]] = []
    for service in own.to_dict("records"):
        row = int(service["postcode_row"])
        rows.append([
            service["service_id"], service["kind"], service["name"], service["organisation"], authority.dfe,
            service["phone"], service["out_of_hours"], service["email"], HOURS,
            f"{service['number']} {streets[row]}", "", world.towns["town"].iloc[int(service["town"])], codes[row],
            "Y" if service["statutory"] else "N", "2015-04-01", "",
        ])  # fmt: skip
    body = write_csv_text(DIRECTORY, rows).replace("\r\n", "\n")
    return _small(out, ("directory", authority.supplier, as_at), body, len(rows), compress=compress)
