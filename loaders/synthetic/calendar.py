"""Days as whole numbers since 1970, and the school year."""

from datetime import date

import numpy as np
import pyarrow as pa

from loaders.synthetic.identifiers import Ints


def day(moment: date) -> int:
    """The number of a day."""
    return (moment - date(1970, 1, 1)).days


def date_of(number: int) -> date:
    """The day of a number."""
    return date.fromordinal(number + date(1970, 1, 1).toordinal())


def years_before(number: int, years: int) -> int:
    """The same day so many years before (28 February for 29 February)."""
    moment = date_of(number)
    last = 28 if (moment.month, moment.day) == (2, 29) else moment.day
    return day(moment.replace(year=moment.year - years, day=last))


def school_year(number: int) -> int:
    """The calendar year in which the school year of a day began."""
    moment = date_of(number)
    return moment.year if moment.month >= 9 else moment.year - 1


def reception_year(born: Ints) -> Ints:
    """The calendar year in which each child starts school: the September after the fourth birthday."""
    months = born.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.asarray(1970 + months // 12 + np.where(months % 12 >= 8, 5, 4), dtype=np.int64)


def september(year: Ints) -> Ints:
    """The number of 1 September of each year."""
    months = (year - 1970) * 12 + 8
    return np.asarray(months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64), dtype=np.int64)


def iso(days: Ints, there: "np.ndarray[tuple[int], np.dtype[np.bool_]] | None" = None) -> pa.Array:
    """Days as YYYY-MM-DD; empty where there is none."""
    mask = None if there is None else ~there
    return pa.array(days.astype(np.int32), type=pa.date32(), mask=mask).cast(pa.string()).fill_null("")
