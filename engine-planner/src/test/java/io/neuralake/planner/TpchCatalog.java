package io.neuralake.planner;

import io.neuralake.spi.catalog.Catalog;
import io.neuralake.spi.catalog.ColumnStatistics;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableStatistics;
import io.neuralake.spi.connector.Connector;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The tables of TPC-H with their statistics at scale 1, and two of nested and nullable columns. They
/// can be planned for, not read.
final class TpchCatalog implements Catalog {
    private final Map<String, Table> tables = new LinkedHashMap<>();

    TpchCatalog() {
        table("region", 5)
                .column("r_regionkey", ScalarType.INTEGER, 5, 0L, 4L)
                .column("r_name", ScalarType.VARCHAR, 5)
                .column("r_comment", ScalarType.VARCHAR, 5);
        table("nation", 25)
                .column("n_nationkey", ScalarType.INTEGER, 25, 0L, 24L)
                .column("n_name", ScalarType.VARCHAR, 25)
                .column("n_regionkey", ScalarType.INTEGER, 5, 0L, 4L)
                .column("n_comment", ScalarType.VARCHAR, 25);
        table("supplier", 10_000)
                .column("s_suppkey", ScalarType.BIGINT, 10_000, 1L, 10_000L)
                .column("s_name", ScalarType.VARCHAR, 10_000)
                .column("s_address", ScalarType.VARCHAR, 10_000)
                .column("s_nationkey", ScalarType.INTEGER, 25, 0L, 24L)
                .column("s_phone", ScalarType.VARCHAR, 10_000)
                .column("s_acctbal", money(), 9_955, dec("-998.22"), dec("9999.72"))
                .column("s_comment", ScalarType.VARCHAR, 10_000);
        table("customer", 150_000)
                .column("c_custkey", ScalarType.BIGINT, 150_000, 1L, 150_000L)
                .column("c_name", ScalarType.VARCHAR, 150_000)
                .column("c_address", ScalarType.VARCHAR, 150_000)
                .column("c_nationkey", ScalarType.INTEGER, 25, 0L, 24L)
                .column("c_phone", ScalarType.VARCHAR, 150_000)
                .column("c_acctbal", money(), 140_187, dec("-999.99"), dec("9999.99"))
                .column("c_mktsegment", ScalarType.VARCHAR, 5)
                .column("c_comment", ScalarType.VARCHAR, 149_968);
        table("part", 200_000)
                .column("p_partkey", ScalarType.BIGINT, 200_000, 1L, 200_000L)
                .column("p_name", ScalarType.VARCHAR, 199_997)
                .column("p_mfgr", ScalarType.VARCHAR, 5)
                .column("p_brand", ScalarType.VARCHAR, 25)
                .column("p_type", ScalarType.VARCHAR, 150)
                .column("p_size", ScalarType.INTEGER, 50, 1L, 50L)
                .column("p_container", ScalarType.VARCHAR, 40)
                .column("p_retailprice", money(), 20_899, dec("901.00"), dec("2098.99"))
                .column("p_comment", ScalarType.VARCHAR, 131_753);
        table("partsupp", 800_000)
                .column("ps_partkey", ScalarType.BIGINT, 200_000, 1L, 200_000L)
                .column("ps_suppkey", ScalarType.BIGINT, 10_000, 1L, 10_000L)
                .column("ps_availqty", ScalarType.INTEGER, 9_999, 1L, 9_999L)
                .column("ps_supplycost", money(), 99_865, dec("1.00"), dec("1000.00"))
                .column("ps_comment", ScalarType.VARCHAR, 799_124);
        table("orders", 1_500_000)
                .column("o_orderkey", ScalarType.BIGINT, 1_500_000, 1L, 6_000_000L)
                .column("o_custkey", ScalarType.BIGINT, 99_996, 1L, 149_999L)
                .column("o_orderstatus", ScalarType.VARCHAR, 3)
                .column("o_totalprice", money(), 1_464_556, dec("857.71"), dec("555285.16"))
                .column("o_orderdate", ScalarType.DATE, 2_406, day("1992-01-01"), day("1998-08-02"))
                .column("o_orderpriority", ScalarType.VARCHAR, 5)
                .column("o_clerk", ScalarType.VARCHAR, 1_000)
                .column("o_shippriority", ScalarType.INTEGER, 1, 0L, 0L)
                .column("o_comment", ScalarType.VARCHAR, 1_482_071);
        table("lineitem", 6_001_215)
                .column("l_orderkey", ScalarType.BIGINT, 1_500_000, 1L, 6_000_000L)
                .column("l_partkey", ScalarType.BIGINT, 200_000, 1L, 200_000L)
                .column("l_suppkey", ScalarType.BIGINT, 10_000, 1L, 10_000L)
                .column("l_linenumber", ScalarType.INTEGER, 7, 1L, 7L)
                .column("l_quantity", money(), 50, dec("1.00"), dec("50.00"))
                .column("l_extendedprice", money(), 933_900, dec("901.00"), dec("104949.50"))
                .column("l_discount", money(), 11, dec("0.00"), dec("0.10"))
                .column("l_tax", money(), 9, dec("0.00"), dec("0.08"))
                .column("l_returnflag", ScalarType.VARCHAR, 3)
                .column("l_linestatus", ScalarType.VARCHAR, 2)
                .column("l_shipdate", ScalarType.DATE, 2_526, day("1992-01-02"), day("1998-12-01"))
                .column(
                        "l_commitdate",
                        ScalarType.DATE,
                        2_466,
                        day("1992-01-31"),
                        day("1998-10-31"))
                .column(
                        "l_receiptdate",
                        ScalarType.DATE,
                        2_554,
                        day("1992-01-04"),
                        day("1998-12-31"))
                .column("l_shipinstruct", ScalarType.VARCHAR, 4)
                .column("l_shipmode", ScalarType.VARCHAR, 7)
                .column("l_comment", ScalarType.VARCHAR, 3_610_733);
        table("nested", 1_000)
                .nullable("id", ScalarType.INTEGER, 1_000)
                .nullable("tags", new ListType(ScalarType.VARCHAR), Double.NaN)
                .nullable("place", place(), Double.NaN)
                .nullable("points", new ListType(point()), Double.NaN)
                .nullable("props", new MapType(ScalarType.VARCHAR, ScalarType.BIGINT), Double.NaN);
        table("n", 1_000)
                .nullable("a", ScalarType.INTEGER, 100)
                .nullable("b", ScalarType.INTEGER, 1_000)
                .nullable("s", ScalarType.VARCHAR, 10)
                .nullable("d", ScalarType.DOUBLE, 1_000)
                .nullable("t", ScalarType.TIMESTAMP, 1_000);
        table("m", 5_000)
                .nullable("a", ScalarType.INTEGER, 100)
                .nullable("c", ScalarType.BIGINT, 1_000)
                .nullable("t", ScalarType.TIMESTAMP, 5_000);
    }

