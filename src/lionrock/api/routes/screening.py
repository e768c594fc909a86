"""Screening over HTTP: names, payments, lists, customers, files of names, alerts, reports."""

from __future__ import annotations

from fastapi import APIRouter

from lionrock.api.routes import (
    screening_alert_work,
    screening_alerts,
    screening_batches,
    screening_customers,
    screening_documents,
    screening_list_versions,
    screening_lists,
    screening_names,
    screening_payments,
    screening_reports,
    screening_shares,
    screening_tuning,
)
from lionrock.doors import Bounded

routes = APIRouter(tags=["screening"], route_class=Bounded)
for part in (
    screening_names,
    screening_payments,
    screening_documents,
    screening_lists,
    screening_list_versions,
    screening_customers,
    screening_batches,
    screening_alerts,
    screening_alert_work,
    screening_reports,
    screening_shares,
    screening_tuning,
):
    part.add(routes)
