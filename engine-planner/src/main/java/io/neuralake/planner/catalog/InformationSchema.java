package io.neuralake.planner.catalog;

import static io.neuralake.spi.type.ScalarType.BIGINT;
import static io.neuralake.spi.type.ScalarType.BOOLEAN;
import static io.neuralake.spi.type.ScalarType.INTEGER;
import static io.neuralake.spi.type.ScalarType.VARCHAR;

import io.neuralake.spi.catalog.Catalog;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Builds the tables of `information_schema` as ISO/IEC 9075-11 names them. Each catalog has one; it
/// shows that catalog. Tables that cannot be opened are listed without columns.
public final class InformationSchema {
    /// The schema's name.
    public static final String NAME = "information_schema";

    private static final Schema SCHEMATA =
            columns("catalog_name", "schema_name", "schema_owner", "default_character_set_name");
    private static final Schema TABLES =
            columns("table_catalog", "table_schema", "table_name", "table_type", "table_comment");
    private static final Schema COLUMNS =
            Schema.of(
                    Field.of("table_catalog", VARCHAR),
                    Field.of("table_schema", VARCHAR),
                    Field.of("table_name", VARCHAR),
                    Field.of("column_name", VARCHAR),
                    Field.of("ordinal_position", INTEGER),
                    Field.of("column_default", VARCHAR),
                    Field.of("is_nullable", VARCHAR),
                    Field.of("data_type", VARCHAR),
                    Field.of("character_maximum_length", INTEGER),
                    Field.of("numeric_precision", INTEGER),
                    Field.of("numeric_scale", INTEGER),
                    Field.of("datetime_precision", INTEGER));
    private static final Schema VIEWS =
            columns("table_catalog", "table_schema", "table_name", "view_definition");
    private static final Schema TABLE_CONSTRAINTS =
            columns(
                    "constraint_catalog",
                    "constraint_schema",
                    "constraint_name",
                    "table_catalog",
                    "table_schema",
                    "table_name",
                    "constraint_type");
    private static final Schema KEY_COLUMN_USAGE =
            Schema.of(
                    Field.of("constraint_catalog", VARCHAR),
                    Field.of("constraint_schema", VARCHAR),
                    Field.of("constraint_name", VARCHAR),
                    Field.of("table_catalog", VARCHAR),
                    Field.of("table_schema", VARCHAR),
                    Field.of("table_name", VARCHAR),
                    Field.of("column_name", VARCHAR),
                    Field.of("ordinal_position", INTEGER));
    private static final Schema REFERENTIAL_CONSTRAINTS =
            columns(
                    "constraint_catalog",
                    "constraint_schema",
                    "constraint_name",
                    "unique_constraint_catalog",
                    "unique_constraint_schema",
                    "unique_constraint_name");
    private static final Schema CATALOG_NAME = columns("catalog_name");
    private static final Schema TABLE_SIZES =
            Schema.of(
                    Field.of("table_catalog", VARCHAR),
                    Field.of("table_schema", VARCHAR),
                    Field.of("table_name", VARCHAR),
                    Field.of("row_count", BIGINT),
                    Field.of("bytes", BIGINT),
                    Field.of("is_exact", BOOLEAN));

    private static final List<String> NAMES =
            List.of(
                    "columns",
                    "information_schema_catalog_name",
                    "key_column_usage",
                    "referential_constraints",
                    "schemata",
                    "table_constraints",
                    "table_sizes",
                    "tables",
                    "views");

    private InformationSchema() {}

    /// Lists the tables.
    public static List<String> tableNames() {
        return NAMES;
    }

    /// Builds a table as of now; empty when there is none of that name.
    static Optional<TableSnapshot> table(List<Catalog> catalogs, Catalog catalog, String table) {
        String name = table.toLowerCase(Locale.ROOT);
        return switch (name) {
            case "schemata" -> made(catalog, name, SCHEMATA, schemata(catalog));
            case "tables" -> made(catalog, name, TABLES, tables(catalog));
            case "columns" -> made(catalog, name, COLUMNS, columns(catalog));
            case "table_sizes" -> made(catalog, name, TABLE_SIZES, sizes(catalog));
            case "information_schema_catalog_name" ->
                    made(
                            catalog,
                            name,
                            CATALOG_NAME,
                            catalogs.stream().map(c -> row(c.name())).toList());
            case "views" -> made(catalog, name, VIEWS, List.of());
            case "table_constraints" -> made(catalog, name, TABLE_CONSTRAINTS, List.of());
            case "key_column_usage" -> made(catalog, name, KEY_COLUMN_USAGE, List.of());
            case "referential_constraints" ->
                    made(catalog, name, REFERENTIAL_CONSTRAINTS, List.of());
            default -> Optional.empty();
        };
    }

