"""Tables from files and objects, and what is said about those that are none."""

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mdm.errors import EmptyTable, MdmError, MissingFile, NotATable
from mdm.tables import as_table, read_table, texts, write_table

EXPECTED = [{"id": "007", "name": "Zoë"}, {"id": "8", "name": None}]


@pytest.mark.parametrize(
    "content",
    [
        "id,name\n007,Zoë\n8,\n".encode(),
        "\ufeffid,name\r\n007,Zoë\r\n8,\r\n".encode(),
        "id;name\n007;Zoë\n8;\n".encode("cp1252"),
        "id\tname\n007\tZoë\n8\t\n".encode("utf-16"),
        'id,name\n"007","Zoë"\n"8",""\n'.encode(),
    ],
    ids=["utf-8", "with a mark", "windows", "utf-16", "quoted"],
)
def test_csv_as_people_save_it(tmp_path, content):
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    assert read_table(path).to_pylist() == EXPECTED


def test_a_cell_may_hold_a_line_break(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text('id,address\n1,"1 Mill Road\nLeeds"\n', encoding="utf-8")
    assert read_table(path).to_pylist() == [{"id": "1", "address": "1 Mill Road\nLeeds"}]


@pytest.mark.parametrize("name", ["out.parquet", "out.csv"])
def test_what_is_written_can_be_read(tmp_path, name):
    table = pa.table({"id": ["a", "b"], "cluster": ["a", "a"]})
    write_table(table, tmp_path / name)
    assert read_table(tmp_path / name).equals(table)


@pytest.mark.parametrize(
    ("name", "content", "error", "words"),
    [
        ("e.csv", b"", EmptyTable, "is empty"),
        ("e.csv", b" \n \n", EmptyTable, "is empty"),
        ("h.csv", b"id,name\n", EmptyTable, "no rows"),
        ("t.txt", b"hello", NotATable, "one line of text"),
        ("r.csv", b"a,b\n1,2,3\n", NotATable, "same number of columns"),
        ("d.csv", b"a,a\n1,2\n", NotATable, "heading 'a'"),
        ("x.csv", b"PK\x03\x04....", NotATable, "Excel"),
        ("b.csv", b"a,b\n\x00\x01", NotATable, "binary"),
        ("p.parquet", b"PAR1junk", NotATable, "damaged Parquet"),
        ("w.csv", b"a,b\n\x81,\x8d\n", NotATable, "neither UTF-8 nor Windows-1252"),
    ],
)
def test_files_that_are_no_table(tmp_path, name, content, error, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=words):
        read_table(tmp_path / name)


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(MissingFile, match="no file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(MissingFile, match="no file"):
        read_table(tmp_path / "none.parquet")
    with pytest.raises(NotATable, match="folder"):
        read_table(tmp_path)
    with pytest.raises(MdmError, match="cannot be written"):
        write_table(pa.table({"a": [1]}), tmp_path / "no" / "such.csv")


@pytest.mark.parametrize(
    "table",
    [
        pa.table({"a": ["x"]}),
        pa.RecordBatch.from_pydict({"a": ["x"]}),
        pl.DataFrame({"a": ["x"]}),
        {"a": ["x"]},
        pa.table({"a": pa.array(["x"]).dictionary_encode()}),
    ],
    ids=["arrow", "batch", "polars", "lists", "dictionary"],
)
def test_objects_that_are_tables(table):
    assert as_table(table).to_pylist() == [{"a": "x"}]


def test_a_path_is_read(tmp_path):
    pq.write_table(pa.table({"a": ["x"]}), tmp_path / "a.parquet")
    assert as_table(str(tmp_path / "a.parquet")).to_pylist() == [{"a": "x"}]


@pytest.mark.parametrize(
    ("thing", "error"),
    [(5, NotATable), ([1, 2], NotATable), ({"a": [1], "b": [1, 2]}, NotATable), ({}, EmptyTable), ({"a": []}, EmptyTable),
     ({"a": [[1, 2]]}, NotATable)],
)  # fmt: skip
def test_objects_that_are_none(thing, error):
    with pytest.raises(error):
        as_table(thing)


def test_every_column_reads_as_text():
    table = pa.table({"n": [12.0, None], "f": [1.5, 2.0], "d": pa.array([0, 1], pa.date32())})
    assert texts(table, "n").to_list() == ["12", None]
    assert texts(table, "f").to_list() == ["1.5", "2"]
    assert texts(table, "d").to_list() == ["1970-01-01", "1970-01-02"]
