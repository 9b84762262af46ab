"""Cross-table rules with ids, and the check of a whole workbook."""

from review.integrity.rules import RULES, check_workbook, rule_titles

__all__ = ["RULES", "check_workbook", "rule_titles"]
