"""What is planned and written down in the operations of the demo city. Invented; pure."""

from typing import Final

AIM: Final = "腾空凤鸣苑小区3号楼2单元三套房屋，清点登记室内物品，当日交付买受人"
# Name of a group and its task.
TASKS: Final = (
    ("外围警戒组", "封控3号楼出入口，劝离围观人员"),
    ("入户清场组", "宣读公告，清退人员，控制水电气"),
    ("清点登记组", "逐室清点物品，全程录像，制作清单"),
    ("押运交接组", "押运物品至仓库，与买受人交接钥匙"),
)
# What may go wrong, how grave, and what is done against it.
RISKS: Final = (
    ("被执行人亲属聚集阻挠", "high", "提前两日走访，社区干部到场劝导，设警戒线隔离"),
    ("室内存放易燃物品", "middle", "入户先断气断电，配灭火器材"),
    ("现场被拍摄歪曲传播", "middle", "全程录音录像，专人对接宣传"),
    ("老人情绪激动突发疾病", "high", "救护车在东门待命，医护随组入户"),
)
CONTINGENCIES: Final = (
    ("有人阻碍执行、言语威胁", "两人一组口头警告，录像取证，必要时由法警带离"),
    ("有人突发疾病或者受伤", "立即暂停，医护处置，送市第二医院，通知家属"),
    ("失火或者燃气泄漏", "人员撤至东门外，拨打119，清点人数后报指挥中心"),
)
# Asset numbers of the register: what went out today, and what a plan names that should not go.
CAMERAS: Final = ("ZB-JLY-01", "ZB-JLY-02", "ZB-JLY-03", "ZB-JLY-05")
FEED_CAMERAS: Final = ("ZB-SXJ-01", "ZB-SXJ-02", "ZB-JLY-03", "ZB-WRJ-01")
UNFIT: Final = ("ZB-JLY-04", "ZB-JLY-06", "ZB-JLY-07")
GEAR: Final = (("单兵图传", 2), ("破拆工具", 1), ("封条", 40), ("急救箱", 2))
PAST_PLACE: Final = "锦溪苑北区底商12至14号"

# Kind and words, in their order; what begins with 更正： corrects the line before it.
LOG: Final = (
    ("event", "四个小组全部抵达凤鸣苑东门，点验人员装备齐全。"),
    ("decision", "现场指挥决定先封控出入口，再入户宣读公告。"),
    ("message", "外围：3号楼东门、西门已封控，围观约二十人，秩序平稳。"),
    ("event", "入户清场组敲门宣读公告，被执行人在家，配合开门。"),
    ("event", "室内共有成年人2名、老人1名，已由社区干部陪同至休息点。"),
    ("event", "更正：室内共有成年人3名、老人1名，已由社区干部陪同至休息点。"),
    ("message", "清点：201室开始清点，预计四十分钟。"),
    ("decision", "同意将老人安置至社区服务站，医护陪护。"),
    ("picture", "单兵图传截取入户宣读公告画面，已存档。"),
    ("result", "201室清点完毕，登记物品86件，被执行人签字。"),
    ("message", "押运：第一车物品装车完毕，启程前往仓库。"),
    ("event", "201室水电气已关闭并贴封条。"),
    ("message", "清点：202室开始清点，贵重物品单独封存。"),
)
PAST_LOG: Final = (
    ("event", "各组到达锦溪苑北区，现场围观人员约十人。"),
    ("message", "外围：前后出入口已控制，机动车已疏导。"),
    ("decision", "按预案第一步实施，先向经营者送达公告副本。"),
    ("event", "12号商铺经营者拒绝签收，留置送达，社区工作人员见证。"),
    ("event", "开锁师傅到场，12号商铺卷帘门于见证人在场时开启。"),
    ("picture", "执法记录仪记录开启过程，编号已登记。"),
    ("message", "清点：12号商铺货架、收银设备开始清点。"),
    ("event", "经营者亲属两人到场质问，由法官释明后离开。"),
    ("result", "12号商铺清点完毕，登记物品142件。"),
    ("decision", "同意经营者自行搬离生鲜货品，限时三十分钟。"),
    ("event", "生鲜货品由经营者装车离开，双方签字确认。"),
    ("message", "清点：13号商铺开始清点，地下储藏室无手机信号。"),
    ("event", "13号商铺地下室发现液化气罐3只。"),
    ("event", "更正：13号商铺地下室发现液化气罐4只，均已关闭阀门。"),
    ("decision", "通知消防部门到场转移液化气罐，暂停13号商铺清点。"),
    ("event", "消防人员到场，4只气罐转移完毕。"),
    ("message", "指挥中心：第二小组超时未报平安，请立即回话。"),
    ("event", "电话联系组长，人员在地下室作业，平安。"),
    ("result", "13号商铺清点完毕，登记物品97件。"),
    ("event", "14号商铺已自行腾空，现场查验无遗留物品。"),
    ("message", "押运：两车物品已到仓库，入库单齐全。"),
    ("picture", "三间商铺腾空后的全景照片已存档。"),
    ("event", "更换三间商铺门锁，张贴封条及公告。"),
    ("result", "三间商铺钥匙交付买受人，签署交接笔录。"),
    ("decision", "确认任务完成，各组清点人员装备后撤收。"),
    ("event", "全部人员安全返回，装备无损失。"),
)
# What may happen at any time of an operation that goes its way.
LIVE_LOG: Final = (
    ("message", "外围秩序平稳，围观人员减少。"),
    ("event", "社区干部到场协助安抚老人。"),
    ("result", "又一间房屋清点完毕，清单已签字。"),
    ("message", "押运车辆返程，预计十五分钟到场。"),
    ("event", "水电气切断情况复查无误。"),
    ("decision", "同意提前进行钥匙交接准备。"),
)
# Name, place, days from now: waits for approval, approved, sent back, being written.
LATER: Final = (
    ("洛浦路厂房设备强制搬迁", "洛浦路工业园7号厂房", 2),
    ("云台大厦办公用房清场", "云台大厦9层", 4),
    ("西苑农贸市场摊位腾退", "西苑农贸市场南区", 6),
    ("车辆集中扣押专项行动", "城区各停车场", 9),
)
