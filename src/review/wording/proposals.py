"""For each claim the strongest sentence that the evidence allows by rule, as a change to the advert's own sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from review.appraisal import Verdict
from review.cells import rows
from review.claims import is_part, parent_id
from review.verdicts import GLOSSES
from review.vocabulary import (
    Answer,
    Certainty,
    Direct,
    Direction,
    Documentation,
    Match,
    Relation,
    Role,
    VerdictLabel,
)
from review.wording.cited import cited_by, cited_text
from review.wording.finding import Desk, Finding, absolute, desk_of
from review.wording.numbers import shown_by
from review.wording.sentences import NOT_ADVERTISED, finding_sentence, short_sentence, stands_apart
from review.wording.words import (
    BANNER,
    HOLD,
    HOLDS,
    HOLDS_NOT,
    NONE_FOUND,
    clause,
    hedged,
    listed,
    lowered,
    opening,
    printed,
    raised,
)
from review.workbook import Workbook


class Action(StrEnum):
    """What would have to be done to the advert's sentence."""

    KEEP = "keep"
    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"


#: Labels under which the wording fails, so that another product's evidence cannot carry it.
_FAILS = frozenset({VerdictLabel.OVERSTATED, VerdictLabel.NOT_SUBSTANTIATED, VerdictLabel.CONTRADICTED})
#: Labels of parts that say more than the whole claim, where the whole is too uncertain.
_BEARS = frozenset({VerdictLabel.SUPPORTED, VerdictLabel.SUPPORTED_WITH_LIMITS, VerdictLabel.OVERSTATED})
#: Other findings that a context line may name beside the sentence (our convention: a card is no table).
CONTEXT_FINDINGS = 2

