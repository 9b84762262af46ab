"""From a document as people have it to a workbook: its text, and the files of a new review around it.

Reading a document is bytes in, text out; `new_workbook` alone touches the disk.
"""

from review.intake.document_text import KINDS, text_of
from review.intake.reading import DocumentText
from review.intake.starting import new_workbook, workbook_files

__all__ = ["KINDS", "DocumentText", "new_workbook", "text_of", "workbook_files"]
