"""Sentences of our own making: a receiver that walks north-east from one place of the city."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 9, 0, 0, tzinfo=UTC)
LAT, LON = 34.62, 112.45


def signed(body: str) -> bytes:
    """A sentence with its checksum."""
    check = 0
    for byte in body.encode():
        check ^= byte
    return f"${body}*{check:02X}\r\n".encode()


def angle(value: float, digits: int, plus: str, minus: str) -> str:
    whole = int(abs(value))
    minutes = (abs(value) - whole) * 60
    return f"{whole:0{digits}d}{minutes:07.4f},{plus if value >= 0 else minus}"


def rmc(second: int, *, valid: bool = True, knots: float = 2.0) -> bytes:
    at = START + timedelta(seconds=second)
    lat, lon = place(second)
    where = f"{angle(lat, 2, 'N', 'S')},{angle(lon, 3, 'E', 'W')}" if valid else ",,,"
    state = "A" if valid else "V"
    rest = f"{knots:.1f},45.0" if valid else ","
    mode = "A" if valid else "N"
    return signed(f"GPRMC,{at:%H%M%S.00},{state},{where},{rest},{at:%d%m%y},,,{mode}")


def gga(second: int, *, hdop: float = 0.9, satellites: int = 8) -> bytes:
    at = START + timedelta(seconds=second)
    lat, lon = place(second)
    where = f"{angle(lat, 2, 'N', 'S')},{angle(lon, 3, 'E', 'W')}"
    return signed(f"GPGGA,{at:%H%M%S.00},{where},1,{satellites:02d},{hdop:.1f},140.0,M,-20.0,M,,")


def gsa(hdop: float = 0.9) -> bytes:
    return signed(f"GPGSA,A,3,01,02,03,04,05,06,07,08,,,,,1.8,{hdop:.1f},1.5")


def place(second: int) -> tuple[float, float]:
    return LAT + second * 1e-5, LON + second * 1e-5


def walk(first: int, last: int) -> bytes:
    """Epochs of a second each, `last` not included."""
    return b"".join(gga(second) + gsa() + rmc(second) for second in range(first, last))