    private static Optional<TableSnapshot> made(
            Catalog catalog, String table, Schema schema, List<List<@Nullable Object>> rows) {
        return Optional.of(
                new MemoryTable(new QualifiedName(catalog.name(), NAME, table), schema, rows));
    }

    private static List<List<@Nullable Object>> schemata(Catalog catalog) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (String schema : StatementTables.schemas(catalog)) {
            rows.add(row(catalog.name(), schema, null, "UTF8"));
        }
        return rows;
    }

    private static List<List<@Nullable Object>> tables(Catalog catalog) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (String schema : catalog.schemas()) {
            for (String table : catalog.tables(schema)) {
                rows.add(row(catalog.name(), schema, table, "BASE TABLE", null));
            }
        }
        for (String table : NAMES) {
            rows.add(row(catalog.name(), NAME, table, "SYSTEM VIEW", null));
        }
        return rows;
    }

    private static List<List<@Nullable Object>> columns(Catalog catalog) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        forEachTable(
                catalog,
                (schema, table) -> {
                    int position = 1;
                    for (Field field : table.schema().fields()) {
                        Type type = field.type();
                        rows.add(
                                row(
                                        catalog.name(),
                                        schema,
                                        table.name().table(),
                                        field.name(),
                                        (long) position++,
                                        null,
                                        field.nullable() ? "YES" : "NO",
                                        type.sql(),
                                        null,
                                        numericPrecision(type),
                                        numericScale(type),
                                        fractionDigits(type)));
                    }
                });
        return rows;
    }

    private static List<List<@Nullable Object>> sizes(Catalog catalog) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        forEachTable(
                catalog,
                (schema, table) -> {
                    double count = table.statistics().rowCount();
                    double bytes = table.statistics().bytes();
                    rows.add(
                            row(
                                    catalog.name(),
                                    schema,
                                    table.name().table(),
                                    Double.isNaN(count) ? null : (Object) (long) count,
                                    Double.isNaN(bytes) ? null : (Object) (long) bytes,
                                    !Double.isNaN(count)));
                });
        return rows;
    }

    private interface TableVisitor {
        void visit(String schema, TableSnapshot table);
    }

    private static void forEachTable(Catalog catalog, TableVisitor visitor) {
        for (String schema : catalog.schemas()) {
            for (String name : catalog.tables(schema)) {
                Optional<TableSnapshot> table;
                try {
                    table = catalog.table(schema, name);
                } catch (NeuralakeException e) {
                    continue; // one broken file must not hide the other tables
                }
                table.ifPresent(t -> visitor.visit(schema, t));
            }
        }
    }

    private static @Nullable Long numericPrecision(Type type) {
        return switch (type) {
            case DecimalType decimal -> (long) decimal.precision();
            case ScalarType.TINYINT -> 8L;
            case ScalarType.SMALLINT -> 16L;
            case ScalarType.INTEGER -> 32L;
            case ScalarType.BIGINT -> 64L;
            case ScalarType.REAL -> 24L;
            case ScalarType.DOUBLE -> 53L;
            default -> null;
        };
    }

    private static @Nullable Long numericScale(Type type) {
        return switch (type) {
            case DecimalType decimal -> (long) decimal.scale();
            case ScalarType.TINYINT, ScalarType.SMALLINT, ScalarType.INTEGER, ScalarType.BIGINT ->
                    0L;
            default -> null;
        };
    }

    private static @Nullable Long fractionDigits(Type type) {
        return switch (type) {
            case ScalarType.DATE -> 0L;
            case ScalarType.TIME, ScalarType.TIMESTAMP, ScalarType.TIMESTAMP_TZ -> 6L;
            default -> null;
        };
    }

    private static Schema columns(String... names) {
        return new Schema(Arrays.stream(names).map(name -> Field.of(name, VARCHAR)).toList());
    }

    private static List<@Nullable Object> row(@Nullable Object... values) {
        return Arrays.asList(values);
    }
}
