"""`edesk explain`: how the dates of one node came about. No Qt."""

import argparse
import json
from pathlib import Path

from desktop.cli.arguments import day
from desktop.cli.opening import open_session
from desktop.errors import UserError
from desktop.projection.explaining import explain_node, find_node

NAME = "explain"
HELP = "说明一个节点的起止日期由来"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("node", metavar="NODE", help="案号:节点代码[:事项]，或节点序号")
    parser.add_argument("--store", type=Path, required=True, help="数据目录")
    parser.add_argument("--as-of", type=day, default=None, help="截至日期，默认今日")
    parser.add_argument("--format", choices=("json", "text"), default="text")


def run(args: argparse.Namespace) -> int:
    """Prints the derivation: every stretch counted or skipped, with its reason."""
    with open_session(args.store, shows=True) as opened, opened.session.read() as connection:
        as_of = args.as_of or opened.today
        ref = find_node(connection, args.node)
        if ref is None:
            raise UserError(
                f"没有找到节点“{args.node}”。写法：案号:节点代码，例如（2026）豫03执1号:N11。"
            )
        derivation = explain_node(
            connection, opened.law, ref.case_id, ref.node_code, ref.subject, as_of
        )
    if derivation is None:
        raise UserError(f"截至 {as_of.isoformat()}，该案没有节点 {ref.node_code}{ref.subject}。")
    if args.format == "json":
        print(json.dumps(derivation.to_json(), ensure_ascii=False, indent=2))
    else:
        print("\n".join(derivation.sentences()))
    return 0
