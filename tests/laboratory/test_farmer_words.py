"""What a finding means to the farmer: one picture, one word, one sentence, what to do now, and what it is not."""

from datetime import date
from typing import Any

import pytest

from backend.core import clock, ids
from backend.core.words import language
from backend.laboratory.conclusions import MeasuredAgain, Standing
from backend.laboratory.farmer_telling import Picture, Told
from backend.laboratory.farmer_words import told
from backend.laboratory.judgement_reasons import because
from backend.laboratory.naming import analyte, named
from backend.laboratory.public import Finding, PublicSample, Reading, SignedAdvice, findings_of
from backend.laboratory.soil_words import bar
from backend.laboratory.words import Method, RetestKind, RetestState, RunKind, SampleKind, SoilCategory, Verdict

OPEN, UPHELD, OVERTURNED = RetestState.OPEN, RetestState.UPHELD, RetestState.OVERTURNED
PROOF = ("合格证", "达标", "安全，可以", "放心吃")
"""What a negative must never sound like."""


def read(code: str = "cholinesterase_inhibition", verdict: Verdict | None = None, **columns: Any) -> Reading:
    """A reading as it was judged; `again` of states is so many repeats."""
    known = analyte(code)
    assert known is not None
    repeats = tuple(MeasuredAgain(RetestKind.REPEAT, state) for state in columns.pop("repeats", ()))
    methods = {"inhibition": Method.ENZYME_INHIBITION, "pesticide": Method.STRIP}
    given: dict[str, Any] = {
        "id": ids.uuid7(),
        "analyte": code,
        "name": named(known),
        "kind": known.kind,
        "method": methods.get(known.kind, Method.SOIL_TEST),
        "value": "63.2 %",
        "limit": "",
        "ban_found": False,
        "instrument_verdict": None,
        "instrument_disagrees": False,
        "reasons": (),
        "rule": None,
        "at": clock.now(),
        "judged_at": clock.now(),
        "verdict": verdict,
        "again": repeats,
    }
    return Reading(**(given | columns))


def sample(*readings: Reading, kind: SampleKind = SampleKind.PRODUCE, **changed: Any) -> PublicSample:
    """A free sample with these readings."""
    given: dict[str, Any] = {
        "id": ids.uuid7(),
        "code": "NY-001",
        "kind": kind,
        "run_kind": RunKind.ADVICE,
        "crop": None,
        "plot": None,
        "sampled_on": date(2026, 11, 20),
        "received_at": clock.now(),
        "wants_call": False,
        "reachable": False,
        "shares": False,
        "shares_since": None,
        "studio": "农技工作室",
        "studio_phone": "0635-0000002",
        "drop_off": "梁村检测点",
        "holder": "农技工作室",
        "at_bench": True,
        "way": [],
        "findings": findings_of(readings),
        "report": None,
        "newer": False,
        "advice": [],
    }
    return PublicSample(**(given | changed))


def soil(*readings: Reading, **changed: Any) -> Told:
    return told(sample(*readings, kind=SampleKind.SOIL, **changed))


def whole(said: Told) -> str:
    return "".join((said.word, said.means, *said.to_do, *said.no_proof))


@pytest.mark.parametrize(
    ("readings", "picture", "word", "means"),
    [
        ([read(verdict=Verdict.NEGATIVE)], Picture.CLEAR, "没测出异常", "这次快速检测没有发现异常。"),
        ([read(verdict=Verdict.SUSPECT)], Picture.WATCH, "拿不准，要再测", "四份里约有一份真超标"),
        ([read(verdict=Verdict.POSITIVE)], Picture.STOP, "偏高，先别卖", "要再测才算数"),
        ([read(verdict=Verdict.POSITIVE, repeats=(OPEN, OPEN))], Picture.STOP, "偏高，先别卖", "再测 2 次才算数"),
        (
            [read(verdict=Verdict.POSITIVE, repeats=(UPHELD, UPHELD)), read(verdict=Verdict.POSITIVE)],
            *(Picture.STOP, "农药偏高，别卖", "测了 2 次都偏高"),
        ),
        (
            [read(verdict=Verdict.POSITIVE, repeats=(OVERTURNED, OVERTURNED)), read(verdict=Verdict.NEGATIVE)],
            *(Picture.CLEAR, "没测出异常", "第一次测偏高，再测没有发现异常。"),
        ),
        ([read(verdict=Verdict.SUSPECT, repeats=(OPEN, OPEN))], Picture.WATCH, "拿不准，要再测", "我们再测 2 次。"),
        (
            [
                read(verdict=Verdict.POSITIVE, repeats=(UPHELD, OVERTURNED)),
                read(verdict=Verdict.POSITIVE),
                read(verdict=Verdict.NEGATIVE),
            ],
            *(Picture.STOP, "农药偏高，别卖", "测了 3 次，2 次偏高"),
        ),
        (
            [read(verdict=Verdict.POSITIVE, again=(MeasuredAgain(RetestKind.CONFIRMATION, UPHELD),))],
            *(Picture.STOP, "超标，别卖", "换了方法再测，农药还是太多。"),
        ),
        ([read(verdict=Verdict.INVALID)], Picture.REDO, "没测成，要重测", "不是说您的东西有问题"),
        ([read("imidacloprid", Verdict.POSITIVE)], Picture.STOP, "测出农药，先别卖", "试纸条测出了吡虫啉"),
        (
            [read("imidacloprid", Verdict.POSITIVE, method=Method.CHROMATOGRAPHY)],
            *(Picture.STOP, "超标，别卖", "吡虫啉超过国家限量"),
        ),
        (
            [read("carbofuran", Verdict.POSITIVE, ban_found=True), read(verdict=Verdict.NEGATIVE)],
            *(Picture.STOP, "测出禁用药，别卖", "测出了克百威"),
        ),
    ],
)
def test_one_picture_one_word_and_one_sentence_say_it(readings, picture, word, means):
    said = told(sample(*readings))

    assert (said.picture, said.word) == (picture, word)
    assert means in said.means
    assert said.to_do


