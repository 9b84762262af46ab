"""The report's sections by name: each takes the workbook and gives a `Section`, and notebooks call nothing else.

Beside them is `style`, which takes nothing and gives their looks in JupyterLab.
"""

from review.report.annotation import annotated_document
from review.report.appraised import bias_judgements, bias_summary
from review.report.claim_cards import claim_cards
from review.report.closing import flow_of_records, limits, methods
from review.report.document_findings import disagreements, omissions
from review.report.evidence import overlaps, risk_of_bias, studies
from review.report.findings import findings, overclaim_map
from review.report.lab_style import style  # noqa: F401 - the notebooks call it
from review.report.numbers import reported_effects, results
from review.report.overview import answer, claims_table, problems, title_box
from review.report.record import records, references, regulators, searches
from review.report.reproduced import reproduction
from review.report.syntheses import harvest, syntheses
from review.report.wordings import wordings

__all__ = [
    "annotated_document",
    "answer",
    "bias_judgements",
    "bias_summary",
    "claim_cards",
    "claims_table",
    "disagreements",
    "findings",
    "flow_of_records",
    "harvest",
    "limits",
    "methods",
    "omissions",
    "overclaim_map",
    "overlaps",
    "problems",
    "records",
    "references",
    "regulators",
    "reported_effects",
    "reproduction",
    "results",
    "risk_of_bias",
    "searches",
    "studies",
    "syntheses",
    "title_box",
    "wordings",
]
