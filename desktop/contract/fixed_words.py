"""Words that several screens share. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# Group roles of the shared database.
ROLE_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "operator": "值班员",
        "supervisor": "督办员",
        "finance": "案款管理人",
        "field": "外勤",
        "handler": "承办人",
        "judge": "法官",
        "bureau_chief": "执行局局长",
        "president": "院领导",
        "auditor": "审计员",
        "administrator": "管理员",
        "member": "成员",
    }
)