def test_of_many_substances_the_first_few_are_named():
    many = ("imidacloprid", "acetamiprid", "fipronil", "abamectin", "clothianidin")
    said = told(sample(*(read(code, Verdict.POSITIVE) for code in many)))

    assert "测出了吡虫啉、啶虫脒、氟虫腈、另外 2 种，" in said.means


def test_the_gravest_of_several_findings_speaks():
    said = told(sample(read(verdict=Verdict.NEGATIVE), read("imidacloprid", Verdict.SUSPECT)))

    assert said.picture is Picture.WATCH


def test_what_could_not_be_judged_says_why():
    said = told(sample(read(reasons=(because("calibration_overdue"),))))

    assert said.picture is Picture.OPEN
    assert "检定" in said.means or "校准" in said.means


@pytest.mark.parametrize("verdict", list(Verdict))
def test_no_result_of_a_free_test_sounds_like_a_certificate(verdict):
    said = told(sample(read(verdict=verdict)))

    assert "不是合格证明" in said.no_proof[-1]
    assert not any(word in whole(said).replace("不是合格证明", "") for word in PROOF)


def test_a_negative_says_what_this_test_cannot_see():
    assert "只看得出有机磷、氨基甲酸酯两类农药" in whole(told(sample(read(verdict=Verdict.NEGATIVE))))


def test_a_supervision_sampling_tells_how_to_object_and_gives_no_advice_of_a_free_test():
    said = told(sample(read(verdict=Verdict.POSITIVE), run_kind=RunKind.SUPERVISION))

    assert "4 小时内提出" in whole(said)
    assert "不收钱" not in whole(said)
    assert "不是合格证明" not in whole(said)


@pytest.mark.parametrize(
    ("changed", "word", "means"),
    [
        ({}, "正在测", "样品到了农技工作室"),
        ({"at_bench": False, "holder": "梁村检测点"}, "在路上", "样品在梁村检测点，要送到农技工作室去测。"),
        ({"at_bench": False, "holder": None}, "在路上", "样品正送往农技工作室。"),
    ],
)
def test_before_anything_was_measured_it_says_where_the_sample_is(changed, word, means):
    said = told(sample(**changed))

    assert (said.picture, said.word) == (Picture.WAIT, word)
    assert means in said.means


def test_whoever_asked_for_a_call_is_told_that_we_ring():
    assert told(sample(wants_call=True)).to_do[0] == "结果一出来，我们给您打电话。"


def test_soil_names_what_is_low_and_how_acid_it_is():
    said = soil(
        read("ph", ph_class="strongly_acid"),
        read("olsen_p", grade=5),
        read("available_k", grade=2),
    )

    assert (said.picture, said.means) == (Picture.SOIL, "偏低的是：有效磷。土是强酸性的。")
    assert said.to_do == (
        "土太酸：要不要撒石灰、撒多少，先问农技员。",
        "施什么肥、施多少：等农技员签了字的建议，也可以打电话问。",
    )


def test_soil_leads_to_advice_only_once_it_is_signed():
    advice = SignedAdvice(
        crop=named(analyte("ph")),
        nutrient="n",
        fertiliser="urea",
        kg_per_mu=None,
        signed_by="孟繁荣",
        signed_at=clock.now(),
        note=None,
    )

    assert "看下面农技员签了字的建议" in whole(soil(read("olsen_p", grade=5), advice=[advice]))


@pytest.mark.parametrize(
    ("category", "picture", "word"),
    [
        (SoilCategory.STRICT_CONTROL, Picture.STOP, "这块地风险高"),
        (SoilCategory.SAFE_USE, Picture.WATCH, "这块地要留心"),
        (SoilCategory.PRIORITY_PROTECTION, Picture.SOIL, "土测好了"),
    ],
)
def test_a_heavy_metal_speaks_before_nutrients(category, picture, word):
    said = soil(read("cadmium", category=category), read("olsen_p", grade=2))

    assert (said.picture, said.word) == (picture, word)


@pytest.mark.parametrize(
    ("code", "grade", "filled", "of", "says"),
    [
        ("olsen_p", 1, 6, 6, "高"),
        ("olsen_p", 2, 5, 6, "高"),
        ("olsen_p", 3, 4, 6, "中"),
        ("olsen_p", 4, 3, 6, "中"),
        ("olsen_p", 5, 2, 6, "低"),
        ("olsen_p", 6, 1, 6, "低"),
        ("available_zn", 3, 3, 5, "中"),
        ("available_zn", 4, 2, 5, "低"),
        ("available_zn", 5, 1, 5, "低"),
    ],
)
def test_a_grade_is_so_many_bars_and_low_middle_or_high(code, grade, filled, of, says):
    drawn = bar(read(code, grade=grade))

    assert drawn is not None
    assert (drawn.filled, drawn.of, drawn.says) == (filled, of, says)


def test_what_could_not_be_graded_has_no_bars():
    assert bar(read("olsen_p")) is None


def test_it_is_all_said_in_english_too():
    token = language.set("en")
    try:
        said = told(sample(read("imidacloprid", Verdict.POSITIVE)))
    finally:
        language.reset(token)

    assert said.means == "A quick strip found Imidacloprid. A laboratory must confirm it."


def test_a_cleared_finding_of_another_method_is_no_positive():
    found = Finding(read(verdict=Verdict.POSITIVE), Standing.CLEARED)

    assert told(sample(findings=[found])).picture is Picture.CLEAR
