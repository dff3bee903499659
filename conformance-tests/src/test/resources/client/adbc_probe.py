"""Checks the server through ADBC. Prints PASSED name or FAILED name: why, a line a check."""

import datetime
import decimal
import sys
import time
import traceback

import adbc_driver_flightsql.dbapi as flight_sql
import pyarrow as pa

failed = False


def check(name, body):
    global failed
    try:
        body()
        print("PASSED", name, flush=True)
    except Exception as e:  # every failure is told, the rest goes on
        failed = True
        print("FAILED", name + ":", e, flush=True)
        traceback.print_exc(file=sys.stdout)


def connect():
    return flight_sql.connect(sys.argv[1], autocommit=True)


def db_api():
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT n_nationkey, n_name FROM nation ORDER BY 1 LIMIT 2")
        assert cursor.fetchall() == [(0, "ALGERIA"), (1, "ARGENTINA")]
        cursor.execute("SELECT n_name AS a FROM nation WHERE FALSE")
        assert cursor.fetch_arrow_table().schema.names == ["a"]


def types():
    sql = """SELECT TRUE AS b, CAST(1 AS TINYINT) AS i1, CAST(2 AS SMALLINT) AS i2, 3 AS i4,
        CAST(4 AS BIGINT) AS i8, CAST(5.5 AS REAL) AS f4, CAST(6.5 AS DOUBLE) AS f8,
        CAST(7.25 AS DECIMAL(38, 2)) AS d, 'text' AS s, X'0102' AS x, DATE '2024-02-29' AS dt,
        TIME '12:34:56' AS t, TIMESTAMP '2024-02-29 12:34:56.789' AS ts,
        (SELECT array_agg(n_nationkey ORDER BY n_nationkey) FROM nation WHERE n_nationkey < 2) AS l, CAST(NULL AS INTEGER) AS n"""
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        table = cursor.fetch_arrow_table()
        assert table.schema.field("d").type == pa.decimal128(38, 2)
        assert table.schema.field("ts").type == pa.timestamp("us")
        row = table.to_pylist()[0]
        assert row["b"] is True and row["i1"] == 1 and row["i8"] == 4 and row["f4"] == 5.5
        assert row["d"] == decimal.Decimal("7.25") and row["s"] == "text" and row["x"] == b"\x01\x02"
        assert row["dt"] == datetime.date(2024, 2, 29) and row["t"] == datetime.time(12, 34, 56)
        assert row["ts"] == datetime.datetime(2024, 2, 29, 12, 34, 56, 789000)
        assert row["l"] == [0, 1] and row["n"] is None


def parameters():
    values = {
        "BOOLEAN": True,
        "BIGINT": 2**62,
        "DOUBLE": 1.5,
        "DECIMAL(20, 4)": decimal.Decimal("1234567890123456.7891"),
        "VARCHAR": "grün",
        "VARBINARY": b"ab",
        "DATE": datetime.date(2024, 2, 29),
        "TIME": datetime.time(1, 2, 3),
        "TIMESTAMP": datetime.datetime(2024, 2, 29, 1, 2, 3),
    }
    with connect() as connection, connection.cursor() as cursor:
        for name, value in values.items():
            cursor.execute("SELECT CAST(? AS " + name + ")", (value,))
            assert cursor.fetchone() == (value,), name
        cursor.execute("SELECT CAST(? AS INTEGER)", (None,))
        assert cursor.fetchone() == (None,)
        cursor.execute("SELECT count(*) FROM nation WHERE n_name = ? AND n_nationkey < ?", ("FRANCE", 100))
        assert cursor.fetchone() == (1,)


def session():
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("SET threads = 1")
        cursor.fetchall()
        cursor.execute("SHOW threads")
        assert "1" in str(cursor.fetchall())


def errors():
    wanted = {
        "SELECT * FROM missing": "42P01",
        "SELECT missing FROM nation": "42703",
        "SELEC 1": "42601",
        "SELECT 1 / (n_nationkey - n_nationkey) FROM nation": "22012",
        "INSERT INTO nation VALUES (1)": "0A000",
    }
    with connect() as connection, connection.cursor() as cursor:
        for sql, state in wanted.items():
            try:
                cursor.execute(sql)
                cursor.fetchall()
            except flight_sql.Error as e:
                assert "[" + state + "]" in str(e), (sql, str(e))
            else:
                raise AssertionError("no error: " + sql)
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def metadata():
    with connect() as connection:
        assert connection.adbc_get_info()["vendor_name"] == "Neuralake"
        tables = connection.adbc_get_objects(depth="all").read_all().to_pylist()
        schemas = tables[0]["catalog_db_schemas"]
        names = [t["table_name"] for s in schemas for t in s["db_schema_tables"]]
        assert "lineitem" in names
        assert connection.adbc_get_table_types() == ["TABLE"]
        assert "n_name" in connection.adbc_get_table_schema("nation").names


def frames():
    import pandas
    import polars

    with connect() as connection:
        sql = "SELECT n_regionkey, count(*) AS n FROM nation GROUP BY 1 ORDER BY 1"
        frame = polars.read_database(sql, connection)
        assert frame["n"].to_list() == [5, 5, 5, 5, 5]
        frame = pandas.read_sql(sql, connection)
        assert list(frame["n"]) == [5, 5, 5, 5, 5]


def cancel():
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT generate_series FROM generate_series(1, 100000000000)")
        reader = cursor.fetch_record_batch()
        reader.read_next_batch()
        cursor.adbc_cancel()
        try:
            while True:
                reader.read_next_batch()
        except StopIteration:
            raise AssertionError("a cancelled result looked complete")
        except Exception:
            pass
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def many_rows():
    columns = ", ".join("generate_series + %d AS c%d" % (i, i) for i in range(8))
    with connect() as connection, connection.cursor() as cursor:
        begin = time.time()
        cursor.execute("SELECT " + columns + " FROM generate_series(1, 10000000)")
        rows = size = 0
        for batch in cursor.fetch_record_batch():
            rows += batch.num_rows
            size += batch.nbytes
        seconds = time.time() - begin
        assert rows == 10_000_000
        print("10 million rows x 8 columns: %.0f MB/s" % (size / seconds / 1e6))


check("db api", db_api)
check("types", types)
check("parameters", parameters)
check("session", session)
check("errors", errors)
check("metadata", metadata)
check("frames", frames)
check("cancel", cancel)
check("many rows", many_rows)
sys.exit(1 if failed else 0)
