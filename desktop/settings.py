"""Every setting the desk knows: key, kind, default, help; and the file of this device. Any thread.

Settings that the window needs before the replica is open (look, language, layout) lie in a small
JSON file of this device and hold no personal data. All others lie in the encrypted replica.
"""

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

Kind = Literal["text", "choice", "number", "switch"]
Place = Literal["device", "replica"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table below. `choices` binds a choice; `least`/`most` bind a number."""

    key: str
    kind: Kind
    default: str
    help: str
    place: Place = "replica"
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 0

    def accepts(self, value: str) -> bool:
        """Whether `value` may be stored; a file edited by hand may hold anything."""
        if self.kind == "choice":
            return value in self.choices
        if self.kind == "switch":
            return value in ("0", "1")
        if self.kind == "number":
            return value.isdecimal() and self.least <= int(value) <= self.most
        return True


# Those a window comes back to; the wall is entered by hand.
PERSPECTIVES: Final = ("duty", "command", "meeting", "print", "field")
SETTINGS: Final = (
    Setting("theme", "choice", "dark", "深色或浅色界面", "device", ("dark", "light")),
    Setting("text_size", "number", "100", "文字大小（%）", "device", least=100, most=200),
    Setting("language", "choice", "zh_CN", "界面语言", "device", ("zh_CN", "en")),
    Setting(
        *("perspective", "choice", "duty", "上次的视图", "device"),
        ("duty", "command", "meeting", "print", "field"),
    ),
    Setting("layout_locked", "switch", "0", "锁定布局", "device"),
    Setting("layout", "text", "", "各视图的窗格布局", "device"),
    Setting("lock_minutes", "number", "15", "无人操作几分钟后锁定，0 为不锁定", "device", most=240),
    Setting("wall_page_seconds", "number", "20", "大屏每页秒数", "device", least=5, most=600),
    Setting("person_id", "text", "", "本机值班人员"),
    Setting("documents_folder", "text", "", "导出文件所在文件夹"),
    Setting("hub_dsn", "text", "", "共享库的连接串，不含口令；空为单机工作"),
    Setting("hub_paused", "switch", "0", "暂停与共享库交换"),
    Setting("signing_certificate", "text", "", "签名证书文件（PKCS#12），不含口令"),
    Setting("signing_module", "text", "", "密码设备的驱动程序（PKCS#11）；设定后不用证书文件"),
    Setting("signing_token", "text", "", "密码设备的标签；空为唯一的一个"),
    Setting("signing_key_label", "text", "", "密码设备中证书的标签；空为唯一的一张"),
    Setting("seal_picture", "text", "", "印章图片（PNG）；空为按名称绘制"),
    Setting("time_stamp_address", "text", "", "时间戳服务的地址；空为不加时间戳"),
    Setting("roots_folder", "text", "", "可信证书机构的文件夹"),
    Setting("fund_account", "text", "", "执行款专户的账号，付款文件和银企直联使用"),
    Setting("fund_account_name", "text", "", "执行款专户的户名"),
    Setting("payment_profile", "text", "common_csv", "付款文件和回盘文件的方案"),
    Setting("bank_line_address", "text", "", "银企直联的地址（https）；空为只用付款文件"),
    Setting("bank_line_ca", "text", "", "银行所用证书机构的证书文件（PEM）；空为系统所信任的"),
    Setting("bank_line_certificate", "text", "", "本院在银企直联上的证书和私钥文件（PEM）"),
    Setting("position_receiver", "choice", "", "本机的定位接收机", choices=("", "gpsd", "nmea")),
    Setting("position_unit", "text", "", "本机接收机所属的执行单元"),
    Setting("gpsd_address", "text", "127.0.0.1:2947", "gpsd 的主机和端口"),
    Setting("nmea_port", "text", "", "串口接收机的端口，如 /dev/ttyUSB0 或 COM3"),
    Setting("nmea_baud", "number", "9600", "串口接收机的速率", least=1200, most=921600),
    Setting("traccar_address", "text", "", "车辆定位服务器（Traccar）的地址；空为不读取"),
    Setting("traccar_ca", "text", "", "车辆定位服务器所用证书机构的证书文件（PEM）"),
    Setting("position_live_seconds", "number", "10", "有人查看时几秒存一次位置", least=1, most=60),
    Setting("map_file", "text", "", "底图文件（MBTiles 或 GeoJSON）；空为随附的示意图"),
    Setting("map_overlays", "text", "", "叠加在底图上的图件，每行一个文件"),
    Setting("today", "text", "", "固定的日期（仅演示与测试）"),
)
BY_KEY: Final[Mapping[str, Setting]] = MappingProxyType({row.key: row for row in SETTINGS})


def default(key: str) -> str:
    """The default of a known key; empty text for a key that a panel keeps for itself."""
    row = BY_KEY.get(key)
    return row.default if row is not None else ""


class DeviceSettings:
    """The settings of this device in one JSON file; a file that cannot be read counts as empty.

    keep False: starts from the defaults and writes nothing, for a picture that must always look
    the same.
    """

    def __init__(self, path: Path, *, keep: bool = True) -> None:
        self._path = path
        self._keep = keep
        self._lock = threading.Lock()
        self._values = self._load()

    def get(self, key: str) -> str:
        """The stored value if it is acceptable, else the default."""
        row = BY_KEY[key]
        value = self._values.get(key, row.default)
        return value if row.accepts(value) else row.default

    def set(self, key: str, value: str) -> bool:
        """Stores a value; answers False when the folder cannot be written. ValueError if wrong."""
        if not BY_KEY[key].accepts(value):
            raise ValueError(f"setting {key} cannot be {value!r}")
        with self._lock:
            if self._values.get(key) == value:
                return True
            self._values[key] = value
            return self._save() if self._keep else True

    def _load(self) -> dict[str, str]:
        if not self._keep:
            return {}
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {key: value for key, value in found.items() if isinstance(value, str)}

    def _save(self) -> bool:
        """Writes beside the file and renames, so that a crash leaves the old or the new one."""
        text = json.dumps(self._values, ensure_ascii=False, indent=1, sort_keys=True)
        beside = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(text, encoding="utf-8")
            beside.replace(self._path)
        except OSError:
            return False
        return True


def default_store() -> Path:
    """Where the store lies unless told: EDESK_STORE, else the user's data folder."""
    if given := os.environ.get("EDESK_STORE"):
        return Path(given).expanduser()
    data = os.environ.get("XDG_DATA_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(data) if data else Path.home() / ".local" / "share") / "edesk"
