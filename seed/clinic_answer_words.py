"""What experts of the demo answer: the diagnosis, how sure they are, and what is to be done."""

from backend.diagnosis.answer_schemas import Advice, Differential, NewAnswer
from backend.diagnosis.words import Confidence

FLOOD = NewAnswer(
    diagnosis="玉米涝害：根泡在水里透不过气，叶子从下往上发黄。",
    condition_code="maize.waterlogging",
    confidence=Confidence.SURE,
    advice=Advice(
        steps=[
            "今天就排水：先挖通地头的排水沟，再在田里隔几垄开一条浅沟。",
            "水退后趁地皮发白，浅锄一遍散墒透气，倒了的扶起来培土。",
            "叶片还绿的地块，喷一遍叶面肥，过七天再喷一遍。",
            "发黄不返青、根已发黑的地块不要再投钱，改种晚熟绿豆或秋菜。",
        ],
        timing="排水越早越好，泡水超过三天减产会很重。",
        warning="下地注意漏电的泵线。",
    ),
    visit_proposed=True,
)

GREY_MOULD = NewAnswer(
    diagnosis="番茄灰霉病：棚里又冷又潮，从花和残叶开始烂，长灰毛。",
    condition_code="tomato.grey_mould",
    confidence=Confidence.SURE,
    differential=[Differential(words="晚疫病的斑边上长白霉，不是灰毛。", condition_code="tomato.late_blight")],
    advice=Advice(
        steps=[
            "把长灰毛的花、果、叶轻轻摘下装进袋子，带出棚外埋掉，别抖。",
            "中午放风，把湿气放出去；浇水改在晴天上午，浇膜下。",
            "三天后再看，新叶不长灰毛就不用打药。",
        ],
        timing="连阴天前后最容易发病，提早放风。",
        protection=["戴口罩", "戴手套"],
    ),
)

MILDEW = NewAnswer(
    diagnosis="黄瓜霜霉病：叶脉围成的黄色多角斑，潮湿时叶背有灰黑霉。",
    condition_code="cucumber.downy_mildew",
    confidence=Confidence.LIKELY,
    differential=[Differential(words="细菌性角斑病叶背不长霉，有时有水渍和白痂。")],
    advice=Advice(
        steps=[
            "摘掉底部病叶，带出棚外。",
            "早晨先放湿气再闭棚升温。",
            "按标签用一种登记在黄瓜霜霉病上的药，叶背喷到。",
        ],
        protection=["戴口罩和手套", "顺风打药"],
    ),
)

RUST = NewAnswer(
    diagnosis="玉米南方锈病：叶面密布橙黄小疱，手一抹一层黄粉。",
    condition_code="maize.southern_rust",
    confidence=Confidence.SURE,
    advice=Advice(
        steps=["先看棒三叶：上面没有疱，先不打药，三天看一次。", "棒三叶也有了，和邻居约好同一天统防。"],
        timing="下过雨又热的天传得最快。",
    ),
)
