"""The Personal Demographics Service: one FHIR object a line, no Patient longer than 900 bytes."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from loaders.synthetic import calendar, errors, rates
from loaders.synthetic.desk import Desk, adult_ids, child_ids, uprns
from loaders.synthetic.files import Sink, join, text, when
from loaders.synthetic.identifiers import Ints, Texts, digits
from loaders.synthetic.population import Chunk

LIMIT = 900
NHS = "https://fhir.nhs.uk/Id/nhs-number"
ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
CORE = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-"
VERIFIED = (
    '"extension":[{"url":"' + CORE + 'NHSNumberVerificationStatus","valueCodeableConcept":{"coding":[{"code":"01"}]}}]'
)
REMOVAL = "https://fhir.nhs.uk/StructureDefinition/Extension-PDS-RemovalFromRegistration"
ROLES = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"


def patients(sink: Sink, chunk: Chunk, desk: Desk) -> None:
    """One Patient for each child, and for an adopted one the number that is no longer to be used."""
    children = chunk.children
    rows = len(children)
    lines = patient_lines(children, desk)
    sink.pieces(lines, rows=rows)
    desk.remember("pds", "nhs", children["nhs"].to_numpy(object), child_ids(children["person"].to_numpy()))
    adopted = children[children["adopted"]]
    old = adopted["nhs_old"].to_numpy(object)
    redacted = join(
        '{"resourceType":"Patient","id":"', old, f'","identifier":[{{"system":"{NHS}","value":"', old,
        '"}],"meta":{"security":[{"code":"REDACTED"}]}}\n', rows=len(old),
    )  # fmt: skip
    sink.pieces(redacted, rows=len(old))


def patient_lines(children: pd.DataFrame, desk: Desk) -> pa.Array:
    """Each child as a Patient in one line."""
    rows = len(children)
    seen = errors.blur(children, desk.level(rates.REGISTER), desk.world, desk.rng)
    restricted = children["shielded"].to_numpy()
    nhs = children["nhs"].to_numpy(object)
    start = join(
        '{"resourceType":"Patient","id":"', nhs, f'","identifier":[{{"system":"{NHS}","value":"', nhs,
        f'",{VERIFIED}}}],"meta":{{"security":[{{"code":"', when(restricted, "R", rows, "U"), '"}]},"name":[',
        _names(children, seen, desk), '],"gender":"', when(children["male"].to_numpy(), "male", rows, "female"),
        '","birthDate":"', calendar.iso(seen.born), '"', _happened(children), rows=rows,
    )  # fmt: skip
    return _with_places(start, children, seen, desk)


def _names(children: pd.DataFrame, seen: errors.Seen, desk: Desk) -> pa.Array:
    rows = len(children)
    middle = children["middle"].to_numpy(object)
    former = children["former"].to_numpy(object)
    old = (former != "") & ~children["adopted"].to_numpy() & desk.some(rows, rates.OLD_NAME_KEPT)
    given = join(',"given":["', escaped(seen.forename), '"', _optional(middle, ',"', '"'), "]", rows=rows)
    usual = join('{"use":"usual","family":"', escaped(seen.family), '"', given, "}", rows=rows)
    ended = children["changed_on"].to_numpy()
    earlier = join(
        ',{"use":"old","period":{"end":"', calendar.iso(ended), '"},"family":"', escaped(former), '","given":["',
        escaped(seen.forename), '"]}', rows=rows,
    )  # fmt: skip
    known_as = children["known_as"].to_numpy(object)
    nickname = join(
        ',{"use":"nickname","family":"', escaped(seen.family), '","given":["', escaped(known_as), '"]}', rows=rows
    )  # fmt: skip
    told = (known_as != "") & (known_as != seen.forename) & desk.some(rows, rates.NICKNAME_KEPT)
    return join(usual, when(told, nickname, rows), when(old, earlier, rows), rows=rows)


def _happened(children: pd.DataFrame) -> pa.Array:
    rows = len(children)
    gone = calendar.iso(children["gone_on"].to_numpy())
    multiple = children["maternity"].to_numpy() > 1
    birth = join(',"multipleBirthInteger":', children["order"].to_numpy(), rows=rows)
    died = children["died"].to_numpy()
    death = join(',"deceasedDateTime":"', gone, 'T00:00:00+00:00"', rows=rows)
    reason = np.where(died, "DEA", children["left"].to_numpy(object)).astype(object)
    removal = join(
        f',"extension":[{{"url":"{REMOVAL}","extension":[{{"url":"removalFromRegistrationCode","valueCodeableConcept":'
        '{"coding":[{"code":"', reason, '"}]}},{"url":"effectiveTime","valuePeriod":{"start":"', gone, '"}}]}]',
        rows=rows,
    )  # fmt: skip
    return join(when(multiple, birth, rows), when(died, death, rows), when(reason != "", removal, rows), rows=rows)


def _with_places(start: pa.Array, children: pd.DataFrame, seen: errors.Seen, desk: Desk) -> pa.Array:
    """Adds address, practice and telephone, the least needed last and only while there is room."""
    rows = len(children)
    open_to_all = ~children["shielded"].to_numpy()
    moved = children["moved_on"].to_numpy()
    current = seen.address
    placed = open_to_all & (current != -1)
    line = _address(current, join(',"period":{"start":"', calendar.iso(moved), '"}', rows=rows), desk)
    keyed = join(
        line, ',"extension":[{"url":"', CORE, 'AddressKey","extension":[{"url":"type","valueCoding":{"code":"UPRN"}},',
        '{"url":"value","valueString":"', uprns(current), '"}]}]', rows=rows,
    )  # fmt: skip
    old = children["address_old"].to_numpy()
    kept = placed & (old >= 0) & (old != current) & desk.some(rows, rates.HISTORY_KEPT)
    ended = _address(old, join(',"period":{"end":"', calendar.iso(moved), '"}', rows=rows), desk)
    history = when(kept, join(",", ended, "}", rows=rows), rows)
    end = join(_practice(children, desk), "}\n", rows=rows)
    phone = join(
        ',"telecom":[{"system":"phone","value":"07700900', _last_three(children), '","use":"mobile"}]', rows=rows
    )
    plain = join(start, when(placed, join(',"address":[', line, "}", history, "]", rows=rows), rows), rows=rows)
    bare = join(start, when(placed, join(',"address":[', line, "}]", rows=rows), rows), end, rows=rows)
    full = join(start, when(placed, join(',"address":[', keyed, "}", history, "]", rows=rows), rows), rows=rows)
    homeless = join(start, end, rows=rows)
    choices = [
        join(full, phone, end, rows=rows),
        join(full, end, rows=rows),
        join(plain, end, rows=rows),
        bare,
        homeless,
    ]
    # Those without an address for one reason or another have no telephone either.
    choices[0] = when(placed & desk.some(rows, 0.3), choices[0], rows, choices[1])
    best = choices[-1]
    for choice in reversed(choices[:-1]):
        fits = pc.less_equal(pc.binary_length(choice), LIMIT + 1)
        best = pc.if_else(fits, choice, best)
    return best


def _last_three(children: pd.DataFrame) -> Texts:
    number = children["household"].to_numpy() % 1000
    return np.asarray(digits(number, 3), dtype=object)


def _address(address: Ints, period: object, desk: Desk) -> pa.Array:
    rows = len(address)
    line = join('"', escaped(desk.streets(address)), '","', escaped(desk.towns(address)), '"', rows=rows)
    return join(
        '{"use":"home"', period, ',"line":[', when(address >= 0, line, rows), '],"postalCode":"',
        desk.postcodes(address), '"', rows=rows,
    )  # fmt: skip


def _practice(children: pd.DataFrame, desk: Desk) -> pa.Array:
    rows = len(children)
    practice = children["practice"].to_numpy()
    code = desk.world.practices["code"].to_numpy(object)[np.maximum(practice, 0)]
    piece = join(
        f',"generalPractitioner":[{{"identifier":{{"system":"{ODS}","value":"', code,
        '","period":{"start":"', calendar.iso(children["practice_since"].to_numpy()), '"}}}]', rows=rows,
    )  # fmt: skip
    return when((practice >= 0) & ~children["shielded"].to_numpy(), piece, rows)


def related(sink: Sink, chunk: Chunk, desk: Desk, first: int) -> int:
    """One RelatedPerson for most bonds between a child and a carer; returns how many."""
    bonds = chunk.bonds
    child = chunk.children.iloc[bonds["child"].to_numpy()]
    open_to_all = ~child["shielded"].to_numpy() & ~child["died"].to_numpy() & (child["left"] == "").to_numpy()
    told = bonds.get("in_pds", pd.Series(desk.some(len(bonds), 0.85), index=bonds.index)).to_numpy()
    bonds = bonds[open_to_all & told]
    rows = len(bonds)
    row, adult = bonds["child"].to_numpy(), bonds["adult"].to_numpy()
    adults = chunk.adults
    ids = np.array([f"{first + each:08X}" for each in range(rows)], dtype=object)
    phone = adults["phone"].str.replace(" ", "").to_numpy(object)[adult]
    # The parent who lives elsewhere is named there without an address.
    address = np.where(bonds["at_home"], adults["address"].to_numpy(np.int64)[adult], -1).astype(np.int64)
    place = join(',"address":[', _address(address, "", desk), "}]", rows=rows)
    lines = join(
        '{"resourceType":"RelatedPerson","id":"', ids, '","active":true,"patient":{"identifier":{"system":"', NHS,
        '","value":"', chunk.children["nhs"].to_numpy(object)[row], '"}},"relationship":[{"coding":[{"system":"',
        ROLES, '","code":"', bonds["relation"].to_numpy(object), '"}]}],"period":{"start":"',
        calendar.iso(bonds["since"].to_numpy()), '"},"name":[{"use":"usual","family":"',
        escaped(adults["family"].to_numpy(object)[adult]), '","given":["',
        escaped(adults["forename"].to_numpy(object)[adult]), '"],"prefix":["', adults["title"].to_numpy(object)[adult],
        '"]}],"telecom":[{"system":"phone","value":"', phone, '","use":"mobile"}]', when(address >= 0, place, rows),
        "}\n", rows=rows,
    )  # fmt: skip
    sink.pieces(lines, rows=rows)
    desk.remember("pds", "nhs", ids, adult_ids(chunk, adult))
    return rows


def escaped(column: Texts) -> pa.Array:
    """The texts as they may stand between quotation marks in JSON."""
    safe = pc.replace_substring(text(column, len(column)), "\\", "\\\\")
    return pc.replace_substring(safe, '"', '\\"')


def _optional(column: Texts, before: str, after: str) -> pa.Array:
    rows = len(column)
    return when(column != "", join(before, escaped(column), after, rows=rows), rows)
