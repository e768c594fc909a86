"""Privacy work: people's requests about their data, retention, holds, erasure with proof, breaches.

Pure: `identifiers`, `folding`, `forms`, `redaction`, `clock`, `tables`, `certificates`. With the
database: `subjects`, `requests`, `findings`, `packages`, `corrections`, `holds`, `retention`,
`erasure`, `breaches`. Rooms that keep personal data implement the protocols of `sources`; nothing
here knows what a document is. Periods and grounds carry the section of the ordinance they were read
in; none of it is legal advice. See docs/privacy.md.
"""
