"""The report as a Word document."""

from review.report.word.document import docx_of

__all__ = ["docx_of"]
