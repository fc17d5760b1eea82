"""Floor 5: pages and tables from run folders and answers; knows no network."""

from .answers import check_predictions_path, write_predictions
from .page import write_run_report

__all__ = ["check_predictions_path", "write_predictions", "write_run_report"]
