"""The states of a node; derived for a day, never stored."""

from enum import StrEnum


class NodeState(StrEnum):
    """Values are the Chinese words the court uses; they are also the words of the interface."""

    NORMAL = "正常"
    DUE_SOON = "临期"
    OVERDUE = "超期"
    PAUSED = "暂停"
    UNKNOWN = "未知"
    DONE = "按期完成"
    DONE_LATE = "逾期完成"


STYLE_KEY: dict[NodeState, str] = {
    NodeState.NORMAL: "normal",
    NodeState.DUE_SOON: "due_soon",
    NodeState.OVERDUE: "overdue",
    NodeState.PAUSED: "paused",
    NodeState.UNKNOWN: "unknown",
    NodeState.DONE: "done",
    NodeState.DONE_LATE: "done_late",
}
