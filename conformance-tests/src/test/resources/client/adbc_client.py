"""Checks the server with the stock ADBC driver. Usage: adbc_client.py grpc://host:port"""

import datetime
import decimal
import sys
import threading
import time

import adbc_driver_flightsql.dbapi as flightsql
import pyarrow


def fails(cursor, sql, expected):
    try:
        cursor.execute(sql)
        cursor.fetchall()
    except Exception as error:
        assert expected in str(error), str(error)
        return
    raise AssertionError("did not fail: " + sql)


def types(cursor):
    cursor.execute(
        "SELECT CAST(1 AS TINYINT) a, CAST(2 AS SMALLINT) b, 3 c, CAST(4 AS BIGINT) d,"
        " CAST(1.5 AS REAL) e, 2.5e0 f, CAST(12.34 AS DECIMAL(10, 2)) g, 'text' h, true i,"
        " DATE '2024-01-02' j, TIME '03:04:05' k, TIMESTAMP '2024-01-02 03:04:05.678' l,"
        " CAST(NULL AS INTEGER) m"
    )
    row = cursor.fetchone()
    assert row == (
        1,
        2,
        3,
        4,
        1.5,
        2.5,
        decimal.Decimal("12.34"),
        "text",
        True,
        datetime.date(2024, 1, 2),
        datetime.time(3, 4, 5),
        datetime.datetime(2024, 1, 2, 3, 4, 5, 678000),
        None,
    ), row


def parameters(cursor):
    for value, sql_type in [
        (True, "BOOLEAN"),
        (7, "BIGINT"),
        (2.5, "DOUBLE"),
        ("täxt", "VARCHAR"),
        (b"\x00\x01", "VARBINARY"),
        (decimal.Decimal("1.25"), "DECIMAL(10, 2)"),
        (datetime.date(2024, 2, 29), "DATE"),
        (datetime.datetime(2024, 2, 29, 1, 2, 3), "TIMESTAMP"),
        (None, "INTEGER"),
    ]:
        cursor.execute(f"SELECT CAST(? AS {sql_type}) AS v", (value,))
        assert cursor.fetchone() == (value,), (sql_type, value)
    cursor.execute("SELECT n_name FROM nation WHERE n_nationkey = ?", (7,))
    assert cursor.fetchall() == [("GERMANY",)]


def frames(cursor):
    cursor.execute("SELECT n_regionkey, count(*) AS n FROM nation GROUP BY 1 ORDER BY 1")
    assert cursor.fetch_df()["n"].tolist() == [5, 5, 5, 5, 5]
    cursor.execute("SELECT n_name FROM nation ORDER BY n_name")
    assert cursor.fetch_polars().height == 25


def errors(cursor):
    fails(cursor, "SELECT l_shipdat FROM lineitem", "did you mean l_shipdate [42703]")
    fails(cursor, "SELECT * FROM lineite", "[42P01]")
    fails(cursor, "SELEC 1", "[42601]")
    fails(cursor, "SELECT 1 / (n_nationkey - 3) FROM nation", "[22012]")
    fails(cursor, "SELECT CAST(1e10 AS INTEGER)", "[22003]")
    fails(cursor, "DROP TABLE nation", "[0A000]")
    cursor.execute("SELECT 1")
    assert cursor.fetchone() == (1,)


def metadata(connection):
    objects = connection.adbc_get_objects(depth="all").read_all().to_pylist()
    schemas = {s["db_schema_name"]: s for s in objects[0]["catalog_db_schemas"]}
    tables = {t["table_name"]: t for t in schemas["main"]["db_schema_tables"]}
    columns = [c["column_name"] for c in tables["nation"]["table_columns"]]
    assert columns == ["n_nationkey", "n_name", "n_regionkey", "n_comment"], columns
    assert connection.adbc_get_info()["vendor_name"] == "Neuralake"
    assert "TABLE" in connection.adbc_get_table_types()


def ten_million_rows(cursor):
    sql = (
        "SELECT v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6, v + 7"
        " FROM generate_series(1, 10000000) AS s(v)"
    )
    for attempt in range(2):
        start = time.time()
        rows = size = 0
        cursor.execute(sql)
        for batch in cursor.fetch_record_batch():
            rows += batch.num_rows
            size += batch.nbytes
        assert rows == 10_000_000, rows
        print(f"{rows} rows at {size / 1e6 / (time.time() - start):.0f} MB/s")


def session(connection):
    with connection.cursor() as cursor:
        cursor.execute("SET threads = 1")
        cursor.fetchall()
        cursor.execute("SHOW threads")
        assert "1" in str(cursor.fetchall())


def cancel_stream(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT v FROM generate_series(1, 100000000000) AS s(v)")
        reader = cursor.fetch_record_batch()
        reader.read_next_batch()
        cursor.adbc_cancel()
        try:
            while True:
                reader.read_next_batch()
        except StopIteration:
            raise AssertionError("a cancelled result looked complete")
        except Exception:
            return


def cancel(connection):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM lineitem a, lineitem b, nation c"
            " WHERE a.l_orderkey + a.l_extendedprice <> b.l_orderkey + b.l_extendedprice"
        )
        timer = threading.Timer(0.5, cursor.adbc_cancel)
        timer.start()
        try:
            cursor.fetchall()
        except Exception:
            return
        finally:
            timer.join()
    raise AssertionError("was not cancelled")


def main(uri):
    with flightsql.connect(uri, autocommit=True) as connection:
        with connection.cursor() as cursor:
            types(cursor)
            parameters(cursor)
            frames(cursor)
            errors(cursor)
            ten_million_rows(cursor)
        metadata(connection)
        session(connection)
        cancel_stream(connection)
        cancel(connection)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)
    print("all checks passed")


main(sys.argv[1])
