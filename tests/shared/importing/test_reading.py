"""Files: their kind, encoding and delimiter are found out; what cannot be read says why."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from shared.importing.cells import ERROR_VALUE, FORMULA
from shared.importing.problems import FileFault
from shared.importing.source import Damaged, open_source

HEAD = "编号,坐席,主题"


def known(heading: str) -> bool:
    return heading in HEAD.split(",")


def write(folder: Path, content: bytes | str) -> Path:
    path = folder / "list"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows(path: Path) -> list[tuple[int, Any]]:
    return list(open_source(path, known).rows())


def fault(path: Path) -> tuple[str, int | None]:
    with pytest.raises(FileFault) as found:
        rows(path)
    return found.value.code, found.value.row


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_the_encoding_is_found_out(tmp_path: Path, encoding: str) -> None:
    text = f"{HEAD}\r\nA1,王芳,咨询保养\r\n"
    source = open_source(write(tmp_path, text.encode(encoding)), known)
    assert list(source.rows()) == [(1, ["编号", "坐席", "主题"]), (2, ["A1", "王芳", "咨询保养"])]
    assert source.about["encoding"] == ("utf-8" if encoding.startswith("utf") else "gb18030")


def test_rare_characters_survive_gb18030(tmp_path: Path) -> None:
    assert rows(write(tmp_path, f"{HEAD}\nA1,𠮷田,咨询保养与维修\n".encode("gb18030")))[1][1][1] == "𠮷田"


def test_a_row_of_another_encoding_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    lines = [f"A{n},王芳,咨询".encode() for n in range(30)]
    lines[7] = "A7,王芳,咨询".encode("gb18030")
    found = rows(write(tmp_path, HEAD.encode() + b"\n" + b"\n".join(lines)))
    assert [number for number, cells in found if isinstance(cells, Damaged)] == [9]
    assert found[8][1].code == "row.encoding"
    assert len(found) == 31


@pytest.mark.parametrize(("content", "code"), [
    (f"{HEAD}\nA1,王芳,咨询\n".encode("utf-16"), "file.utf16"),
    (f"{HEAD}\nA1,王芳,咨询\n".encode("utf-16-le"), "file.utf16"),
    (b"", "file.empty"),
    (bytes(range(256)) * 40, "file.binary"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "file.xls"),
    (b"PK\x03\x04" + b"rubbish" * 50, "file.damaged"),
    (("id,name\n" + "é ,ü \n" * 40).encode("latin-1"), "file.encoding"),
])  # fmt: skip
def test_what_is_no_list_is_refused_with_a_reason(tmp_path: Path, content: bytes, code: str) -> None:
    assert fault(write(tmp_path, content))[0] == code


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_out(tmp_path: Path, delimiter: str) -> None:
    found = rows(write(tmp_path, f"{HEAD}\nA1,王芳,咨询\n".replace(",", delimiter)))
    assert found[1] == (2, ["A1", "王芳", "咨询"])


def test_headings_decide_when_another_character_stands_more_often(tmp_path: Path) -> None:
    assert rows(write(tmp_path, "编号;坐席;主题, a, b, c, d\nA1;王芳;咨询\n"))[0][1][:2] == ["编号", "坐席"]


def test_excels_remark_about_the_delimiter_is_not_a_row(tmp_path: Path) -> None:
    assert rows(write(tmp_path, f"sep=;\n{HEAD}\nA1;x;y\n".replace(",", ";")))[0] == (2, ["编号", "坐席", "主题"])


def test_quotes_hold_delimiters_and_line_ends(tmp_path: Path) -> None:
    found = rows(write(tmp_path, f'{HEAD}\n"A,1","王\n芳","说""好"""\nA2,x,y\n'))
    assert found[1:] == [(2, ["A,1", "王\n芳", '说"好"']), (3, ["A2", "x", "y"])]


def test_a_quote_in_the_wrong_place_is_its_row_s_fault(tmp_path: Path) -> None:
    found = rows(write(tmp_path, f'{HEAD}\n"A1"x,y,z\nA2,x,y\n'))
    assert found[1][1].code == "row.quote"
    assert found[2] == (3, ["A2", "x", "y"])


def test_a_quote_that_never_closes_is_said_with_its_row(tmp_path: Path) -> None:
    assert fault(write(tmp_path, f'{HEAD}\nA1,x,y\nA2,"x,y\nA3,x,y\n')) == ("file.quote", 3)
    assert fault(write(tmp_path, f'{HEAD}\nA2,"x,y\n' + "A3,x,y\n" * 40_000)) == ("file.quote", 2)


def test_a_line_without_an_end_is_not_read_into_memory(tmp_path: Path) -> None:
    assert fault(write(tmp_path, f"{HEAD}\n" + "x" * 2_000_000)) == ("file.line_too_long", 2)


def test_empty_rows_are_passed_and_numbers_stay_those_of_the_sheet(tmp_path: Path) -> None:
    assert [n for n, _ in rows(write(tmp_path, f"{HEAD}\n\nA1,x,y\n,,\nA2,x,y\n"))] == [1, 3, 5]


def workbook(folder: Path, *lines: list[Any]) -> Path:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    path = folder / "kept-without-an-ending"
    book.save(path)
    return path


def test_a_workbook_s_first_visible_sheet_is_read_with_its_formulas_marked(tmp_path: Path) -> None:
    lines = [["A1", "王芳", "=1+1"], ["A2", None, 5], [None, None, None], ["A3", "x", "#N/A"]]
    path = workbook(tmp_path, HEAD.split(","), *lines)
    book = openpyxl.load_workbook(path.open("rb"))
    book.create_sheet("hidden", 0).sheet_state = "hidden"
    book.active = 1
    book.save(path)
    found = rows(path)
    assert found == [
        (1, ["编号", "坐席", "主题"]), (2, ["A1", "王芳", FORMULA]), (3, ["A2", None, 5]),
        (5, ["A3", "x", ERROR_VALUE]),
    ]  # fmt: skip


def test_text_that_looks_like_a_formula_is_still_told_from_one(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["编号"], ["x"])
    book = openpyxl.load_workbook(path.open("rb"))
    cell = book.active["A2"]
    cell.value, cell.data_type = "=1+1", "s"
    book.save(path)
    assert rows(path)[1] == (2, ["=1+1"])


def test_a_small_zip_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["编号"], ["x"])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/huge.xml", "w") as part:
        for _ in range(80):
            part.write(b"\0" * (1 << 20))
    assert fault(path)[0] == "file.too_much"


def test_a_workbook_that_declares_entities_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(workbook(tmp_path, ["编号"])) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename.startswith("xl/worksheets/"):
                content = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + content
            new.writestr(part.filename, content)
    assert fault(path)[0] == "file.damaged"


def test_another_kind_of_zip_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "x.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert fault(path)[0] == "file.kind"
