-- Engines of the gateway that are drained. See docs/gateway-engines.md.

-- Engines that get nothing more until someone resumes them, in every process, after a restart too.
-- No tenant's data.
CREATE TABLE gateway_drains (
    engine text PRIMARY KEY CHECK (length(engine) BETWEEN 1 AND 64),
    drained_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, DELETE ON gateway_drains TO lionrock_runtime;
