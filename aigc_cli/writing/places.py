"""Places of earthquakes as seismologists write them (`22km NNE of Hualian, Taiwan`), for the screen and the voice."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FORM = re.compile(r"^\s*(\d{1,4})\s*km\s+([NESW]{1,3})\s+of\s+(.+?)\s*$")
_SAID = {
    "N": "north", "S": "south", "E": "east", "W": "west", "NE": "northeast", "NW": "northwest",
    "SE": "southeast", "SW": "southwest",
    "NNE": "north-northeast", "NNW": "north-northwest", "SSE": "south-southeast", "SSW": "south-southwest",
    "ENE": "east-northeast", "ESE": "east-southeast", "WNW": "west-northwest", "WSW": "west-southwest",
}  # fmt: skip
_CHINESE = {
    "N": "以北", "S": "以南", "E": "以东", "W": "以西", "NE": "东北", "NW": "西北", "SE": "东南", "SW": "西南",
    "NNE": "东北偏北", "NNW": "西北偏北", "SSE": "东南偏南", "SSW": "西南偏南",
    "ENE": "东北偏东", "ESE": "东南偏东", "WNW": "西北偏西", "WSW": "西南偏西",
}  # fmt: skip
_REGIONS = {
    "CA": "California", "MX": "Mexico", "B.C., MX": "Baja California, Mexico", "NV": "Nevada",
    "AK": "Alaska", "HI": "Hawaii", "WA": "Washington",
    "OR": "Oregon", "UT": "Utah", "OK": "Oklahoma", "TX": "Texas", "ID": "Idaho", "MT": "Montana", "WY": "Wyoming",
}  # fmt: skip
_NAMES = {
    "Taiwan": "台湾", "Japan": "日本", "China": "中国", "Indonesia": "印度尼西亚", "Philippines": "菲律宾",
    "Papua New Guinea": "巴布亚新几内亚",
    "Afghanistan": "阿富汗", "Pakistan": "巴基斯坦", "India": "印度", "Nepal": "尼泊尔", "Iran": "伊朗",
    "Iraq": "伊拉克", "Turkey": "土耳其",
    "Greece": "希腊", "Italy": "意大利", "Chile": "智利", "Peru": "秘鲁", "Ecuador": "厄瓜多尔",
    "Colombia": "哥伦比亚", "Mexico": "墨西哥",
    "Guatemala": "危地马拉", "Nicaragua": "尼加拉瓜", "Costa Rica": "哥斯达黎加", "Panama": "巴拿马", "El Salvador": "萨尔瓦多",
    "Dominican Republic": "多米尼加", "Puerto Rico": "波多黎各", "Haiti": "海地", "Canada": "加拿大",
    "Russia": "俄罗斯", "Tonga": "汤加",
    "Fiji": "斐济", "Vanuatu": "瓦努阿图", "Solomon Islands": "所罗门群岛", "New Zealand": "新西兰", "New Caledonia": "新喀里多尼亚",
    "Wallis and Futuna": "瓦利斯和富图纳", "Antarctica": "南极洲", "Greenland": "格陵兰", "Iceland": "冰岛", "Myanmar": "缅甸",
    "Burma": "缅甸", "Thailand": "泰国", "Tajikistan": "塔吉克斯坦", "Kyrgyzstan": "吉尔吉斯斯坦", "Kazakhstan": "哈萨克斯坦",
    "Argentina": "阿根廷", "Bolivia": "玻利维亚", "Venezuela": "委内瑞拉", "Algeria": "阿尔及利亚", "Morocco": "摩洛哥", "Syria": "叙利亚",
    "California": "加利福尼亚州", "CA": "加利福尼亚州", "Alaska": "阿拉斯加州", "Nevada": "内华达州", "Hawaii": "夏威夷州",
    "Washington": "华盛顿州", "Oregon": "俄勒冈州", "Montana": "蒙大拿州", "Utah": "犹他州", "Oklahoma": "俄克拉何马州",
    "Wyoming": "怀俄明州", "Idaho": "爱达荷州", "Texas": "得克萨斯州", "MX": "墨西哥", "Guam": "关岛",
    "Northern Mariana Islands": "北马里亚纳群岛",
    "Hualian": "花莲", "Hualien": "花莲", "Hualien City": "花莲", "Yilan": "宜兰", "Taipei": "台北",
    "Taitung City": "台东", "Tokyo": "东京",
    "Chichi-shima": "父岛", "Lae": "莱城", "Honiara": "霍尼亚拉", "Jarm": "贾尔姆", "Kabul": "喀布尔",
    "Padang": "巴东", "Santiago": "圣地亚哥",
    "Pacific-Antarctic Ridge": "太平洋-南极洲海岭", "Mid-Atlantic Ridge": "大西洋中脊", "Southern Mid-Atlantic Ridge": "大西洋中脊南部",
    "Northern Mid-Atlantic Ridge": "大西洋中脊北部", "South Sandwich Islands": "南桑威奇群岛",
    "South Georgia and the South Sandwich Islands": "南乔治亚和南桑威奇群岛",
}  # fmt: skip


@dataclass(frozen=True)
class Where:
    """A place, taken apart: distance in kilometres and direction from a town, the town, the region or country."""

    km: int | None
    direction: str
    town: str
    region: str

    def said(self, *, is_chinese: bool) -> str:
        """For the voice: `22 kilometers north-northeast of Hualian, Taiwan`, `台湾花莲东北偏北22公里`."""
        if is_chinese:
            return self._chinese()
        region = _REGIONS.get(self.region, self.region)
        near = f"{self.town}, {region}" if self.town and region else self.town or region
        return near if self.km is None else f"{self.km} kilometer{'s' * (self.km != 1)} {_SAID[self.direction]} of {near}"

    def shown(self, *, is_chinese: bool) -> str:
        """For the screen: `22 km NNE of Hualian, Taiwan`."""
        if is_chinese:
            return self._chinese()
        region = _REGIONS.get(self.region, self.region)
        near = f"{self.town}, {region}" if self.town and region else self.town or region
        return near if self.km is None else f"{self.km} km {self.direction} of {near}"

    def area(self, *, is_chinese: bool) -> str:
        """The region or country alone."""
        if is_chinese:
            return _NAMES.get(self.region, self.region)
        return _REGIONS.get(self.region, self.region)

    def name(self, *, is_chinese: bool) -> str:
        """The town alone, as a label on a map."""
        town = self.town or self.region
        return _NAMES.get(town, town) if is_chinese else town

    def _chinese(self) -> str:
        region, town = _NAMES.get(self.region, self.region), _NAMES.get(self.town, self.town)
        near = f"{region} {town}" if region and town[:1].isascii() and town else region + town
        if self.km is None:
            return near
        gap = " " if near[-1:].isascii() else ""
        return f"{near}{gap}{_CHINESE[self.direction]}{self.km}公里"


def parse(text: str) -> Where:
    """Takes a place apart; what has another form is kept whole as the region."""
    found = _FORM.match(text)
    if found is None or found[2] not in _SAID:
        town, _, region = text.strip().rpartition(", ")
        return Where(km=None, direction="", town=town, region=region)
    town, _, region = found[3].rpartition(", ")
    return Where(km=int(found[1]), direction=found[2], town=town, region=region)
