-- Files that came inside a file: a ZIP's, a mail's attachments. See docs/documents-formats.md.

-- The document whose file brought this one, if one did: it goes when that one goes.
ALTER TABLE documents ADD COLUMN parent_id uuid,
    ADD CONSTRAINT documents_parent FOREIGN KEY (tenant_id, parent_id) REFERENCES documents
        ON DELETE CASCADE NOT VALID;
CREATE INDEX documents_by_parent ON documents (tenant_id, parent_id) WHERE parent_id IS NOT NULL;
COMMENT ON COLUMN documents.parent_id IS 'Null for what was added by itself, also where a container holds it too';

-- What a version's file holds, in its order. A member has a document: its own, or one that held the
-- very bytes before; or it has a reason for which it was not taken in.
CREATE TABLE document_members (
    tenant_id uuid NOT NULL,
    version_id uuid NOT NULL,
    number int NOT NULL CHECK (number >= 0),
    path bytea NOT NULL,
    bytes bigint NOT NULL CHECK (bytes >= 0),
    document_id uuid,
    reason bytea,
    PRIMARY KEY (tenant_id, version_id, number),
    FOREIGN KEY (tenant_id, version_id) REFERENCES versions ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, document_id) REFERENCES documents ON DELETE SET NULL (document_id)
);
CREATE INDEX document_members_by_document ON document_members (tenant_id, document_id);
COMMENT ON COLUMN document_members.path IS 'Sealed with the key of the document that holds it';
COMMENT ON COLUMN document_members.reason IS 'Sealed alike; null for a member that was taken in';
ALTER TABLE document_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE document_members FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON document_members USING (tenant_id = (SELECT current_tenant()))
    WITH CHECK (tenant_id = (SELECT current_tenant()));
GRANT SELECT, INSERT, UPDATE, DELETE ON document_members TO lionrock_runtime;
