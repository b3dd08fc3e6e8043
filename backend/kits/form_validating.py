"""What ODK Validate says of a form: it opens it as Collect would. It is a Java program; pyxform brings it along."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from backend.kits.forms import Form


def can_validate() -> bool:
    """Whether there is Java here."""
    return shutil.which("java") is not None


def validated(form: Form) -> list[str]:
    """What it found, a sentence each; about two seconds of work."""
    from pyxform.validators.odk_validate import ODKValidateError, check_xform

    with TemporaryDirectory() as folder:
        path = Path(folder) / "form.xml"
        path.write_bytes(form.xml)
        try:
            found: list[str] = check_xform(str(path))
        except ODKValidateError as error:
            found = [str(error).removeprefix("ODK Validate Errors:").strip()]
    return [" ".join(each.split()) for each in found]
