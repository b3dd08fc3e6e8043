"""Bundles: what a phone carries, as a ZIP whose bytes follow from its files alone.

Phones get XForms where the folder has sheets: `forms/visit.xml`. `manifest.json` comes first and lists every file.
"""

import zlib
from collections.abc import Iterable, Mapping
from hashlib import sha256
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec

from backend.kits.forms import Form
from backend.kits.kit_reading import Kit
from backend.kits.schemas import BundleFile, FormMade, HeldFile, KitTitle, Manifest, PublishedForm

MANIFEST = "manifest.json"
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # a ZIP knows no earlier moment; the same for ever, so that bytes never change
PLAIN_FILE = 0o644 << 16


def held_files(kit: Kit, forms: Mapping[str, Form | PublishedForm]) -> list[HeldFile]:
    """The files of a version, as it keeps them."""
    return [
        HeldFile(path, sha256(content).hexdigest(), len(content), _made(forms.get(path)))
        for path, content in kit.carried.items()
    ]


def _made(form: Form | PublishedForm | None) -> FormMade | None:
    if form is None:
        return None
    return FormMade(form.form_id, form.version, sha256(form.xml).hexdigest(), len(form.xml))


def bundle_files(held: Iterable[HeldFile]) -> list[BundleFile]:
    """The same files as phones get them."""
    found = (
        BundleFile(form_path(file.form), file.form.sha256, file.form.bytes)
        if file.form
        else BundleFile(file.path, file.sha256, file.bytes)
        for file in held
    )
    return sorted(found, key=lambda file: file.path)


def form_path(form: FormMade) -> str:
    """Where a form's XForm lies in a bundle."""
    return f"forms/{form.form_id}.xml"


def bundle_of(kit: Kit, forms: Mapping[str, Form]) -> bytes:
    """The whole bundle of a folder that was checked."""
    files = bundle_files(held_files(kit, forms))
    content = {path: held for path, held in kit.carried.items() if path not in forms}
    content |= {f"forms/{form.form_id}.xml": form.xml for form in forms.values()}
    return zipped(Manifest(kit.kit_id, kit.version, KitTitle(kit.title_zh, kit.title_en), files), content)


def changed_since(now: Manifest, then: Manifest) -> Manifest:
    """The manifest of a bundle with only what a phone lacks that has the version `then`."""
    here = {file.path for file in now.files}
    gone = sorted(file.path for file in then.files if file.path not in here)
    return msgspec.structs.replace(now, since=then.version, gone=gone)


def paths_changed(now: Manifest, then: Manifest) -> list[str]:
    """Paths that are new, or not as they were."""
    known = {(file.path, file.sha256) for file in then.files}
    return [file.path for file in now.files if (file.path, file.sha256) not in known]


def zipped(manifest: Manifest, content: Mapping[str, bytes]) -> bytes:
    """The ZIP of these files by path, in the order of their paths."""
    written = BytesIO()
    with ZipFile(written, "w") as bundle:
        said = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        for path, held in [(MANIFEST, said), *sorted(content.items())]:
            entry = ZipInfo(path, LONG_AGO)
            entry.create_system, entry.external_attr = 3, PLAIN_FILE
            entry.compress_type = ZIP_DEFLATED
            bundle.writestr(entry, held, compresslevel=zlib.Z_BEST_COMPRESSION)
    return written.getvalue()
