"""Writes with the stock ADBC driver. Usage: adbc_writes.py grpc://host:port"""

import datetime
import decimal
import sys

import adbc_driver_flightsql.dbapi as flightsql
import pyarrow


def fails(action, expected):
    try:
        action()
    except Exception as error:
        assert expected in str(error), str(error)
        return
    raise AssertionError("did not fail with " + expected)


def rows(connection, sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def run(connection, sql, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def statements(connection):
    run(connection, "CREATE TABLE trips (id BIGINT NOT NULL, city VARCHAR DEFAULT 'Bern', km DOUBLE)")
    fails(lambda: run(connection, "CREATE TABLE trips (id BIGINT)"), "[42P07]")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO trips VALUES (1, 'Basel', 1.5), (2, 'Chur', 2.5)")
        assert cursor.rowcount == 2, cursor.rowcount
        cursor.execute("INSERT INTO trips (id, km) VALUES (?, ?)", (3, 3.5))
        assert cursor.rowcount == 1, cursor.rowcount
        cursor.execute("UPDATE trips SET km = km + 1 WHERE id = ?", (1,))
        assert cursor.rowcount == 1, cursor.rowcount
        cursor.execute("DELETE FROM trips WHERE id = 2")
        assert cursor.rowcount == 1, cursor.rowcount
    run(connection, "INSERT INTO trips VALUES (4, NULL, NULL)")
    assert rows(connection, "SELECT * FROM trips ORDER BY id") == [
        (1, "Basel", 2.5),
        (3, "Bern", 3.5),
        (4, None, None),
    ]
    fails(lambda: run(connection, "INSERT INTO trips VALUES (NULL, 'x', 1)"), "[23502]")
    assert rows(connection, "SELECT count(*) FROM trips FOR VERSION AS OF 1") == [(2,)]


def many_rows(connection):
    run(connection, "CREATE TABLE points (n BIGINT, label VARCHAR)")
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO points VALUES (?, upper(?))", [(i, "p%d" % i) for i in range(5000)]
        )
        assert cursor.rowcount == 5000, cursor.rowcount
    assert rows(connection, "SELECT count(*), sum(n), min(label), max(label) FROM points") == [
        (5000, 12497500, "P0", "P999")
    ]
    versions = rows(connection, "SELECT count(*) FROM table_history('points')")
    assert versions == [(2,)], versions
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM points WHERE n = ?", [(1,), (2,), (9999,)])
        assert cursor.rowcount == 2, cursor.rowcount
    versions = rows(connection, "SELECT count(*) FROM table_history('points')")
    assert versions == [(3,)], versions
    # One row that does not fit undoes all.
    with connection.cursor() as cursor:
        fails(
            lambda: cursor.executemany("INSERT INTO points VALUES (10 / CAST(? AS BIGINT), ?)", [(1, "a"), (0, "b")]),
            "[22012]",
        )
    assert rows(connection, "SELECT count(*) FROM points") == [(4998,)]


TYPES = pyarrow.table(
    {
        "b": pyarrow.array([True, None, False]),
        "i8": pyarrow.array([1, None, -3], pyarrow.int8()),
        "i16": pyarrow.array([1, None, -3], pyarrow.int16()),
        "i32": pyarrow.array([1, None, -3], pyarrow.int32()),
        "i64": pyarrow.array([1, None, -(2**60)], pyarrow.int64()),
        "f32": pyarrow.array([1.5, None, -3], pyarrow.float32()),
        "f64": pyarrow.array([1.5, None, -3], pyarrow.float64()),
        "d9": pyarrow.array([decimal.Decimal("1.25"), None, decimal.Decimal("-3.50")], pyarrow.decimal128(9, 2)),
        "d30": pyarrow.array([decimal.Decimal("1.25"), None, decimal.Decimal("-3.50")], pyarrow.decimal128(30, 2)),
        "s": pyarrow.array(["short", None, "a text that does not fit into a view"]),
        "ls": pyarrow.array(["short", None, "a text that does not fit into a view"], pyarrow.large_string()),
        "dict": pyarrow.array(["x", None, "y"]).dictionary_encode(),
        "bin": pyarrow.array([b"\x00", None, b"\x01\x02"]),
        "date": pyarrow.array([datetime.date(2024, 2, 29), None, datetime.date(1969, 1, 1)]),
        "us": pyarrow.array([datetime.datetime(2024, 2, 29, 1, 2, 3, 4), None, None], pyarrow.timestamp("us")),
        "ms": pyarrow.array([datetime.datetime(2024, 2, 29, 1, 2, 3), None, None], pyarrow.timestamp("ms")),
        "tz": pyarrow.array([datetime.datetime(2024, 2, 29, 1, 2, 3), None, None], pyarrow.timestamp("us", "UTC")),
        "l": pyarrow.array([[1, None], None, []], pyarrow.list_(pyarrow.int64())),
        "st": pyarrow.array([{"a": 1, "b": "x"}, None, {"a": None, "b": "y"}]),
    }
)


def loads(connection):
    with connection.cursor() as cursor:
        assert cursor.adbc_ingest("types", TYPES, mode="create") == 3
        fails(lambda: cursor.adbc_ingest("types", TYPES, mode="create"), "[42P07]")
        assert cursor.adbc_ingest("types", TYPES, mode="append") == 3
        assert cursor.adbc_ingest("types", TYPES, mode="create_append") == 3
        cursor.execute("SELECT * FROM types")
        read = cursor.fetch_arrow_table()
    assert read.num_rows == 9
    for column in TYPES.column_names:
        want = TYPES[column].to_pylist() * 3
        got = read[column].to_pylist()
        key = lambda v: (v is None, str(v))
        assert sorted(got, key=key) == sorted(want, key=key), (column, got)
    with connection.cursor() as cursor:
        small = TYPES.select(["i64"])
        assert cursor.adbc_ingest("types", small, mode="append") == 3
        assert cursor.adbc_ingest("types", small, mode="replace") == 3
        assert rows(connection, "SELECT count(*) FROM types") == [(3,)]
        assert cursor.adbc_ingest("fresh", small, mode="create_append") == 3
        fails(lambda: cursor.adbc_ingest("nowhere", small, mode="append"), "[42P01]")
        fails(lambda: cursor.adbc_ingest("t", small, mode="create", temporary=True), "[0A000]")
        fails(lambda: cursor.adbc_ingest("fresh", TYPES.select(["s"]), mode="append"), "[42703]")
        # In batches, more than one message.
        batches = pyarrow.RecordBatchReader.from_batches(
            small.schema, (small.to_batches()[0] for _ in range(1000))
        )
        assert cursor.adbc_ingest("fresh", batches, mode="append") == 3000
    assert rows(connection, "SELECT count(*) FROM fresh") == [(3003,)]
    assert rows(connection, "SELECT count(*) FROM table_history('fresh')") == [(2,)]


def broken_load(connection):
    """A reader that fails on the client's side leaves nothing."""

    def batches():
        for i in range(200):
            yield TYPES.select(["i64"]).to_batches()[0]
        raise ValueError("lost")

    reader = pyarrow.RecordBatchReader.from_batches(TYPES.select(["i64"]).schema, batches())
    with connection.cursor() as cursor:
        try:
            cursor.adbc_ingest("fresh", reader, mode="append")
        except Exception as error:
            print("broken load:", type(error).__name__)
        else:
            raise AssertionError("a broken load passed for a whole one")
    assert rows(connection, "SELECT count(*) FROM fresh") == [(3003,)]


def transactions(uri, autocommitted):
    with flightsql.connect(uri) as connection:
        # Without a change before, definitions take effect at once, in a transaction too.
        run(connection, "CREATE TABLE accounts (id BIGINT, amount BIGINT)")
        run(connection, "INSERT INTO accounts VALUES (1, 100), (2, 0)")
        assert rows(connection, "SELECT count(*) FROM accounts") == [(2,)]
        assert rows(autocommitted, "SELECT count(*) FROM accounts") == [(0,)]
        fails(lambda: run(connection, "DROP TABLE accounts"), "[0A000]")
        fails(lambda: run(connection, "SELECT 1"), "[25P02]")
        connection.rollback()
        assert rows(autocommitted, "SELECT count(*) FROM accounts") == [(0,)]
        # A cursor keeps its prepared statement beyond the commit.
        with connection.cursor() as cursor:
            for i in range(3):
                cursor.execute("INSERT INTO accounts VALUES (?, 0)", (i,))
                connection.commit()
        assert rows(autocommitted, "SELECT count(*) FROM accounts") == [(3,)]
        assert rows(autocommitted, "SELECT count(*) FROM table_history('accounts')") == [(4,)]
        run(connection, "UPDATE accounts SET amount = amount + 1")
        run(autocommitted, "UPDATE accounts SET amount = 7")
        # The driver lets a connection begin no other transaction after that.
        fails(connection.commit, "[40001]")
    with flightsql.connect(uri) as connection:
        run(connection, "DELETE FROM accounts WHERE id = 0")
        # Closing is a rollback.
    assert rows(autocommitted, "SELECT count(*), sum(amount) FROM accounts") == [(3, 21)]


def main(uri):
    with flightsql.connect(uri, autocommit=True) as connection:
        statements(connection)
        many_rows(connection)
        loads(connection)
        broken_load(connection)
        transactions(uri, connection)
    print("all checks passed")


main(sys.argv[1])
