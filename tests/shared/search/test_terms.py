"""By what a name and a number are found."""

from __future__ import annotations

import pytest

from shared.search import TERM_LENGTH, name_terms, query_term, tail_term


def finds(typed: str, terms: set[str]) -> bool:
    """What the index does."""
    wanted = query_term(typed)
    return wanted is not None and any(term.startswith(wanted) for term in terms)


@pytest.mark.parametrize(("name", "typed"), [
    ("单小明", "shan"), ("曾国", "zeng"), ("仇英", "qiuying"), ("解晓东", "xiexd"[:3]), ("查良镛", "zlyong"[:2]),
    ("任我行", "ren"), ("朴树", "piao"), ("尉迟恭", "yuchigong"), ("尉迟恭", "ycg"), ("万俟卨", "moqi"),
    ("区小华", "ou"), ("盖叫天", "ge"), ("翟天", "zhai"), ("单于明", "chanyu"), ("长孙无忌", "zhangsun"),
    ("乐嘉", "yue"), ("乐嘉", "le"), ("缪杰", "miao"), ("吕布", "lv"), ("吕布", "lü"), ("王伟", "ww"),
    ("王伟", "wangw"),
])  # fmt: skip
def test_a_surname_is_found_as_it_is_read(name: str, typed: str) -> None:
    assert finds(typed, name_terms(name))


@pytest.mark.parametrize(("name", "typed"), [
    ("单小明", "dan"), ("曾国", "ceng"), ("朴树", "pu"), ("万俟卨", "wan"), ("尉迟恭", "wei"), ("小单", "shan"),
])  # fmt: skip
def test_a_surname_is_not_found_as_it_is_not_read(name: str, typed: str) -> None:
    assert not finds(typed, name_terms(name))


@pytest.mark.parametrize("part", ["欧", "阳", "娜", "欧阳", "阳娜", "娜娜", "欧阳娜", "阳娜娜", "欧阳娜娜"])
def test_every_character_pair_and_longer_part_finds(part: str) -> None:
    assert finds(part, name_terms("欧阳娜娜"))
    assert not finds(part + "明", name_terms("欧阳娜娜"))


@pytest.mark.parametrize(("name", "typed"), [
    ("José Müller", "jose"), ("José Müller", "JOSÉ"), ("José Müller", "muller"), ("José Müller", "José M"),
    ("阿卜杜拉·买买提", "买买提"), ("阿卜杜拉·买买提", "阿卜杜拉买"), ("Ｗang", "wang"), ("𠮷田", "𠮷"),
    ("李A明", "liaming"),
])  # fmt: skip
def test_other_scripts_and_marks_are_no_hindrance(name: str, typed: str) -> None:
    assert finds(typed, name_terms(name))


@pytest.mark.parametrize("typed", ["", " ", "1", "12", "a", "·", "%%", "😀", "1" * 13])
def test_too_little_or_too_much_looks_for_nothing(typed: str) -> None:
    assert query_term(typed) is None


@pytest.mark.parametrize("number", ["+8613812345678", "京A12345", "LSVAA4182E2123456"])
def test_a_number_is_found_by_its_end_only(number: str) -> None:
    plain = number.removeprefix("+86")
    assert all(finds(plain[-count:], tail_term(number)) for count in range(3, min(len(plain), 12) + 1))
    assert not finds(plain[:-1][-6:], tail_term(number))
    assert not finds(plain[:5], tail_term(number))


def test_terms_fit_their_column_whatever_the_name() -> None:
    for name in ("买" * 64, "Z" * 64, "a " * 32, "", None, "😀", "\u00b7"):
        assert all(0 < len(term) <= TERM_LENGTH for term in name_terms(name))
    assert len(name_terms("买" * 64)) < 60
