"""OFAC's words, as they stand in its remarks, its types of papers and its types of features."""

from __future__ import annotations

PAPERS = tuple(
    sorted(
        (line.strip() for line in """
            Passport
            Diplomatic Passport
            Stateless Person Passport
            Stateless Person ID Card
            Chinese Commercial Code
            National ID
            National Foreign ID
            Identification Number
            Personal ID Card
            Citizen's Card
            Hong Kong ID
            Tax ID
            SSN
            Cedula
            Cedula de Residencia
            Cedula de Ciudadania
            Credencial electoral
            Electoral Registry
            C.U.R.P.
            C.U.I.P.
            C.U.I.T.
            C.U.I.
            C.U.R.P
            I.F.E.
            D.N.I.
            NIE
            L.E.
            LE
            R.F.C.
            RFC
            RTN
            RUC
            RIF
            NIT
            N.I.E.
            US FEIN
            V.A.T.
            Italian Fiscal Code
            Fiscal Code
            Turkish Identification
            Kenyan ID
            Bosnian Personal ID
            British National Overseas Passport
            Numero de Identidad
            Cartilla de Servicio Militar Nacional
            Birth Certificate
            Residency
            Refugee ID Card
            Moroccan Personal ID
            Romanian C.R.
            Romanian Permanent Resident
            Romanian Tax Registration
            Travel Document
            Driver's License
            VisaNumberID
            Seafarer's Identification Document
            Military Registration
            Permit Number
            License
            Trade License
            Registration Number
            Registration ID
            Registration Certificate
            Registered Charity
            Business Registration Document
            Business Registration Number
            Business Number
            Company Number
            Company ID
            UK Company
            C.R.
            Commercial Registry
            Certificate of Incorporation
            Certificate of Registration
            Chamber of Commerce
            Dubai Chamber of Commerce Membership
            Economic Register
            Enterprise
            Branch Unit
            File
            Folio Mercantil
            Matricula Mercantil
            Public Registration
            Legal Entity
            Legal Entity Identifier
            LEI
            Unified Social Credit Code (USCC)
            United Social Credit Code Certificate (USCCC)
            Organization Code
            Government Gazette
            Interpol: Red Notice. File
            D-U-N-S
            Global Intermediary Identification
            BIK (RU)
            SWIFT/BIC
            ISIN
            MMSI
            Vessel Registration Identification
            Aircraft Tail
            Aircraft Manufacturer's Serial Number (MSN)
            Aircraft Construction Number (also called L/N or S/N or F/N)
            Digital Currency Address -
        """.strip().splitlines()),
        key=len,
        reverse=True,
    )
)  # fmt: skip
"""Titles of papers, the longest first."""

NOTICES = (
    "Secondary sanctions risk",
    "Additional Sanctions Information",
    "Transactions Prohibited For",
    "Executive Order",
    "CAATSA Section",
    "IFCA Determination",
    "PEESA Information",
    "Organization Established Date",
    "Organization Type",
    "Target Type",
    "Issuer Name",
    "Equity Ticker",
    "Effective Date",
    "Listing Date",
    "Purchase/Sales For Divestment Date",
    "For more information",
    "for more information",
    "Email Address",
    "Phone Number",
    "Phone No.",
    "Telephone",
    "Fax",
    "Website",
    "Former Vessel Flag",
    "Other Vessel Flag",
    "Other Vessel Call Sign",
    "Vessel Year of Build",
    "Vessel Type",
    "Aircraft ",
    "Previous Aircraft Tail Number",
    "all offices worldwide",
    "All offices worldwide",
    "All Offices Worldwide",
)
"""How items start that say nothing of who someone is."""

_NO_COUNTRY = frozenset(("", "-0-", "na", "undetermined", "none identified"))


def is_no_country(text: str) -> bool:
    return text.strip().casefold() in _NO_COUNTRY
