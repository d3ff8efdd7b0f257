"""`edesk calc` as scripts and clerks use it: exact decimals, one sentence for what cannot be."""

import json
from pathlib import Path
from typing import Any

import pdfplumber
import pytest

from desktop.__main__ import main

INTEREST: dict[str, Any] = {
    "principal": [{"amount": "80000.00", "due": "2017-04-01"}],
    "payments": [{"on": "2017-05-01", "amount": "30000"}],
    "suspensions": [],
    "general": [],
    "until": "2017-07-10",
}
GENERAL = {"rate": "0.06", "per": "year", "basis": "365", "from": "2017-04-01", "to": "2017-07-10"}
STOP = {"from": "2017-05-11", "to": "2017-05-20", "at_debtor_request": False}
POOL: dict[str, Any] = {
    "pool": "1000.00",
    "debtor": "natural",
    "costs": [{"name": "申请执行费", "amount": "50.00"}],
    "claims": [
        {"id": "甲", "kind": "secured", "amount": "100.00", "seizure_rank": None},
        {"id": "乙", "kind": "ordinary", "amount": "1000.00", "seizure_rank": 2},
        {"id": "丙", "kind": "ordinary", "amount": "500.00", "seizure_rank": 1},
    ],
}


def ask(
    folder: Path, capsys: pytest.CaptureFixture[str], *line: str, given: object = None
) -> tuple[int, str, str]:
    """Runs `edesk calc`; `given` goes into q.json, as JSON unless it is text or bytes."""
    if isinstance(given, bytes):
        (folder / "q.json").write_bytes(given)
    elif given is not None:
        text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
        (folder / "q.json").write_text(text, encoding="utf-8")
    code = main(["calc", *line])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_fee_is_given_as_text_with_its_brackets(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = ask(folder, capsys, "fee", "--amount", "2345678.90")
    found = json.loads(out)
    assert (code, err, found["fee"], found["kind"]) == (0, "", "25856.79", "execution")
    assert [step["amount"] for step in found["steps"]] == ["50.00", "7350.00", "18456.789"]
    for kind, fee in (("preservation", "5000.00"), ("acceptance", "25565.43")):
        code, out, _ = ask(folder, capsys, "fee", "--amount", "2345678.90", "--kind", kind)
        assert json.loads(out)["fee"] == fee
    assert json.loads(out)["article"] == "诉讼费用交纳办法第13条第1项"


def test_interest_has_exactly_the_four_keys_and_steps_that_recount(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = ask(folder, capsys, "interest", "q.json", given=INTEREST)
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert list(found) == ["doubled", "general", "total", "steps"]
    assert [found[key] for key in ("doubled", "general", "total")] == ["1032.50", "0.00", "1032.50"]
    lines = [step for step in found["steps"] if step["kind"] == "doubled"]
    assert [(one["days"], one["principal"], one["amount"]) for one in lines] == [
        (30, "80000.00", "420.00"),
        (70, "50000.00", "612.50"),
    ]


def test_interest_with_everything(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = {**INTEREST, "payments": [], "suspensions": [STOP], "general": [GENERAL]}
    found = json.loads(ask(folder, capsys, "interest", "q.json", given=asked)[1])
    assert found["doubled"] == "1260.00"  # 90 days
    assert found["general"] == "1315.07"  # 80,000 × 6 % × 100 ÷ 365
    assert found["total"] == "2575.07"
    open_end = {key: value for key, value in GENERAL.items() if key != "to"} | {"rate": "6%"}
    asked["general"] = [open_end]
    del asked["payments"]
    assert json.loads(ask(folder, capsys, "interest", "q.json", given=asked)[1]) == found


def test_a_distribution_has_exactly_the_four_keys(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = ask(folder, capsys, "distribute", "q.json", given=POOL)
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert list(found) == ["allocations", "costs", "left", "steps"]
    assert found["allocations"] == {"甲": "100.00", "乙": "566.67", "丙": "283.33"}
    assert (found["costs"], found["left"]) == ({"申请执行费": "50.00"}, "0.00")
    turned = {**POOL, "claims": POOL["claims"][::-1]}
    assert ask(folder, capsys, "distribute", "q.json", given=turned)[1] == out
    enterprise = {**POOL, "debtor": "enterprise"}
    found = json.loads(ask(folder, capsys, "distribute", "q.json", given=enterprise)[1])
    assert found["allocations"] == {"甲": "100.00", "丙": "500.00", "乙": "350.00"}
    line = ("distribute", "q.json", "--strike", "丙", "--served", "2026-09-28")
    found = json.loads(ask(folder, capsys, *line, given=POOL)[1])
    assert found["changes"] == [
        {"id": "乙", "before": "566.67", "after": "850.00", "change": "283.33"},
        {"id": "丙", "before": "283.33", "after": None, "change": "-283.33"},
    ]
    waits = [step["last_on"] for step in found["steps"] if step["kind"] == "wait"]
    assert waits == ["2026-10-13", None, None]


def test_fees_that_are_not_the_table_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ("fee", "--amount", "2345678.90", "--kind", "acceptance", "--halved", "mediation")
    code, out, _ = ask(folder, capsys, *line, "--sheet", "half.pdf")
    found = json.loads(out)
    assert (code, found["fee"], found["halved"]) == (0, "12782.72", "mediation")
    assert found["steps"][-1]["article"] == "诉讼费用交纳办法第15条〔未核实〕"
    with pdfplumber.open(folder / "half.pdf") as pdf:
        words = "".join(page.extract_text() for page in pdf.pages)
    assert "12,782.72" in words
    assert "调解结案，减半" in words
    code, out, _ = ask(folder, capsys, "fee", "--without-amount", "300", "--sheet", "set.pdf")
    found = json.loads(out)
    assert (code, found["fee"], found["amount"]) == (0, "300.00", None)
    with pdfplumber.open(folder / "set.pdf") as pdf:
        assert "300.00" in pdf.pages[0].extract_text()


def test_interest_by_lpr_and_with_every_kind_of_sum(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = {
        "principal": [
            {"amount": "100000.00", "due": "2024-07-01"},
            {"amount": "5000.00", "due": "2024-07-01", "kind": "penalty"},
            {"amount": "2300.00", "due": "2024-07-01", "kind": "costs"},
        ],
        "costs_in_base": True,
        "payments": [{"on": "2024-09-01", "amount": "10000"}],
        "general": [{"rate": "LPR 1Y × 4", "per": "year", "basis": "365", "from": "2024-07-01"}],
        "until": "2024-11-01",
    }
    code, out, _ = ask(folder, capsys, "interest", "q.json", "--sheet", "i.pdf", given=asked)
    found = json.loads(out)
    assert (code, list(found)) == (0, ["doubled", "general", "total", "steps"])
    rates = [step["rate"] for step in found["steps"] if step["kind"] == "general"]
    assert rates == ["0.138", "0.134", "0.134", "0.124"]
    assert "base" in [step.get("version") for step in found["steps"] if step["kind"] == "rule"]
    with pdfplumber.open(folder / "i.pdf") as pdf:
        words = "".join(page.extract_text() for page in pdf.pages)
    for text in (
        "尚欠各项款项",
        "违约金",
        "诉讼费用",
        "3.10%〔未核实〕×4",
        "抵诉讼费用 2,300.00",
        "计入加倍部分的基数",
    ):
        assert text in words


def debt_with(**other: object) -> dict[str, object]:
    return {**INTEREST, **other}


def claim_with(**other: object) -> dict[str, object]:
    return {**POOL, "claims": [{**POOL["claims"][1], **other}]}


def general_with(**other: object) -> dict[str, object]:
    return debt_with(general=[{**GENERAL, **other}])


REFUSED: list[tuple[tuple[str, ...], object, str]] = [
    # fees
    (("fee", "--amount", "-5"), None, "--amount：金额不能为负数"),
    (("fee", "--amount", "-5.00"), None, "--amount：金额不能为负数"),
    (("fee", "--amount", "NaN"), None, "--amount：“NaN”不是金额"),
    (("fee", "--amount", "1.001"), None, "--amount：金额至多两位小数"),
    (("fee", "--amount", "1e9"), None, "--amount：“1e9”不是金额"),
    (("fee", "--amount", "99999999999999"), None, "--amount：金额超过上限"),
    (("fee", "--amount", "1", "--kind", "retrial"), None, "--kind：“retrial”应为"),
    (("fee", "--amount", "1", "--on", "2000-01-01"), None, "--on：没有 2000-01-01 适用"),
    (("fee", "--amount", "1", "--sheet", "out.txt"), None, "--sheet：打印表只存为 .pdf"),
    (("fee", "--without-amount", "600"), None, "--without-amount：没有执行金额或者价额每件交纳"),
    (("fee", "--amount", "1", "--halved", "mediation"), None, "--halved：调解结案减半只适用于"),
    (("fee", "--without-amount", "60", "--halved", "mediation"), None, "--halved：没有金额"),
    (
        ("fee", "--without-amount", "60", "--kind", "acceptance", "--matter", "x"),
        None,
        "--matter：“x”应为 divorce（离婚案件",
    ),
    # files
    (("interest", "none.json"), None, "文件不存在：none.json"),
    (("interest", "."), None, "文件无法读取"),
    (("interest", "q.json"), "", "不是有效的 JSON"),
    (("interest", "q.json"), b"\xff\xfe{", "不是 UTF-8"),
    (("interest", "q.json"), "[" * 100_000, "层次过深"),
    (("interest", "q.json"), "[]", "文件：应为对象"),
    (("distribute", "q.json"), '{"pool": "1", "pool": "2"}', "pool：同一对象中写了两次"),
    # interest
    (("interest", "q.json"), {}, "principal：缺少该字段"),
    (("interest", "q.json"), debt_with(principal=[]), "principal：至少须有一项"),
    (("interest", "q.json"), debt_with(principal={}), "principal：应为列表"),
    (("interest", "q.json"), debt_with(principal=[1]), "principal[0]：应为对象"),
    (("interest", "q.json"), debt_with(payments=None), "payments：应为列表"),
    (("interest", "q.json"), debt_with(intrest=[]), "intrest：不认识的字段"),
    (
        ("interest", "q.json"),
        debt_with(payments=INTEREST["payments"] * 501),
        "payments：至多 500 项，现为 501 项",
    ),
    *(
        (
            ("interest", "q.json"),
            debt_with(principal=[{"amount": amount, "due": "2017-04-01"}]),
            f"principal[0].amount：{why}",
        )
        for amount, why in (
            ("-80000", "金额不能为负数"),
            (-80000, "金额不能为负数"),
            ("80000.001", "金额至多两位小数"),
            ("八万", "“八万”不是金额"),
            (80000.5, "“80000.5”不是金额"),
            (float("nan"), "“NaN”不是金额"),
            (float("inf"), "“Infinity”不是金额"),
            (None, "“null”不是金额"),
            (True, "“true”不是金额"),
            (["1"], "“列表”不是金额"),
        )
    ),
    *(
        (
            ("interest", "q.json"),
            debt_with(principal=[{"amount": "1", "due": due}]),
            f"principal[0].due：{why}",
        )
        for due, why in (
            ("2017-02-30", "“2017-02-30”不是日期"),
            ("20170401", "“20170401”不是日期"),
            ("2017-W13-6", "“2017-W13-6”不是日期"),
            ("2017-04-01\n", "“2017-04-01?”不是日期"),
            (20170401, "“20170401”不是日期"),
            ("2999-01-01", "年份应在"),
            ("2004-10-28", "没有 2004-10-29 以前的规则"),
        )
    ),
    (("interest", "q.json"), debt_with(until="2017-03-31"), "until：2017-03-31 早于最早的履行期间"),
    (
        ("interest", "q.json"),
        debt_with(payments=[{"on": "2017-03-31", "amount": "1"}]),
        "payments[0].on：付款日 2017-03-31 早于",
    ),
    (
        ("interest", "q.json"),
        debt_with(payments=[{"on": "2017-07-11", "amount": "1"}]),
        "payments[0].on：付款日 2017-07-11 晚于",
    ),
    (
        ("interest", "q.json"),
        debt_with(payments=[{"on": "2017-05-01", "amount": "80420.01"}]),
        "payments[0].amount：2017-05-01 的付款比当日全部债务多 0.01 元",
    ),
    (
        ("interest", "q.json"),
        debt_with(payments=[{"on": "2017-05-01", "amount": "1", "by": "甲"}]),
        "payments[0].by：不认识的字段",
    ),
    (
        ("interest", "q.json"),
        debt_with(suspensions=[{**STOP, "to": "2017-05-10"}]),
        "suspensions[0].to：止日 2017-05-10 早于起日 2017-05-11",
    ),
    (
        ("interest", "q.json"),
        debt_with(suspensions=[{**STOP, "at_debtor_request": "no"}]),
        "suspensions[0].at_debtor_request：“no”应为 true 或 false",
    ),
    (
        ("interest", "q.json"),
        debt_with(suspensions=[{"from": "2017-05-11", "to": "2017-05-20"}]),
        "suspensions[0].at_debtor_request：缺少该字段",
    ),
    (("interest", "q.json"), general_with(rate="6"), "general[0].rate：年利率 600% 超过 100%"),
    (("interest", "q.json"), general_with(rate="-0.06"), "general[0].rate：“-0.06”不是利率"),
    (("interest", "q.json"), general_with(rate=0.06), "general[0].rate：“0.06”不是利率"),
    (
        ("interest", "q.json"),
        general_with(rate="0.05", per="day"),
        "general[0].rate：日利率 5% 超过 1%",
    ),
    (("interest", "q.json"), general_with(per="week"), "general[0].per：“week”应为"),
    (("interest", "q.json"), general_with(basis="366"), "general[0].basis：“366”不是年利率"),
    (("interest", "q.json"), general_with(basis=None), "general[0].basis：“null”不是年利率"),
    (("interest", "q.json"), general_with(to="2017-03-31"), "general[0].to：止日 2017-03-31 早于"),
    (
        ("interest", "q.json"),
        {**general_with(**{"from": "2017-07-11"}), "until": "2017-07-10"},
        "general[0].from：起日 2017-07-11 晚于",
    ),
    # distributions
    (("distribute", "q.json"), {**POOL, "pool": "-1"}, "pool：金额不能为负数"),
    (("distribute", "q.json"), {**POOL, "debtor": "state"}, "debtor：“state”应为"),
    (("distribute", "q.json"), {**POOL, "left": "0"}, "left：不认识的字段"),
    (
        ("distribute", "q.json"),
        {**POOL, "costs": POOL["costs"] * 2},
        "costs[1].name：“申请执行费”重复",
    ),
    (("distribute", "q.json"), {**POOL, "claims": POOL["claims"] * 2}, "claims[3].id：“甲”重复"),
    (("distribute", "q.json"), claim_with(amount="-1.00"), "claims[0].amount：金额不能为负数"),
    (("distribute", "q.json"), claim_with(kind="senior"), "claims[0].kind：“senior”应为"),
    (("distribute", "q.json"), claim_with(id=" "), "claims[0].id：须填写文字"),
    (
        ("distribute", "q.json"),
        claim_with(id="甲\n乙"),
        "claims[0].id：文字过长（至多 200 字）或含",
    ),
    (("distribute", "q.json"), claim_with(seizure_rank=-1), "claims[0].seizure_rank：“-1”应为整数"),
    (("distribute", "q.json"), claim_with(seizure_rank="1"), "claims[0].seizure_rank：“1”应为整数"),
    (
        ("distribute", "q.json"),
        {
            **POOL,
            "debtor": "enterprise",
            "claims": [{"id": "甲", "kind": "ordinary", "amount": "1"}],
        },
        "claims[0].seizure_rank：按查封先后受偿的债权须写明查封顺位",
    ),
    (("distribute", "q.json", "--strike", "丁"), POOL, "--strike：没有债权“丁”"),
    (("distribute", "q.json", "--on", "2015-02-03"), POOL, "--on：没有 2015-02-03 适用"),
]


@pytest.mark.parametrize(
    ("line", "given", "sentence"), REFUSED, ids=[str(n) for n in range(len(REFUSED))]
)
def test_what_cannot_be_is_refused_with_one_sentence_that_names_the_field(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    line: tuple[str, ...],
    given: object,
    sentence: str,
) -> None:
    code, out, err = ask(folder, capsys, *line, given=given)
    assert (code, out) == (1, "")
    assert sentence in err
    assert err.endswith("。\n")
    assert err.count("\n") == 1
    assert not list(folder.glob("*.pdf"))


@pytest.mark.parametrize(
    "line",
    [
        *("", "fee", "interest", "feel --amount 1", "fee --amount 1 --on 2017", "fee --amont 1"),
        "fee --amount 1 --without-amount 50",
    ],
)
def test_wrong_arguments_end_with_two(
    folder: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    code, out, err = ask(folder, capsys, *line.split())
    assert (code, out) == (2, "")
    assert err.count("\n") == 1


def test_the_sheet_holds_what_was_printed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ask(folder, capsys, "interest", "q.json", "--sheet", "i.pdf", given=INTEREST)
    assert code == 0
    with pdfplumber.open(folder / "i.pdf") as pdf:
        words = "".join(page.extract_text() for page in pdf.pages)
    for text in ("1,032.50", "80,000.00", "0.000175×30", "420.00", "157.50", "875.00"):
        assert text in words
    assert json.loads(out)["doubled"] == "1032.50"


def test_a_sheet_that_cannot_be_written_says_so_and_prints_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "file").touch()
    line = ("fee", "--amount", "1", "--sheet", "file/out.pdf")
    code, out, err = ask(folder, capsys, *line)
    assert (code, out) == (1, "")
    assert "无法写入" in err
