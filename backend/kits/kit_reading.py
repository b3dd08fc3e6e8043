"""kit.toml, read: who carries a kit, where and when, and what its forms become."""

from collections.abc import Mapping as Named
from hashlib import sha256
from typing import Annotated

from msgspec import Meta, Struct

from backend.kits.file_kinds import kind_of
from backend.kits.mapping_writing import read_mapping
from backend.kits.mappings import Mapping
from backend.kits.mistakes import Mistake, _
from backend.kits.reading import KIT_TOML, Content
from backend.kits.toml_lines import Keys, TomlBroken, lines_of, read_toml
from backend.kits.toml_tables import TomlTable
from backend.people.tables import Role

KitId = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Version = Annotated[str, Meta(pattern=r"^20[0-9]{8}$")]
"""Year, month, day and two digits: of two versions the greater one is the newer."""
Title = Annotated[str, Meta(min_length=1, max_length=80)]
Roles = Annotated[list[Role], Meta(min_length=1)]
Prefix = Annotated[str, Meta(pattern=r"^[0-9]{2,15}$")]
Month = Annotated[int, Meta(ge=1, le=12)]


class Kit(Struct, frozen=True):
    """A kit as its folder says. `prefixes` of divisions, none for everywhere; `months` none for all; `mappings` by the
    id of the form; `lines` of kit.toml."""

    kit_id: str
    version: str
    title_zh: str
    title_en: str
    roles: list[Role]
    prefixes: list[str]
    months: list[int]
    mappings: Named[str, Mapping]
    content: Content
    lines: Named[Keys, int]

    @property
    def carried(self) -> dict[str, bytes]:
        """The files that phones carry."""
        return carried(self.content)

    @property
    def digest(self) -> bytes:
        """The same for the same folder, whatever its README says."""
        return digest_of(self.content)


def carried(content: Content) -> dict[str, bytes]:
    """The files of a kit that phones carry, by path."""
    return {path: content[path] for path in sorted(content) if (kind := kind_of(path)) and kind.carried}


def digest_of(content: Content) -> bytes:
    """SHA-256 over the path and SHA-256 of each file that is carried."""
    lines = (f"{path}\0{sha256(held).hexdigest()}\n" for path, held in carried(content).items())
    return sha256("".join(lines).encode()).digest()


def read_kit(name: str, content: Content) -> tuple[Kit | None, list[Mistake]]:
    """The kit of the folder `name`, None where kit.toml is wrong; every mistake in it."""
    file, mistakes = f"{name}/{KIT_TOML}", list[Mistake]()
    if KIT_TOML not in content:
        return None, []  # `reading` has told it
    try:
        values = read_toml(content[KIT_TOML])
    except TomlBroken as error:
        return None, [Mistake(file, error.line, _("It is not TOML: {said}"), {"said": str(error)})]
    lines = lines_of(content[KIT_TOML])
    kit = _kit(name, TomlTable(file, values, lines, mistakes), content)
    return (None if mistakes else kit), mistakes


def _kit(name: str, said: TomlTable, content: Content) -> Kit | None:
    kit_id, version = said.take("id", KitId), said.take("version", Version)
    roles = said.take("roles", Roles)
    prefixes, months = said.may_take("divisions", list[Prefix]), said.may_take("months", list[Month])
    title = said.table("title")
    title_zh, title_en = title.take("zh", Title), title.take("en", Title)
    title.no_more()
    forms = {form_id: read_mapping(form) for form_id, form in said.table("forms", needed=False).tables().items()}
    said.no_more()
    if kit_id is not None and kit_id != name:
        said.wrong(("id",), _("A kit is called as its folder: {folder}."), folder=name)
    if kit_id is None or version is None or roles is None or title_zh is None or title_en is None:
        return None
    mappings = {form_id: mapping for form_id, mapping in forms.items() if mapping is not None}
    return Kit(
        kit_id, version, title_zh, title_en, sorted(set(roles)), prefixes or [], sorted(set(months or [])), mappings,
        content, said.lines,
    )  # fmt: skip
