"""The document under review as a Word file, with a comment on the words of each claim.

The text is the document's own; what the review says stands in comments, header, footer and, where something is
missing, in a note after the text.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from review.cells import rows
from review.claims import anchors, is_part
from review.cues import sentences
from review.errors import WrongUse
from review.exchange.claims_table import ClaimRow, claim_rows
from review.exchange.packing import AUTHOR, moment, one_line, printable, properties, repacked
from review.report.annotation import Mark, Paragraph, paragraphs
from review.report.judged import CAVEAT
from review.report.labels import counted, day
from review.vocabulary import Certainty, Direction, Reading, VerdictLabel
from review.wording import BANNER
from review.wording.proposals import Action

if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import Section
    from docx.text.paragraph import Paragraph as WordParagraph

    from review.workbook import Workbook

#: The author's short form, which Word shows with each comment.
INITIALS = "ER"

#: Characters below which the first sentence of a reason is given with the next; our convention.
SHORT_REASON = 60

#: Points of the text, of comments and of what stands around the text.
_TEXT_SIZE, _COMMENT_SIZE, _SMALL_SIZE = 11, 10, 8

_FONT = "Calibri"
_INK, _MUTED = "1E2327", "59616A"

#: Millimetres of an A4 page and its margins.
_PAGE, _MARGIN = (210, 297), 25

#: Directions of evidence that was found and judged.
_POINTS = frozenset(
    {Direction.SUPPORTS, Direction.PARTLY_SUPPORTS, Direction.CONTRADICTS, Direction.INCONCLUSIVE},
)

#: What the action asks for, before the sentence.
_SUGGESTED: Mapping[str, str] = {
    Action.KEEP: "keep it as it is.",
    Action.ADD: "keep it, with its limits beside it. ",
    Action.CHANGE: "",
    Action.REMOVE: "remove.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One paragraph of a comment.

    Attributes
    ----------
    lead : str
        What it begins with, in bold; may be empty.
    text : str
        The rest.
    small : bool
        Whether it is set smaller.
    """

    lead: str
    text: str
    small: bool = False


def annotated_docx(book: Workbook, document_id: str | None = None) -> bytes:
    """The text of a document as a Word file with a comment on each claim's own words.

    Parameters
    ----------
    book : Workbook
        Checked; while its inputs have errors the comments say that nothing is judged.
    document_id : str, optional
        The document; without it all of them, each from a new page.

    Returns
    -------
    bytes
        A docx file.  Comments stand in the order of the text, by the author `AUTHOR`, on the day of the review; claims
        whose words are not found are named after the text.  The same workbook gives the same bytes.

    Raises
    ------
    WrongUse
        If there is no such document.
    """
    chosen = _chosen(book, document_id)
    parts = _blank()
    lines = {row.claim_id: row for row in claim_rows(book)}
    marks = _marks(book)
    for number, row in enumerate(chosen):
        section = parts.sections[0] if number == 0 else parts.add_section()
        found = marks.get(row.document_id, [])
        _write_margins(section, row, book, len(found))
        _write_text(parts, paragraphs(book.texts.get(row.document_id, ""), found), _comments(found, lines, book))
        _write_notes(parts, row.document_id, book, found)
    if not chosen:
        _note(parts, "No document is on file.")
    packed = io.BytesIO()
    parts.save(packed)
    title = f"Review copy: {'; '.join(row.title for row in chosen) or book.settings.title}"
    return repacked(packed.getvalue(), properties(title, book.settings.as_of))


def comment_lines(row: ClaimRow, parts: Sequence[ClaimRow] = ()) -> tuple[Line, ...]:
    """What the comment on a claim says.

    Parameters
    ----------
    row : ClaimRow
        The claim with its verdict and proposed wording.
    parts : sequence of ClaimRow
        Its parts.

    Returns
    -------
    tuple of Line
        Verdict with direction and certainty, the claim as it was read, the reason in short, each part's verdict, the
        suggested wording, and what the verdict and the suggestion do not say.
    """
    claim = f"{row.claim_id or 'Claim without an id'} · "
    read = Line(lead="Read as: " if row.reading != Reading.IMPLIED else "Read as (implied): ", text=row.statement)
    if not row.verdict:
        return Line(lead=f"{claim}{VerdictLabel.NOT_JUDGED}", text=""), read, Line(lead="Why: ", text=row.reason)
    short = reason_in_short(row.reason)
    lines = [
        Line(lead=f"{claim}{row.verdict}", text=_evidence(row)),
        read,
        Line(lead="Why: ", text=short if short == row.reason else f"{short} […]"),
    ]
    if parts:
        each = "; ".join(f"{part.claim_id} “{_own_words(part, row)}” {part.verdict}" for part in parts)
        lines.append(Line(lead="Parts: ", text=f"{each}."))
    lines.append(Line(lead="Suggested wording: ", text=_SUGGESTED[row.wording_action] + row.proposed_sentence))
    whole = "" if short == row.reason else f" The whole reason stands with {row.claim_id} in the report."
    lines.append(Line(lead="", text=f"{row.verdict}: {row.gloss}. {BANNER}{whole}", small=True))
    return tuple(lines)


