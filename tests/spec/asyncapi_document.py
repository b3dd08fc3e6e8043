"""asyncapi.yaml as tests ask it: is this payload what it says?"""

from pathlib import Path
from typing import Any

import jsonschema
import msgspec

COMMITTED = Path(__file__).parents[2] / "mobile_api_spec" / "asyncapi.yaml"
DOCUMENT: dict[str, Any] = msgspec.yaml.decode(COMMITTED.read_bytes())


def check(name: str, payload: Any) -> None:
    """Raise where a payload is not as the document says; members that it does not know are a mistake too."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(schema).validate(payload)
    if isinstance(payload, dict):
        assert set(payload) <= set(DOCUMENT["components"]["schemas"][name]["properties"])
