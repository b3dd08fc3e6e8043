"""What `lianxin lab limits FILE` prints: what was taken, what was not and why, which names are new to us."""

from collections.abc import Iterator

from backend.core.words import say
from backend.laboratory.limit_loading import Loaded
from backend.laboratory.readings import Unread
from backend.laboratory.residue_limit_files import SENTENCES


def told(loaded: Loaded, *, dry_run: bool) -> Iterator[str]:
    """Lines in the reader's language: each row that was not taken, new names, the sum."""
    for each in loaded.refused:
        yield _refused(each)
    for names, sentence in (
        (loaded.new_pesticides, "Pesticides that our list does not have, taken as they stand: {names}"),
        (loaded.new_commodities, "Commodities that our list does not have, taken as they stand: {names}"),
    ):
        if names:
            yield say(sentence, names=list(names))
    facts = {"taken": loaded.taken, "refused": len(loaded.refused), "standards": list(loaded.standards)}
    if dry_run:
        yield say("{taken} rows can be taken, {refused} cannot. Nothing was stored.", **facts)
    elif loaded.taken and not loaded.stored:
        yield say("{taken} rows, all there already: nothing changed. {refused} could not be taken.", **facts)
    else:
        yield say(
            "{stored} rows of {standards} count now; {ended} of before count no longer. {refused} could not be taken.",
            **facts,
            stored=loaded.stored,
            ended=loaded.ended,
        )


def _refused(row: Unread) -> str:
    why = say(SENTENCES[row.reason], seen=row.seen or "", column=row.column or "")
    return say("Line {line}, {column}: {why}", line=row.line, column=row.column or "—", why=why)
