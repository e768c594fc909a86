-- Pages kept as they are read, pages recognised from their pictures, and work shared by several workers.
-- See docs/documents-ingest.md and design/2026-11-22-jobs.md.

-- What reading a page gave, until the version is whole: a worker killed at page 600 leaves 599 here.
CREATE TABLE read_pages (
    tenant_id uuid NOT NULL,
    version_id uuid NOT NULL,
    number int NOT NULL CHECK (number >= 1),
    body bytea NOT NULL,
    PRIMARY KEY (tenant_id, version_id, number),
    FOREIGN KEY (tenant_id, version_id) REFERENCES versions ON DELETE CASCADE
);
COMMENT ON COLUMN read_pages.body IS 'Sealed: fragments and facts of the page';
ALTER TABLE read_pages ENABLE ROW LEVEL SECURITY;
ALTER TABLE read_pages FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON read_pages USING (tenant_id = (SELECT current_tenant()))
    WITH CHECK (tenant_id = (SELECT current_tenant()));
GRANT SELECT, INSERT, DELETE ON read_pages TO lionrock_runtime;

ALTER TABLE pages
    ADD COLUMN recognised boolean NOT NULL DEFAULT false,
    ADD COLUMN turn smallint NOT NULL DEFAULT 0 CHECK (turn BETWEEN 0 AND 3),
    ADD COLUMN confidence real CHECK (confidence BETWEEN 0 AND 1),
    ADD COLUMN unread boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN pages.turn IS 'Quarter turns clockwise from how the file shows it to upright';
COMMENT ON COLUMN pages.confidence IS 'Of recognition, mean over its characters; null: its text layer';
COMMENT ON COLUMN pages.unread IS 'It shows more than its text says, and was not recognised';

ALTER TABLE versions ADD COLUMN turns int NOT NULL DEFAULT 0;
COMMENT ON COLUMN versions.turns IS 'How often it made way for others in the middle of its pages';