def _evidence(row: ClaimRow) -> str:
    """Which way the evidence points and how sure that is; empty where the verdict's label says it all."""
    if row.direction not in _POINTS:
        return ""
    level = f"certainty {row.certainty}" if row.certainty in list(Certainty) else row.certainty
    return f" (evidence: {', '.join(filter(None, (row.direction, level)))})"


def reason_in_short(reason: str) -> str:
    """The first sentence of a reason, whole, with the next where it is very short; its half could say another thing."""
    ends = [end for _, end in sentences(reason)]
    end = next((end for end in ends if end >= SHORT_REASON), ends[-1] if ends else 0)
    return reason[:end]


def _own_words(part: ClaimRow, whole: ClaimRow) -> str:
    """A part's quote, or what it states where its quote is that of the whole claim."""
    return part.quote if one_line(part.quote) != one_line(whole.quote) else part.statement


def _chosen(book: Workbook, document_id: str | None) -> list[Any]:
    """The rows of the documents that were asked for."""
    every = list(rows(book.documents))
    if document_id is None:
        return every
    chosen = [row for row in every if row.document_id == document_id][:1]
    if not chosen:
        names = ", ".join(row.document_id for row in every) or "none"
        raise WrongUse(f"{document_id!r} is no document of this workbook: it has {names}")
    return chosen


def _marks(book: Workbook) -> dict[str, list[Mark]]:
    """Where the whole claims stand, by document, in the order of its text, of two at one place the longer first."""
    found: dict[str, list[Mark]] = {}
    for row in rows(anchors(book.claims, book.texts)):
        if not is_part(row.claim_id):
            mark = Mark(claim_id=row.claim_id, start=row.start, end=row.end)
            found.setdefault(row.document_id, []).append(mark)
    return {
        name: sorted(marks, key=lambda mark: (mark.start, -mark.end, mark.claim_id)) for name, marks in found.items()
    }


