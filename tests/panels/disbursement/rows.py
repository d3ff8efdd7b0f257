"""Orders and acts as rows behind the context's back, on tables without rules. All invented."""

import json
from typing import Any

from storage.ids import new_id
from tests.panels.real_city import RealCity, new

SHA = "a" * 64


def joined(city: RealCity) -> None:
    """From now on a shared database decides what this desk asks."""
    with city.context.engine.begin() as connection:
        connection.exec_driver_sql(
            "insert into _ctl (device_id, hub_id) values (?, ?)", (new("device"), new("hub"))
        )


def put_order(city: RealCity, state: str = "approving", **values: Any) -> str:
    """An order of the late case, made by its handler, before two stages."""
    order_id = new_id()
    stages = str(values.pop("stages", "fund_keeper,bureau_chief"))
    made: dict[str, Any] = {
        "id": order_id,
        "number": f"批2026-{order_id[-8:]}",
        "case_id": city.late_case,
        "purpose": "payment",
        "source": "case",
        "amount_fen": 2_480_000,
        "payee": "申请人甲",
        "bank": "示范银行东城支行",
        "account_no": "6222000000001234",
        "confirmed_on": "2026-11-20",
        "confirmed_by": "申请人甲",
        "confirmed_how": "当面核对身份证件",
        "differs": False,
        "tier_id": new("tier"),
        "stages": stages,
        "stage": stages.split(",", maxsplit=1)[0] if state == "approving" else "",
        "maker": city.person("顾长风"),
        "maker_id": city.person("顾长风"),
        "made_at": "2026-11-20T09:12:00+08:00",
        "content_sha256": SHA,
        "state": state,
        **values,
    }
    city.put("payment_order", **made)
    put_act(city, order_id, "submit", "顾长风", n=1, at="2026-11-20T09:12:00+08:00")
    return order_id


def put_act(city: RealCity, order_id: str, act: str, who: str, n: int, **values: Any) -> None:
    """One act; sets the order's `last_n`."""
    values.setdefault("at", f"2026-11-20T{9 + n:02d}:00:00+08:00")
    city.put(
        "payment_act",
        order_id=order_id,
        n=n,
        act=act,
        actor=city.person(who),
        person_id=city.person(who),
        content_sha256=SHA,
        **values,
    )
    with city.context.engine.begin() as connection:
        connection.exec_driver_sql(
            "update payment_order set last_n = ? where id = ?", (n, order_id)
        )


def put_intent(city: RealCity, fen: int, state: str = "asked", **more: Any) -> str:
    """A wish that is not an order."""
    args = json.dumps({"amount_fen": fen, "payee": "申请人甲", "purpose": "payment", **more})
    return city.put("request", kind="disburse", case_id=city.late_case, args=args, state=state)


def put_refused(
    city: RealCity, fen: int, detail: dict[str, Any], kind: str = "disburse", **more: Any
) -> str:
    """A wish that the shared database did not take; it lies in the tray. Gives its bundle."""
    bundle_id, request_id = new("bundle"), new("request")
    args = {"case_id": city.late_case, "amount_fen": fen, "payee": "申请人甲", **more}
    args.setdefault("principal_fen", fen)
    row = {
        "id": request_id,
        "kind": kind,
        "case_id": city.late_case,
        "state": "asked",
        "args": json.dumps(args, ensure_ascii=False),
        "note": None,
    }
    with city.context.engine.begin() as connection:
        connection.exec_driver_sql(
            "insert into _bundle (id, actor, label, made_at, schema_ver, state, verdict, detail)"
            " values (?, ?, '提出案款支付', '2026-11-22T18:00:00+08:00', '0011', 'decided',"
            " 'rejected', ?)",
            (bundle_id, city.person("顾长风"), json.dumps(detail, ensure_ascii=False)),
        )
        connection.exec_driver_sql(
            "insert into _op (bundle_n, k, tbl, row_id, kind, new)"
            " select n, 0, 30, ?, 'R', ? from _bundle where id = ?",
            (request_id, json.dumps(row, ensure_ascii=False), bundle_id),
        )
    return bundle_id
