"""What all facts that are read from YAML have in common."""

from __future__ import annotations

from typing import Any, ClassVar


class Fact:
    """Base of a dataclass that a YAML mapping is read into: no unknown keys, no conversions."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