def _comments(found: Iterable[Mark], lines: Mapping[str, ClaimRow], book: Workbook) -> dict[str, _Comment]:
    """The comments on a document by claim, in the order of its text."""
    parts: dict[str, list[ClaimRow]] = {}
    for row in lines.values():
        if row.part_of:
            parts.setdefault(row.part_of, []).append(row)
    when = moment(book.settings.as_of)
    return {
        mark.claim_id: _Comment(lines=comment_lines(lines[mark.claim_id], parts.get(mark.claim_id, ())), when=when)
        for mark in found
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comment:
    """What a comment says, and when as Office writes it; empty where no day is known."""

    lines: tuple[Line, ...]
    when: str


def _blank() -> Document:
    """An empty A4 file with the styles that text, comments and margins use."""
    import docx
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    made = docx.Document()
    normal = made.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(_TEXT_SIZE)
    normal.font.color.rgb = RGBColor.from_string(_INK)
    normal.paragraph_format.space_after = Pt(8)
    normal.paragraph_format.line_spacing = 1.25
    heading = made.styles["Heading 1"]
    heading.font.name, heading.font.size = _FONT, Pt(15)
    heading.font.color.rgb = RGBColor.from_string(_INK)
    fonts = heading.element.rPr.rFonts
    # The template's headings take their font from its theme, which would go before the name.
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    _add_comment_styles(made)
    page = made.sections[0]
    page.page_width, page.page_height = map(Mm, _PAGE)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(_MARGIN)
    return made


def _add_comment_styles(made: Document) -> None:
    """The styles of comments and their marks, which the library names in each comment and does not have."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Pt

    comment = made.styles.add_style("annotation text", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
    comment.element.set(qn("w:styleId"), "CommentText")
    comment.base_style, comment.font.size = made.styles["Normal"], Pt(_COMMENT_SIZE)
    comment.paragraph_format.space_after, comment.paragraph_format.line_spacing = Pt(3), 1.0
    reference = made.styles.add_style("annotation reference", WD_STYLE_TYPE.CHARACTER, builtin=True)
    reference.element.set(qn("w:styleId"), "CommentReference")
    reference.font.size = Pt(_SMALL_SIZE)


def _write_margins(section: Section, row: Any, book: Workbook, count: int) -> None:
    """Header and footer: what this copy is, of which day, and how far it has come."""
    section.header.is_linked_to_previous = section.footer.is_linked_to_previous = False
    of_day = f" · as of {day(book.settings.as_of)}" if book.settings.as_of else ""
    _small(section.header.paragraphs[0], f"Review copy: {row.title}{of_day} · {counted(count, 'comment')}")
    _small(section.footer.paragraphs[0], f"{CAVEAT} The text is the document's own; comments are the review's. Page ")
    _page_number(section.footer.paragraphs[0])


def _small(paragraph: WordParagraph, text: str) -> Any:
    """Add small grey text."""
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(one_line(text) + text[len(text.rstrip()) :])
    run.font.size = Pt(_SMALL_SIZE)
    run.font.color.rgb = RGBColor.from_string(_MUTED)
    return run


def _page_number(paragraph: WordParagraph) -> None:
    """A field that Word fills with the page's number."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    field.append(_small(paragraph, "1")._r)  # noqa: SLF001 -- the library has no fields
    paragraph._p.append(field)  # noqa: SLF001


def _write_text(made: Document, text: Sequence[Paragraph], comments: Mapping[str, _Comment]) -> None:
    """The document's paragraphs, with the comments' ranges around each claim's pieces.

    The ranges are written here, for the library can set them only around runs that it has made, one comment after the
    other, and ranges that cross would then depend on the order.
    """
    ids = {claim: _add_comment(made, comment) for claim, comment in comments.items()}
    pieces = [piece for paragraph in text for piece in paragraph.pieces]
    after = iter([*pieces[1:], None])
    for paragraph in text:
        written = made.add_paragraph(style="Heading 1" if paragraph.heading else None)
        _turn(written, "".join(piece.text for piece in paragraph.pieces))
        for piece in paragraph.pieces:
            following = next(after)
            for claim in piece.starting:
                _range_mark(written, "commentRangeStart", ids[claim])
            run = written.add_run(_even(piece.text))
            if _right_to_left(piece.text):
                run.font.rtl = True
            for claim in piece.claims:
                if following is None or claim not in following.claims:
                    _range_mark(written, "commentRangeEnd", ids[claim])
                    _refer(written, ids[claim])


def _add_comment(made: Document, comment: _Comment) -> int:
    """Write a comment and give its number."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    added = made.comments.add_comment(author=AUTHOR, initials=INITIALS)
    element = added._comment_elm  # noqa: SLF001 -- the library writes the clock's time, and has no other way to set it
    element.attrib.pop(qn("w:date"), None)
    if comment.when:
        element.set(qn("w:date"), comment.when)
    for number, line in enumerate(comment.lines):
        paragraph = added.paragraphs[0] if number == 0 else added.add_paragraph()
        for text, bold in ((line.lead, True), (line.text, False)):
            if not text:
                continue
            run = paragraph.add_run(_even(text))
            run.bold = bold or None
            run.font.size = Pt(_SMALL_SIZE) if line.small else None
    return added.comment_id


def _range_mark(paragraph: WordParagraph, name: str, number: int) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement(f"w:{name}")
    mark.set(qn("w:id"), str(number))
    paragraph._p.append(mark)  # noqa: SLF001 -- the library has no such marks by themselves


def _refer(paragraph: WordParagraph, number: int) -> None:
    """The run that ties the comment to the range that ends before it."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    reference = OxmlElement("w:commentReference")
    reference.set(qn("w:id"), str(number))
    paragraph.add_run(style="annotation reference")._r.append(reference)  # noqa: SLF001


def _write_notes(made: Document, document_id: str, book: Workbook, found: Sequence[Mark]) -> None:
    """What the reader of this copy would miss without knowing it."""
    if document_id not in book.texts:
        _note(made, "The text of this document could not be read.")
        return
    anchored = {mark.claim_id for mark in found}
    claims = book.claims.loc[book.claims["document_id"] == document_id, "claim_id"]
    missing = [claim for claim in claims if claim not in anchored and not is_part(claim)]
    if missing:
        _note(made, f"The words of these claims were not found, so they have no comment: {', '.join(missing)}.")


def _note(made: Document, text: str) -> None:
    """A sentence of the review after the document's text."""
    _small(made.add_paragraph(), f"[Note of the review, not part of the document: {text}]").italic = True


def _even(text: str) -> str:
    """The text with plain spaces for tabs, line ends and other controls; non-breaking spaces stay the document's."""
    return printable("".join(" " if letter.isspace() and letter not in "\u00a0\u202f" else letter for letter in text))


def _right_to_left(text: str) -> bool:
    """Whether the first letter with a direction is written from right to left."""
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((way != "L" for way in directions if way in {"L", "R", "AL"}), False)


def _turn(paragraph: WordParagraph, text: str) -> None:
    """Set a paragraph of a right-to-left script from right to left."""
    from docx.oxml import OxmlElement

    if _right_to_left(text):
        paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))  # noqa: SLF001 -- the library has no such setting
