"""/console/kits/letters/{kit}/{version}/{name}.pdf: a letter as it looks filled in, before anybody prints a hundred."""

from litestar import Response, get
from litestar.params import FromPath

from backend.kits.letter_setting import SAMPLE
from backend.kits.letters import fill_letter
from backend.people.actors import OVERSEERS
from backend.people.guards import SignedIn


@get("/letters/{kit_id:str}/{version:str}/{name:str}", include_in_schema=False)
async def show_sample(
    by: SignedIn, kit_id: FromPath[str], version: FromPath[str], name: FromPath[str]
) -> Response[bytes]:
    """With invented facts. Raises Forbidden (403), LetterUnknown (404), LetterBroken (409)."""
    by.must_have(*sorted(OVERSEERS))
    pdf = await fill_letter(kit_id=kit_id, version=version, name=name.removesuffix(".pdf"), sheets=[SAMPLE])
    headers = {"Content-Disposition": 'inline; filename="sample.pdf"', "Cache-Control": "no-store"}
    return Response(pdf, media_type="application/pdf", headers=headers)