    private static Type money() {
        return new DecimalType(15, 2);
    }

    private static Type point() {
        return new StructType(
                List.of(Field.of("x", ScalarType.DOUBLE), Field.of("y", ScalarType.DOUBLE)));
    }

    private static Type place() {
        return new StructType(
                List.of(
                        Field.of("name", ScalarType.VARCHAR),
                        Field.of("at", point()),
                        Field.of("zip", ScalarType.INTEGER)));
    }

    private static BigDecimal dec(String value) {
        return new BigDecimal(value);
    }

    private static long day(String date) {
        return LocalDate.parse(date).toEpochDay();
    }

    private Table table(String name, double rows) {
        Table table = new Table(new QualifiedName("lake", "main", name), rows);
        tables.put(name, table);
        return table;
    }

    @Override
    public String name() {
        return "lake";
    }

    @Override
    public List<String> schemas() {
        return List.of("main");
    }

    @Override
    public List<String> tables(String schema) {
        return List.copyOf(tables.keySet());
    }

    @Override
    public Optional<TableSnapshot> table(String schema, String table) {
        return Optional.ofNullable(tables.get(table.toLowerCase(java.util.Locale.ROOT)));
    }

    private static final class Table implements TableSnapshot {
        private final QualifiedName name;
        private final double rows;
        private final List<Field> fields = new ArrayList<>();
        private final List<ColumnStatistics> statistics = new ArrayList<>();

        Table(QualifiedName name, double rows) {
            this.name = name;
            this.rows = rows;
        }

        Table column(String column, Type type, double distinct, Object min, Object max) {
            fields.add(new Field(column, type, false));
            statistics.add(new ColumnStatistics(min, max, 0, distinct, Double.NaN));
            return this;
        }

        Table column(String column, Type type, double distinct) {
            fields.add(new Field(column, type, false));
            statistics.add(new ColumnStatistics(null, null, 0, distinct, Double.NaN));
            return this;
        }

        Table nullable(String column, Type type, double distinct) {
            fields.add(Field.of(column, type));
            statistics.add(new ColumnStatistics(null, null, rows / 50, distinct, Double.NaN));
            return this;
        }

        @Override
        public QualifiedName name() {
            return name;
        }

        @Override
        public Schema schema() {
            return new Schema(fields);
        }

        @Override
        public TableStatistics statistics() {
            return new TableStatistics(rows, Double.NaN, statistics);
        }

        @Override
        public Object version() {
            return rows;
        }

        @Override
        public Connector connector() {
            throw new UnsupportedOperationException("Not a table to be read: " + name);
        }

        @Override
        public String toString() {
            return name.table();
        }
    }
}
