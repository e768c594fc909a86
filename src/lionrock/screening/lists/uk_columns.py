"""The columns of the United Kingdom's lists, by the headers of both layouts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lionrock.errors import InvalidInput

Row = dict[str, str]
Rows = Iterable[tuple[int, list[str]]]

_MOST_PREAMBLE = 5
_HEADERS = {
    "id": ("uniqueid",),
    "group": ("groupid", "ofsigroupid"),
    "type": ("grouptype", "designationtype"),
    "nametype": ("aliastype", "nametype"),
    "quality": ("aliasquality", "aliasstrength"),
    "nonlatin": ("namenonlatinscript",),
    "language": ("nonlatinscriptlanguage",),
    "birth": ("dob",),
    "town": ("townofbirth",),
    "birthcountry": ("countryofbirth",),
    "nationality": ("nationality", "nationalityies"),
    "passport": ("passportnumber",),
    "national": ("nationalidentificationnumber", "nationalidentifiernumber"),
    "nationaldetails": ("nationalidentificationdetails", "nationalidentifieradditionalinformation"),
    "position": ("position",),
    "gender": ("gender",),
    "postcode": ("postzipcode", "addresspostalcode"),
    "country": ("country", "addresscountry"),
    "other": ("otherinformation",),
    "reasons": ("ukstatementofreasons",),
    "programme": ("regime", "regimename"),
    "listed": ("listedon", "datedesignated", "uksanctionslistdatedesignated"),
    "registration": ("businessregistrationnumbers",),
    "imo": ("imonumber",),
    "flag": ("currentbelievedflagofship",),
    "owner": ("currentowneroperators",),
    "parent": ("parentcompany",),
    "subsidiaries": ("subsidiaries",),
    **{f"name{n}": (f"name{n}",) for n in range(1, 7)},
    **{f"address{n}": (f"address{n}", f"addressline{n}") for n in range(1, 7)},
}
_NEEDED = ("name6", "name1", "nametype", "type", "programme")


def table(name: str, rows: Rows, *, exact: bool) -> Iterator[tuple[int, Row]]:
    """Row number and cells by field; a field that the layout lacks is empty.

    `exact`: every row has as many cells as the headers, as all but a workbook's have.
    """
    places: dict[str, int] = {}
    width = 0
    for number, (line, cells) in enumerate(rows):
        if places:
            if exact and len(cells) != width:
                raise InvalidInput(
                    f"{name}, row {line}: {len(cells)} cells where the headers have {width}. The file is"
                    " cut off or damaged; nothing of it is used."
                )
            yield line, {field: _cell(cells, places.get(field)) for field in _HEADERS}
        elif "name6" in map(key, cells):
            places, width = _places(name, cells), len(cells)
        elif number > _MOST_PREAMBLE:
            break
    if not places:
        raise InvalidInput(
            f"{name} has no row of headers with “Name 6”: it is not a list of the UK's."
        )


def is_header(cells: list[str]) -> str:
    """ "group" for OFSI's layout, "id" for the UK Sanctions List's, "" for neither."""
    keys = set(map(key, cells))
    if not {"name6", "name1"} <= keys:
        return ""
    return "id" if "uniqueid" in keys else "group" if "groupid" in keys else ""


def key(header: str) -> str:
    return "".join(letter for letter in header.casefold() if letter.isalnum())


def _places(name: str, headers: list[str]) -> dict[str, int]:
    keys = [key(header) for header in headers]
    places = {
        field: next(keys.index(each) for each in names if each in keys)
        for field, names in _HEADERS.items()
        if set(names) & set(keys)
    }
    missing = [field for field in _NEEDED if field not in places]
    if missing or not {"id", "group"} & set(places):
        raise InvalidInput(
            f"{name} lacks columns that the UK's lists have ({', '.join(missing) or 'group id'}):"
            " the layout has changed and is not read in part."
        )
    return places


def _cell(cells: list[str], place: int | None) -> str:
    return cells[place].strip() if place is not None and place < len(cells) else ""
