-- Who cannot be screened is told of, and keeps nobody else waiting. See docs/screening-registry.md.

ALTER TABLE screening_batches ADD COLUMN failed int NOT NULL DEFAULT 0;
COMMENT ON COLUMN screening_batches.failed IS 'Rows done that were not read, or not screened';

ALTER TABLE screening_customers ADD COLUMN failed_change bigint;
COMMENT ON COLUMN screening_customers.failed_change IS
    'At which change screening them broke: not tried again while it is the last, until lists change';
