"""What diagnosis knows beforehand, as dated rows with a source: crops, conditions, bans, templates."""

from piccolo.columns import UUID, Array, Date, ForeignKey, OnDelete, SmallInt, Text, Varchar
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import Privacy
from backend.diagnosis.words import Topic


class Crop(Table, tablename="diagnosis_crop"):
    """A crop: what people call it, and its EPPO code (https://gd.eppo.int) where there is one.

    aliases   other names that a farmer may type, for the search
    position  its place in the farmer's list, the commonest first
    """

    code = Varchar(length=40, primary_key=True, null=False)
    eppo_code = Varchar(length=6, null=True, default=None)
    name_zh = Varchar(length=40, null=False)
    name_en = Varchar(length=60, null=False)
    aliases: Array = Array(base_column=Varchar(length=40), null=False, default=list)
    position = SmallInt(null=False)
    valid_from = Date(null=False)
    valid_to = Date(null=True, default=None)
    source = Text(null=False)

    privacy = Privacy(
        impersonal=frozenset({"code", "eppo_code", "name_zh", "name_en", "aliases", "position", "source"})
    )


class Condition(Table, tablename="diagnosis_condition"):
    """A coded diagnosis: a disease, a pest, a deficiency, damage. `crops`: where it occurs; empty: on any."""

    code = Varchar(length=60, primary_key=True, null=False)
    eppo_code = Varchar(length=6, null=True, default=None)
    topic = Varchar(length=16, null=False, choices=Topic)
    name_zh = Varchar(length=60, null=False)
    name_en = Varchar(length=80, null=False)
    crops: Array = Array(base_column=Varchar(length=40), null=False, default=list)
    valid_from = Date(null=False)
    valid_to = Date(null=True, default=None)
    source = Text(null=False)

    condition_topic_is_known = one_of("topic", Topic)

    privacy = Privacy(impersonal=frozenset({"code", "eppo_code", "topic", "name_zh", "name_en", "crops", "source"}))


class PesticideBan(Table, tablename="diagnosis_pesticide_ban"):
    """From when a substance may not be sold and used; `crops` empty: on no crop at all.

    aliases   other names and brands, Chinese and English, under which it is written down
    not_in    longer names that hold one of these and are something else: 丁硫克百威 is not 克百威
    """

    id = UUID(primary_key=True, null=False)
    substance = Varchar(length=60, null=False)
    name_zh = Varchar(length=60, null=False)
    aliases: Array = Array(base_column=Varchar(length=60), null=False, default=list)
    not_in: Array = Array(base_column=Varchar(length=60), null=False, default=list)
    crops: Array = Array(base_column=Varchar(length=40), null=False, default=list)
    valid_from = Date(null=False)
    valid_to = Date(null=True, default=None)
    source = Text(null=False)

    privacy = Privacy(impersonal=frozenset({"substance", "name_zh", "aliases", "not_in", "crops", "source"}))


class AnswerTemplate(Table, tablename="diagnosis_answer_template"):
    """What an expert begins from: per condition, crop and season (months 1 to 12; empty: the whole year).

    advice   the shape `answer_schemas.Advice` as JSON
    """

    code = Varchar(length=60, primary_key=True, null=False)
    condition: ForeignKey = ForeignKey(Condition, null=False, on_delete=OnDelete.restrict)
    crops: Array = Array(base_column=Varchar(length=40), null=False, default=list)
    months: Array = Array(base_column=SmallInt(), null=False, default=list)
    title_zh = Varchar(length=80, null=False)
    advice = Text(null=False)
    follow_up_after_days = SmallInt(null=False)
    valid_from = Date(null=False)
    valid_to = Date(null=True, default=None)
    source = Text(null=False)

    privacy = Privacy(
        impersonal=frozenset({"code", "crops", "months", "title_zh", "advice", "follow_up_after_days", "source"})
    )
