"""Invented names. Staff carry literary names that no list of officials was read for. Pure."""

from random import Random
from typing import Final


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


STAFF_SURNAMES: Final = tuple(
    "程顾魏许唐周苏沈陆谢傅江叶秦卫裴柳季温孟纪宁凌岑虞颜祝舒阮桑容穆简郁易乔楼闻冉莫"
)
STAFF_GIVEN: Final = _words(
    "思齐 长风 云舟 南乔 若水 清和 景行 知远 子衿 望舒 怀瑾 听澜 月白 松筠 远山 照野 晚照 砚秋 "
    "采薇 静姝 乘风 观澜 明夷 既白 疏桐 鹤鸣 书樵 星河 半夏 青禾 雁回 梦泽 拾遗 木兰 忘言 问渠 "
    "修竹 临渊 微之 若谷 如晦 言蹊 归鸿 寒山 闻笛 扶苏 令仪 蕴章 惊蛰 霁月"
)
PARTY_SURNAMES: Final = tuple("赵钱孙李王张刘陈杨黄吴徐朱马胡郭何高林罗郑梁宋田韩冯董萧曹袁邓")
PARTY_GIVEN: Final = _words(
    "建国 秀英 志强 玉兰 海燕 国庆 春花 大勇 小军 红梅 铁柱 凤霞 文斌 丽娟 永胜 桂芝 新民 爱萍 "
    "东升 雪琴 保平 金花 学礼 彩云 满仓 素珍 来福 淑芬 长青 巧玲 根生 翠莲 双喜 银环 天成"
)
_COMPANY_WORDS: Final = _words(
    "云岫 金谷 伊水 龙川 北邙 牡丹里 瀛洲 天街 白马 函谷 鼎新 恒泽 瑞禾 长庚 嵩阳 启明 万安 "
    "洛浦 兴隆 同舟 聚鑫 青牛 凤台 永和 丰源"
)
_COMPANY_LINES: Final = _words(
    "商贸有限公司 建筑安装有限公司 置业有限公司 机械制造有限公司 农业发展有限公司 物流有限公司 "
    "餐饮管理有限公司 装饰工程有限公司 耐火材料有限公司 科技有限公司"
)
_LENDERS: Final = (
    "云岫村镇银行股份有限公司",
    "伊水小额贷款有限公司",
    "金谷农村信用合作联社",
    "同舟融资担保有限公司",
)


def staff_names(rng: Random, count: int) -> list[str]:
    """`count` different names for staff; as many as surnames times given names at most."""
    pairs = [surname + given for surname in STAFF_SURNAMES for given in STAFF_GIVEN]
    assert count <= len(pairs), "more staff than invented names"
    return rng.sample(pairs, count)


def natural_person(rng: Random) -> str:
    """A party who is a natural person."""
    return rng.choice(PARTY_SURNAMES) + rng.choice(PARTY_GIVEN)


def company(rng: Random) -> str:
    """A party that is an enterprise."""
    return "洛阳" + rng.choice(_COMPANY_WORDS) + rng.choice(_COMPANY_LINES)


def lender(rng: Random) -> str:
    """An applicant that lends money."""
    return rng.choice(_LENDERS)
