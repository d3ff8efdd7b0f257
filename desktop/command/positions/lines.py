"""Which sources this desk reads, from its settings; and the token of a Traccar server.

The token lies in the keyring of the operating system or in EDESK_TRACCAR_TOKEN, never in the
replica. Call `find_token` and `keep_token` off the UI thread: a keyring may ask to be unlocked.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from desktop.command.positions.reading import Unit, duties, operation_runs, units
from desktop.errors import UserError
from desktop.tracking.sources import Bearer, Source

GPSD_PORT: Final = 2947
VARIABLE: Final = "EDESK_TRACCAR_TOKEN"
SERVICE: Final = "enforcement-desk-traccar"
TABLES: Final = ("unit", "duty_act", "operation_act")


@dataclass(frozen=True, slots=True)
class Situation:
    """What the sources depend on: all units, who is on duty, whether an operation runs."""

    units: tuple[Unit, ...] = ()
    on_duty: frozenset[str] = frozenset()
    running: bool = False


def situation(connection: Connection, _args: None = None) -> Situation:
    """As the rows say now."""
    return Situation(
        tuple(units(connection)), frozenset(duties(connection)), operation_runs(connection)
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A source to be read. `make` gives it, called on its own thread with what an earlier reading
    left (Traccar: its cursor). `about`: when it differs, the source has to be made anew."""

    name: str
    about: tuple[object, ...]
    make: Callable[[str], Source]


@dataclass(frozen=True, slots=True)
class Silent:
    """A source that is wanted and is not read, with the sentence why."""

    name: str
    sentence: str
    refused: bool = True


def wanted_lines(
    settings: Mapping[str, str], token: str, found: Situation
) -> tuple[list[Line], list[Silent]]:
    """What to read, and what not and why."""
    lines: list[Line] = []
    silent: list[Silent] = []
    for choose in (_receiver, _traccar):
        made = choose(settings, token, found)
        if isinstance(made, Line):
            lines.append(made)
        elif made is not None:
            silent.append(made)
    return lines, silent


def _receiver(settings: Mapping[str, str], _token: str, found: Situation) -> Line | Silent | None:
    kind = settings.get("position_receiver", "")
    if not kind:
        return None
    name = "gpsd" if kind == "gpsd" else "NMEA"
    unit = next((one for one in found.units if one.id == settings.get("position_unit")), None)
    if unit is None:
        return Silent(name, "未选定本机接收机属于哪个执行单元")
    if unit.kind == "person" and unit.id not in found.on_duty:
        return Silent(name, f"{unit.name}未出勤，不读取位置", refused=False)
    bearer = Bearer(unit.id)
    if kind == "gpsd":
        try:
            place = gpsd_place(settings.get("gpsd_address", ""))
        except UserError as error:
            return Silent(name, str(error))
        return Line(name, (kind, unit.id, place), lambda _left: _gpsd(bearer, *place))
    port = settings.get("nmea_port", "")
    if not port:
        return Silent(name, "未设定串口")
    baud = int(settings.get("nmea_baud") or 9600)
    return Line(name, (kind, unit.id, port, baud), lambda _left: _nmea(bearer, port, baud))


def _traccar(settings: Mapping[str, str], token: str, found: Situation) -> Line | Silent | None:
    address = settings.get("traccar_address", "")
    if not address:
        return None
    if not token:
        return Silent("Traccar", "未设定车辆定位服务器的令牌")
    bearers = {u.device: Bearer(u.id) for u in found.units if u.source == "traccar"}
    if not bearers:
        return Silent("Traccar", "没有登记由车辆定位服务器读取的执行单元", refused=False)
    server = (address, token, settings.get("traccar_ca", ""))
    about = ("traccar", server, tuple(sorted((name, one.device) for name, one in bearers.items())))
    return Line("Traccar", about, lambda left: _server(server, bearers, left))


# What speaks to them takes a tenth of a second to import: on the thread of the source, and only
# where there is one.


def _gpsd(bearer: Bearer, host: str, port: int) -> Source:
    from desktop.tracking.gpsd import Gpsd, GpsdLine  # noqa: PLC0415

    return Gpsd(bearer, GpsdLine(host, port))


def _nmea(bearer: Bearer, port: str, baud: int) -> Source:
    from desktop.tracking.nmea import NmeaPort  # noqa: PLC0415

    return NmeaPort(bearer, port, baud)


def _server(server: tuple[str, str, str], bearers: Mapping[str, Bearer], left: str) -> Source:
    from desktop.tracking.traccar import Traccar, TraccarLine  # noqa: PLC0415

    address, token, ca = server
    return Traccar(TraccarLine(address, token, ca=ca), bearers, resume=left)


def gpsd_place(address: str) -> tuple[str, int]:
    """host, host:port or [host]:port. UserError: it is none of these."""
    text = address.strip()
    host, colon, port = text.rpartition(":")
    if not colon or "]" in port or (":" in host and not host.startswith("[")):
        host, port = text, str(GPSD_PORT)
    host = host.strip("[]")
    if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise UserError("gpsd 的地址须为“主机”或“主机:端口”。")
    return host, int(port)


def check_server(address: str) -> None:
    """UserError: a Traccar server cannot be there. Not for the window's thread."""
    from desktop.tracking.traccar import TraccarLine, checked  # noqa: PLC0415  As above.

    checked(TraccarLine(address, "token"))


def find_token(folder: Path) -> str:
    """The token of the store in `folder`; empty when there is none."""
    if given := os.environ.get(VARIABLE):
        return given
    # Loading keyring walks all installed packages, so it is loaded only when it is needed.
    import keyring  # noqa: PLC0415
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        return str(keyring.get_password(SERVICE, _account(folder)) or "")
    except (KeyringError, RuntimeError, OSError):
        return ""


def keep_token(folder: Path, token: str) -> bool:
    """Keeps the token, or forgets it with an empty one; False where there is no keyring."""
    import keyring  # noqa: PLC0415  As above.
    from keyring.errors import KeyringError, PasswordDeleteError  # noqa: PLC0415

    try:
        if token:
            keyring.set_password(SERVICE, _account(folder), token)
        elif keyring.get_password(SERVICE, _account(folder)) is not None:
            keyring.delete_password(SERVICE, _account(folder))
    except PasswordDeleteError:
        return True
    except (KeyringError, RuntimeError, OSError):
        return False
    return True


def _account(folder: Path) -> str:
    return str(folder.expanduser().resolve())
