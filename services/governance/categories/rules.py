"""The first categories, and what decides whether a report may have one."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A category of hazards; `parent` is the code of the wider one that it belongs to."""

    code: str
    parent: str | None
    title_zh: str
    title_en: str
    active: bool = True


FIRST_CATEGORIES = (
    Kind("fire-safety", None, "消防安全", "Fire safety"),
    Kind("e-bike-charging", "fire-safety", "电动自行车违规充电", "E-bike charged where it must not be"),
    Kind("blocked-exit", "fire-safety", "疏散通道、安全出口堵塞", "Escape route blocked"),
    Kind("fire-hydrant", "fire-safety", "消防设施损坏或被占用", "Fire equipment broken or blocked"),
    Kind("road", None, "道路与设施", "Roads and what stands on them"),
    Kind("road-damage", "road", "道路破损", "Road damage"),
    Kind("manhole", "road", "井盖缺失或破损", "Manhole cover missing or broken"),
    Kind("lighting", "road", "路灯不亮", "Street lighting out"),
    Kind("traffic-sign", "road", "交通标志标线损坏", "Traffic sign or marking damaged"),
    Kind("public-order", None, "环境与秩序", "Surroundings and order"),
    Kind("blocked-passage", "public-order", "通道被占用", "Passage blocked"),
    Kind("waste", "public-order", "垃圾堆放", "Waste dumped"),
    Kind("hanging-cable", "public-order", "线缆垂落", "Cable hanging down"),
    Kind("building", None, "建筑与高空", "Buildings and what may fall from them"),
    Kind("falling-object", "building", "外墙、广告牌松动", "Facade or sign coming loose"),
    Kind("flooding", None, "积水内涝", "Flooding"),
    Kind("other", None, "其他", "Something else"),
)


def is_open(catalogue: Mapping[str, Kind], code: str) -> bool:
    """Tell whether reports may have the category: it is there, and neither it nor a wider one was closed."""
    kind = catalogue.get(code)
    if kind is None or not kind.active:
        return False
    return kind.parent is None or is_open(catalogue, kind.parent)
