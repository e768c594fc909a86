"""Personal data in what is sent to an engine outside the institution: found, masked, refused, restored.

Rules and tables only: no model, no input or output. `finding.find` tells where personal data stands,
`policy.Policy` what to do about each kind, `masks.Masks` does it for one request and undoes it in the
answer, streamed or whole. What is not found: `docs/gateway-guards.md`.
"""