#: What is said where there is nothing to weigh; never that there is no effect.
_WITHOUT_ANSWER = {
    VerdictLabel.NO_EVIDENCE: NONE_FOUND + " that shows whether {}: this is unknown.",
    VerdictLabel.NOT_TESTABLE: "No observation could decide whether {}.",
    VerdictLabel.NOT_JUDGED: "Evidence is on file, and nobody has judged yet whether {}.",
}
_DIRECTIONS = {
    Direction.SUPPORTS: "supports the claim",
    Direction.PARTLY_SUPPORTS: "supports the claim in part",
    Direction.CONTRADICTS: "contradicts the claim",
    Direction.INCONCLUSIVE: "is inconclusive",
}
_WAY = {
    Direction.SUPPORTS: "towards the claim",
    Direction.PARTLY_SUPPORTS: "partly towards the claim",
    Direction.CONTRADICTS: "against the claim",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the evidence would let a claim say.

    Attributes
    ----------
    claim_id : str
        The claim, or a part that stands among the headlines.
    label : VerdictLabel
        Our verdict on it as worded.
    action : Action
        ``keep``, ``add`` (place, product, time), ``change`` or ``remove``.
    advert : str
        The advert's own words.
    sentence : str
        The strongest sentence by rule; empty where the wording is kept, or removed with nothing in its place.
    context : str
        What a reader should know beside it: the other product's numbers, what else was found; may be empty.
    banner : str
        What the proposal is not; always `BANNER`.
    reason : str
        Why this action.
    rests_on : tuple of str
        Ids of syntheses, studies, references and searches.
    """

    claim_id: str
    label: VerdictLabel
    action: Action
    advert: str
    sentence: str
    context: str
    banner: str
    reason: str
    rests_on: tuple[str, ...]


def propose_wording(book: Workbook, *, desk: Desk | None = None) -> tuple[Proposal, ...]:
    """The proposal for every whole claim, and for parts that stand among the headlines.

    Parameters
    ----------
    book : Workbook
        Without errors.
    desk : Desk or None
        The workbook's, where it was made before.

    Returns
    -------
    tuple of Proposal
        In the order of the claims table.
    """
    desk = desk or desk_of(book)
    chosen = [row for row in rows(book.claims) if not is_part(row.claim_id) or row.headline == Answer.YES]
    return tuple(_proposal(row, desk) for row in chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """A sentence, what stands beside it, and what both rest on."""

    sentence: str = ""
    context: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()


def _proposal(row: Any, desk: Desk) -> Proposal:
    verdict = desk.verdicts[row.claim_id]
    action = _action(row, verdict, desk)
    said = _SAYS[action](row, verdict, desk)
    return Proposal(
        claim_id=row.claim_id,
        label=verdict.label,
        action=action,
        advert=row.quote,
        sentence=printed(said.sentence),
        context=printed(" ".join(said.context)),
        banner=BANNER,
        reason=_reason(row, verdict, action, desk),
        rests_on=tuple(dict.fromkeys((*said.rests_on, *verdict.rests_on))),
    )


def _action(row: Any, verdict: Verdict, desk: Desk) -> Action:
    if verdict.label == VerdictLabel.SUPPORTED:
        return Action.KEEP
    if verdict.label == VerdictLabel.SUPPORTED_WITH_LIMITS:
        return Action.ADD
    if verdict.label == VerdictLabel.NOT_SEARCHED:
        return Action.REMOVE
    other = verdict.label in _FAILS and _other_product_only(row.claim_id, desk)
    return Action.REMOVE if other else Action.CHANGE


def _fits(claim_id: str, desk: Desk) -> dict[str, str]:
    """How each cited study's product fits the claim's: judged, or yes where the study is direct; else empty."""
    found: dict[str, str] = {}
    for claim in dict.fromkeys((parent_id(claim_id), claim_id)):
        for citation in desk.cited.get(claim, ()):
            direct = Match.YES if citation.direct == Direct.YES else ""
            used = citation.relation != Relation.BACKGROUND or citation.intervention_match
            if used and citation.reference_key in desk.index.study_of:
                study = desk.index.study_of[citation.reference_key]
                found[study] = str(citation.intervention_match or direct or found.get(study, ""))
    return found


def _other_product_only(claim_id: str, desk: Desk) -> bool:
    """Whether the fit was judged for some study, and none used the product advertised."""
    fits = set(_fits(claim_id, desk).values())
    return bool(fits - {""}) and Match.YES not in fits


def _kept(row: Any, verdict: Verdict, desk: Desk) -> _Said:  # noqa: ARG001 -- one signature for all actions
    return _Said()


def _added(row: Any, verdict: Verdict, desk: Desk) -> _Said:
    """What has to be added: the numbers with place, product and time, else what the sources say."""
    best = best_finding(row.claim_id, desk)
    if best is not None:
        return _from_finding(row, verdict, best, desk)
    return _from_citations(row, verdict, desk)


def _changed(row: Any, verdict: Verdict, desk: Desk) -> _Said:
    """What takes the place of the advert's sentence."""
    about = clause(row.statement, desk.names)
    if verdict.label in _WITHOUT_ANSWER:
        return _Said(sentence=_WITHOUT_ANSWER[verdict.label].format(about), context=_searched(verdict, desk))
    if verdict.certainty == Certainty.VERY_LOW:
        return _very_uncertain(row, verdict, about, desk)
    best = best_finding(row.claim_id, desk)
    if best is not None:
        return _from_finding(row, verdict, best, desk)
    if verdict.label == VerdictLabel.NOT_SUBSTANTIATED:
        conflict = verdict.certainty == Documentation.CONFLICTING
        lead = "The sources conflict on" if conflict else "What was found does not settle"
        return _Said(sentence=f"{lead} whether {about}.", context=_found(verdict, desk))
    return _from_citations(row, verdict, desk)


def _searched(verdict: Verdict, desk: Desk) -> tuple[str, ...]:
    """What the most particular search that the verdict rests on says, with its date."""
    found = [search for search in rows(desk.book.searches) if search.search_id in verdict.rests_on and search.note]
    last = min(found, key=lambda search: len(search.claim_ids), default=None)
    return () if last is None else (f"Search {last.search_id} of {last.date}: {lowered(last.note.rstrip('.'))}.",)


def _very_uncertain(row: Any, verdict: Verdict, about: str, desk: Desk) -> _Said:
    """That the evidence is very uncertain; in its place a part that the evidence bears, where there is one."""
    parts = [desk.verdicts[name] for name in desk.parts.get(row.claim_id, ())]
    for part in parts:
        best = best_finding(part.claim_id, desk, own=True) if part.label in _BEARS else None
        if best is not None and _level(best, part) not in {None, Certainty.VERY_LOW}:
            said = _from_finding(row, part, best, desk)
            quote = desk.index.claims[part.claim_id].quote
            lead = f"Of “{row.quote}” the evidence bears only “{quote}”." if quote != row.quote else ""
            rest = f"{opening(Certainty.VERY_LOW)} about whether {about}."
            return _Said(
                sentence=said.sentence,
                context=tuple(filter(None, (lead, rest, *said.context))),
                rests_on=said.rests_on,
            )
    best = best_finding(row.claim_id, desk)
    way = _WAY.get(verdict.direction)
    context = [f"What was seen points {way}."] if way else []
    if best is not None:
        context += _lines(row, verdict, [best], desk)
    else:
        context += _found(verdict, desk)
    sentence = f"{opening(Certainty.VERY_LOW)} about whether {about}."
    return _Said(sentence=sentence, context=tuple(context), rests_on=best.rests_on if best else ())


def _removed(row: Any, verdict: Verdict, desk: Desk) -> _Said:
    """Nothing in the sentence's place; beside it what was found of the other product."""
    if verdict.label == VerdictLabel.NOT_SEARCHED:
        return _Said(context=("Nobody has looked for evidence yet.",))
    best = best_finding(row.claim_id, desk)
    found = desk.of_claim(row.claim_id)
    shown = [one for one in found if one.row.role == Role.DECIDING] or [best] if best else []
    if best is None or not shown:
        return _Said(context=("What was studied is another product than the one advertised.", *_found(verdict, desk)))
    if not best.compared:
        shown += [one for one in found if _worth_saying(one, best)][: CONTEXT_FINDINGS - len(shown)]
    lead = f"What was studied is {NOT_ADVERTISED[Match.PARTLY if best.advertised == Match.PARTLY else Match.NO]}."
    ids = tuple(name for one in shown for name in one.rests_on)
    return _Said(context=(lead, *_lines(row, verdict, shown, desk)), rests_on=ids)


def _from_finding(row: Any, verdict: Verdict, best: Finding, desk: Desk) -> _Said:
    """The sentence of a finding, and beside it the claim's next ones and the studies that are not in them."""
    others = [one for one in desk.of_claim(row.claim_id) if _worth_saying(one, best)][: CONTEXT_FINDINGS - 1]
    left = studies_not_in(row.claim_id, [best, *others], desk)
    context = [f"What was studied is {apart}."] if (apart := stands_apart(best).removeprefix("; ")) else []
    sentence, rest = short_sentence(best, _level(best, verdict))
    context += [rest] if rest else []
    context += _lines(row, verdict, others, desk)
    if left and best.advertised != Match.YES:
        names = listed([desk.sources.get(name, name) for name in left])
        context.append(f"Studies of the product advertised that are not in these numbers: {names}.")
    return _Said(sentence=sentence, context=tuple(context), rests_on=best.rests_on)


def _worth_saying(one: Finding, best: Finding) -> bool:
    """Whether a finding is a pooled comparison of another outcome than the sentence's."""
    return one.name != best.name and one.row.outcome_id != best.row.outcome_id and absolute(one) is not None


def _lines(row: Any, verdict: Verdict, found: Sequence[Finding], desk: Desk) -> list[str]:
    """The sentences of findings, each as sure as its own claim or part allows."""
    given = [desk.verdicts.get(one.row.claim_id, verdict) for one in found]
    owners = [each if _is_part_of(each.claim_id, row.claim_id) else verdict for each in given]
    pairs = zip(found, owners, strict=True)
    return [finding_sentence(one, _level(one, owner), apart=False) for one, owner in pairs]


def _from_citations(row: Any, verdict: Verdict, desk: Desk) -> _Said:
    """What a reference of the verdict says, where there is nothing to pool.

    Of a claim that stands with limits the first that supports it; of one that must be weakened the first that does
    not, since that is what the wording has to make room for.
    """
    found = list(cited_by(verdict, desk))
    if not found:
        return _Said(context=("Nothing on file says more than the verdict's reason.",))
    stands = verdict.label == VerdictLabel.SUPPORTED_WITH_LIMITS
    found.sort(key=lambda each: each.supports != stands)
    first, *others = found
    how = _how_it_holds(row, verdict, desk, supported=first.supports)
    limits = [each for each in others if not each.supports] or others
    context = tuple(cited_text(each, desk) for each in limits[: CONTEXT_FINDINGS - 1])
    return _Said(sentence=f"{how}: {cited_text(first, desk, inside=True)}", context=context, rests_on=first.keys)


def _how_it_holds(row: Any, verdict: Verdict, desk: Desk, *, supported: bool) -> str:
    """How far a claim holds, before what shows it: of one that stands its own words, of another what it states."""
    level = verdict.certainty if isinstance(verdict.certainty, Certainty) else Certainty.HIGH
    if verdict.label == VerdictLabel.SUPPORTED_WITH_LIMITS:
        limit = "as far as this goes" if supported else "only with this beside them"
        lead, verb = hedged(HOLD, level)
        return raised(": ".join(filter(None, (lead, f"the advert's words {verb} {limit}"))))
    against = verdict.direction == Direction.CONTRADICTS
    lead, verb = hedged(HOLDS_NOT if against else HOLDS, level)
    text = f"that {clause(row.statement, desk.names)} {verb}{'' if against else ' only in part'}"
    return raised(": ".join(filter(None, (lead, text))))


def _found(verdict: Verdict, desk: Desk) -> tuple[str, ...]:
    """What the first references of the verdict say."""
    return tuple(cited_text(each, desk) for each in cited_by(verdict, desk)[:CONTEXT_FINDINGS])


def best_finding(claim_id: str, desk: Desk, *, own: bool = False) -> Finding | None:
    """The finding that a claim's sentence is made from.

    The deciding one; else the first that compares and is pooled; else the first that shows a group; else any numbers.
    """
    deciding = desk.deciding(claim_id)
    if deciding is not None:
        return deciding
    found = desk.of_claim(claim_id)
    if own:
        found = tuple(one for one in found if one.row.claim_id == claim_id or one.name in _rests_on(claim_id, desk))
    pooled = [one for one in found if one.compared and one.shown.primary and one.shown.primary.pooled]
    numbers = [one for one in found if shown_by(one)]
    return next(iter([*pooled, *(one for one in numbers if not one.compared), *numbers]), None)


def _rests_on(claim_id: str, desk: Desk) -> tuple[str, ...]:
    verdict = desk.verdicts.get(claim_id)
    return verdict.rests_on if verdict else ()


def _level(finding: Finding, verdict: Verdict) -> Certainty | None:
    """How sure a sentence may be: the lower of the claim's certainty and the finding's own (our convention)."""
    levels = [level for level in (verdict.certainty, finding.grade.level) if isinstance(level, Certainty)]
    ladder = tuple(Certainty)
    return min(levels, key=ladder.index) if levels else None


def studies_not_in(claim_id: str, shown: Sequence[Finding], desk: Desk) -> list[str]:
    """The claim's studies of the product advertised that are in none of the findings, by id."""
    inside = {name for one in shown for name in one.studies}
    return [name for name, fit in _fits(claim_id, desk).items() if fit == Match.YES and name not in inside]


def _is_part_of(part: str, claim_id: str) -> bool:
    return part != claim_id and parent_id(part) == claim_id


def _reason(row: Any, verdict: Verdict, action: Action, desk: Desk) -> str:
    """Why this action, in one or two sentences."""
    words = f"{verdict.label}: {GLOSSES[verdict.label]}."
    if verdict.certainty:
        words += f" The evidence {_DIRECTIONS[verdict.direction]} ({verdict.certainty})."
    if action == Action.REMOVE and verdict.label != VerdictLabel.NOT_SEARCHED:
        judged = [fit for fit in _fits(row.claim_id, desk).values() if fit]
        words += f" Of {len(judged)} studies whose product was set against the advertised one, none fits it wholly."
    if action == Action.ADD:
        words += " Place, product and time have to be added."
    return words


_SAYS = {Action.KEEP: _kept, Action.ADD: _added, Action.CHANGE: _changed, Action.REMOVE: _removed}
