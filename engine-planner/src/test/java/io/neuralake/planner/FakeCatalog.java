package io.neuralake.planner;

import io.neuralake.planner.catalog.MemoryTable;
import io.neuralake.spi.catalog.Catalog;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/// A catalog of tables in memory, whose tables a test may replace. The version of a table is its rows.
public final class FakeCatalog implements Catalog {
    private final String name;
    private final Map<String, TableSnapshot> tables = new ConcurrentSkipListMap<>();

    /// Makes an empty catalog.
    public FakeCatalog(String name) {
        this.name = name;
    }

    /// Makes the catalog `lake` with tables `nation`, `lineitem`, `events`, `trades` and `quotes`.
    public static FakeCatalog lake() {
        FakeCatalog catalog = new FakeCatalog("lake");
        catalog.add(
                "nation",
                field("n_nationkey", ScalarType.INTEGER),
                field("n_name", ScalarType.VARCHAR),
                field("n_regionkey", ScalarType.INTEGER));
        catalog.add(
                "lineitem",
                field("l_orderkey", ScalarType.BIGINT),
                field("l_quantity", new DecimalType(15, 2)),
                field("l_extendedprice", new DecimalType(15, 2)),
                field("l_shipdate", ScalarType.DATE));
        catalog.add(
                "events",
                field("id", ScalarType.INTEGER),
                field("value", ScalarType.DOUBLE),
                field("day", ScalarType.DATE),
                field("at", ScalarType.TIMESTAMP),
                field("instant", ScalarType.TIMESTAMP_TZ),
                field("name", ScalarType.VARCHAR),
                field("ok", ScalarType.BOOLEAN),
                field("price", new DecimalType(15, 2)),
                field("tags", new ListType(ScalarType.INTEGER)),
                field(
                        "place",
                        new StructType(
                                List.of(
                                        Field.of("x", ScalarType.INTEGER),
                                        Field.of("city", ScalarType.VARCHAR)))),
                field("counts", new MapType(ScalarType.VARCHAR, ScalarType.BIGINT)));
        catalog.add(
                "trades",
                field("symbol", ScalarType.VARCHAR),
                field("at", ScalarType.TIMESTAMP),
                field("quantity", ScalarType.INTEGER));
        catalog.add(
                "quotes",
                field("symbol", ScalarType.VARCHAR),
                field("at", ScalarType.TIMESTAMP),
                field("bid", ScalarType.DOUBLE));
        return catalog;
    }

    private static Field field(String name, Type type) {
        return Field.of(name, type);
    }

    /// Adds or replaces an empty table in schema `main`.
    public void add(String table, Field... fields) {
        add(table, new Schema(Arrays.asList(fields)), List.of());
    }

    /// Adds or replaces a table in schema `main`.
    public void add(String table, Schema schema, List<List<Object>> rows) {
        tables.put(
                table,
                new MemoryTable(
                        new QualifiedName(name, "main", table), schema, new ArrayList<>(rows)));
    }

    /// Removes a table.
    public void remove(String table) {
        tables.remove(table);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> schemas() {
        return List.of("main", "other");
    }

    @Override
    public List<String> tables(String schema) {
        return schema.equalsIgnoreCase("main") ? List.copyOf(tables.keySet()) : List.of();
    }

    @Override
    public Optional<TableSnapshot> table(String schema, String table) {
        if (!schema.equalsIgnoreCase("main")) {
            return Optional.empty();
        }
        TableSnapshot exact = tables.get(table);
        return exact != null
                ? Optional.of(exact)
                : tables.entrySet().stream()
                        .filter(e -> e.getKey().equalsIgnoreCase(table))
                        .map(Map.Entry::getValue)
                        .findFirst();
    }
}
