"""The vendor's APIs, one module each. To add one: write its module with `ROUTES`, and name it here."""

from . import charger_status, time_series, token, transactions

ROUTES = (*token.ROUTES, *charger_status.ROUTES, *transactions.ROUTES, *time_series.ROUTES)
