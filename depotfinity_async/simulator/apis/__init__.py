"""The vendor's APIs, one module each. To add one: write its module with `ROUTES`, and name it here."""

from . import (
    charger_control,
    charger_status,
    force_termination,
    remote_commands,
    reservations,
    rfid,
    session_reports,
    time_series,
    token,
    transactions,
    vdv,
    virtual_power_plant,
)

ROUTES = (
    *token.ROUTES,
    *charger_status.ROUTES,
    *transactions.ROUTES,
    *session_reports.ROUTES,
    *time_series.ROUTES,
    *force_termination.ROUTES,
    *rfid.ROUTES,
    *remote_commands.ROUTES,
    *reservations.ROUTES,
    *charger_control.ROUTES,
    *virtual_power_plant.ROUTES,
    *vdv.ROUTES,
)
