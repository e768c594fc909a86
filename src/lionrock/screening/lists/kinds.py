"""The formats of lists that are read."""

from __future__ import annotations

from enum import StrEnum


class ListKind(StrEnum):
    UN = "un"
    """UN Security Council consolidated list, XML."""
    OFAC_CSV = "ofac-csv"
    """OFAC's SDN or consolidated list as legacy CSV: the primary file with its siblings."""
    OFAC_ADVANCED = "ofac-advanced"
    OFAC_ENHANCED = "ofac-enhanced"
    EU = "eu"
    """EU consolidated list of financial sanctions, XML, FSF 1.1."""
    UK_CONLIST = "uk-conlist"
    """OFSI's consolidated list of targets, as published until January 2026: CSV or ODS."""
    UK_LIST = "uk-list"
    """The UK Sanctions List: CSV or ODS."""
    FTM = "ftm"
    """FollowTheMoney as JSON lines: OpenSanctions' entities.ftm.json and targets.nested.json."""
    TABLE = "table"
    """Any table, by a mapping of its columns: CSV, XLSX or ODS."""
