"""Runs every .sql file of a folder through ADBC and writes the rows beside it, in the form that
ClientAnswer reads. Usage: adbc_queries.py grpc://host:port FOLDER"""

import datetime
import decimal
import pathlib
import sys

import adbc_driver_flightsql.dbapi as flightsql


def text(value):
    if value is None:
        return "N"
    if isinstance(value, (int, decimal.Decimal)) and not isinstance(value, bool):
        return "D" + str(value)
    if isinstance(value, float):
        return "F" + repr(value)
    if isinstance(value, datetime.date):
        return "T" + value.isoformat()
    return "T" + str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def main(uri, folder):
    with flightsql.connect(uri, autocommit=True) as connection:
        for query in sorted(pathlib.Path(folder).glob("*.sql")):
            with connection.cursor() as cursor:
                cursor.execute(query.read_text(encoding="utf-8"))
                rows = cursor.fetchall()
            lines = ["\t".join(text(value) for value in row) + "\n" for row in rows]
            pathlib.Path(str(query) + ".rows").write_text("".join(lines), encoding="utf-8")


main(sys.argv[1], sys.argv[2])
