"""The look-up from postcode to children's authority: a derived file that can be built again from its feed."""

import os
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graph.model.errors import NotFound
from loaders.clean import arrow, series

_FILE, _BEFORE = "postcodes.parquet", "postcodes.previous.parquet"
_VERSION = b"signpost.version"
# Boundary changes give an authority a new code, and registers follow in their own time: each pair is one authority.
_RENUMBERED = (("E08000016", "E08000038"), ("E08000019", "E08000039"))  # Barnsley, Sheffield: April 2025


@dataclass(frozen=True)
class Areas:
    """Which authority is responsible for children at which postcode."""

    version: str
    _postcodes: pa.Array = field(repr=False)
    _authorities: pa.Array = field(repr=False)

    def __len__(self) -> int:
        return len(self._postcodes)

    def authority_of(self, postcodes: "pd.Series[str]") -> "pd.Series[str]":
        """The GSS code of the authority of each cleaned postcode; null where it is unknown or outside England."""
        asked = arrow(postcodes).dictionary_encode()
        found = self._authorities.take(pc.index_in(asked.dictionary, value_set=self._postcodes))
        return series(found.take(asked.indices), postcodes.index)


def build(folder: Path, rows: pd.DataFrame, *, full: bool, version: str, authorities: Collection[str] = ()) -> Areas:
    """The look-up made of the postcode feed's cleaned rows, a delta laid over what is there; the last one is kept."""
    table = pa.table({"postcode": arrow(rows["postcode"]), "authority": _called(_authority(rows), authorities)})
    present = folder / _FILE
    if not full and present.exists():
        before = pq.read_table(present)
        untouched = pc.invert(pc.is_in(before["postcode"], value_set=table["postcode"].combine_chunks()))
        table = pa.concat_tables([before.filter(untouched).replace_schema_metadata(None), table])
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f"{_FILE}.new"
    pq.write_table(table.sort_by("postcode").replace_schema_metadata({_VERSION: version.encode()}), fresh)
    if present.exists():
        os.replace(present, folder / _BEFORE)
    os.replace(fresh, present)
    return open_areas(folder)


def restore(folder: Path) -> Areas | None:
    """The look-up that was there before the last one was built, put back; None where there was none."""
    if (folder / _BEFORE).exists():
        os.replace(folder / _BEFORE, folder / _FILE)
        return open_areas(folder)
    (folder / _FILE).unlink(missing_ok=True)
    return None


def open_areas(folder: Path) -> Areas:
    """The look-up of this folder; NotFound where postcodes have not been loaded."""
    path = folder / _FILE
    if not path.exists():
        raise NotFound(f"There is no postcode look-up in {folder}. Load the postcodes feed first.")
    table = pq.read_table(path)
    version = (table.schema.metadata or {}).get(_VERSION, b"").decode()
    return Areas(version, table["postcode"].combine_chunks(), table["authority"].combine_chunks())


def _authority(rows: pd.DataFrame) -> pa.Array:
    """Unitary, metropolitan and London districts answer for children themselves, a shire district's county for it."""
    district, county = arrow(rows["district"]), arrow(rows["county"])
    own = pc.match_substring_regex(district, "^E0[689]")
    shire = pc.and_(pc.starts_with(district, "E07"), pc.starts_with(county, "E10"))
    nobody = pa.scalar(None, pa.string())
    return pc.if_else(pc.fill_null(own, False), district, pc.if_else(pc.fill_null(shire, False), county, nobody))


def _called(authority: pa.Array, known: Collection[str]) -> pa.Array:
    """The authorities by the codes that the register of authorities knows them by."""
    for one, other in _RENUMBERED:
        for theirs, ours in ((one, other), (other, one)):
            if ours in known and theirs not in known:
                authority = pc.replace_substring_regex(authority, f"^{theirs}$", ours)
    return authority
