"""Why a row, or a whole file, could not be read: codes that never change meaning, each with its sentence."""

from backend.core.words import say
from backend.laboratory.readings import Unread


def _(msgid: str) -> str:
    return msgid


SENTENCES: dict[str, str] = {
    # a cell
    "not_a_number": _("Column “{column}”: “{seen}” is not a number."),
    "formula": _("Column “{column}”: “{seen}” is a formula; export values."),
    "comparator_unclear": _("Column “{column}”: “{seen}”: only < and > are clear."),
    "date_unclear": _("Column “{column}”: “{seen}” is no clear date; write it as 2026-05-01 09:30."),
    "value_missing": _("No value and no verdict in this row (column “{column}”)."),
    # a row
    "too_few_columns": _("Too few columns: {seen}; the first that is missing is “{column}”."),
    "too_many_columns": _("Too many columns: {seen}; from column {column} on there is no header."),
    "columns_disagree": _("Two columns are called “{column}” and differ; which one counts?"),
    "control_row": _("“{seen}” is a control of the run, no sample."),
    "cut_off": _("The file ends in the middle of this row: export or copy it again."),
    "quote_open": _("A quotation mark opens here and never closes."),
    "undecodable": _("There are bytes in this line that are no characters of the file's encoding."),
    "query_wrong": _("This line is no query of names and values."),
    "name_twice": _("A name stands twice in this record."),
    "item_wrong": _("This item is no record of names and values."),
    # the file
    "empty_file": _("The file is empty."),
    "no_rows": _("There is a header row but no row under it."),
    "no_header": _("No header row that we know was found (it begins “{seen}”); choose a profile."),
    "no_value_column": _("The header row has no column with a value or a result (“{seen}”)."),
    "no_items": _("The JSON has no list of results."),
    "json_wrong": _("This is no valid JSON."),
    "json_too_large": _("The JSON is too large; send it in parts, or as CSV."),
    "line_too_long": _("This line is too long to be an instrument's; reading stopped here."),
    "columns_without_end": _("Far more columns than an instrument writes; reading stopped here."),
    "not_text": _("This is neither text nor a workbook."),
    "document_not_table": _("This is a web page, a picture, a PDF or a database, not a table: save it as CSV or XLSX."),
    "workbook_broken": _("The workbook is damaged or incomplete: export or copy it again."),
    "workbook_locked": _("The workbook has a password: save it without one."),
    "workbook_too_large": _("The workbook is too large; save it as CSV, or in parts."),
    "workbook_too_heavy": _("The workbook unfolds to more than may be read; save it as CSV."),
    # a live post
    "unsigned": _("The post is not signed."),
    "signature_wrong": _("The signature does not fit the content."),
    "clock_off": _("The time in the post is too far from ours; set the clock."),
    "nonce_missing": _("The post has no nonce."),
    "nonce_used": _("This post came before."),
}


def sentence(unread: Unread) -> str:
    """In the reader's language."""
    return say(SENTENCES[unread.reason], column=unread.column or "", seen=unread.seen or "")
