"""How strongly a text is worded: cue words with negation, hedges and scope, and a level from 0 to 5.

The scale is ours and unvalidated: its steps 0 to 4 follow the coding of causal statements in studies of exaggeration,
whose own numbers were not seen, and step 5 is added.  It says how a text is worded and nothing of whether it is true.
Text in, values out; verdicts and better wordings stand to the right of this.
"""

from review.cues.lexicon import Role
from review.cues.sentences import sentences
from review.cues.wording import LEVELS, SCALE_NOTE, Cue, Wording, claim_wording, wording_strength

__all__ = [
    "LEVELS",
    "SCALE_NOTE",
    "Cue",
    "Role",
    "Wording",
    "claim_wording",
    "sentences",
    "wording_strength",
]
