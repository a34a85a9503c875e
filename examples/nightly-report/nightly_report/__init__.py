"""What was charged in the night."""

from .report import Report, VehicleNight, make_report, render

__all__ = ["Report", "VehicleNight", "make_report", "render"]
