package io.neuralake.server.generate;

import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;
import io.trino.tpcds.Results;
import io.trino.tpcds.Session;
import io.trino.tpcds.Table;
import io.trino.tpcds.column.Column;
import io.trino.tpcds.column.ColumnType;

import org.jspecify.annotations.Nullable;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/// The 24 tables of TPC-DS, with rows of `io.trino.tpcds`, which follows dsdgen. Types are those of
/// the specification: money is DECIMAL(7, 2), keys of dimensions are INTEGER, CHAR is VARCHAR without
/// trailing blanks. Numbers of tickets and orders are BIGINT, since they outgrow INTEGER.
public final class TpcdsTables {
    /// Rows at scale 1 of the tables that dsdgen makes an order at a time, of as many lines as chance
    /// wants.
    private static final Map<Table, Long> ROWS_AT_SCALE_1 =
            Map.of(
                    Table.CATALOG_RETURNS, 144_067L,
                    Table.CATALOG_SALES, 1_441_548L,
                    Table.STORE_RETURNS, 287_514L,
                    Table.STORE_SALES, 2_880_404L,
                    Table.WEB_RETURNS, 71_763L,
                    Table.WEB_SALES, 719_384L);

    private TpcdsTables() {}

    /// Returns the tables at a scale factor, which below 1 shrinks large tables more than small ones.
    public static List<GeneratedTable> at(double scale) {
        List<GeneratedTable> tables = new ArrayList<>();
        for (Table table : Table.getBaseTables()) {
            // Not one of the specification's: dsdgen describes its own run in it.
            if (table != Table.DBGEN_VERSION) {
                tables.add(new TpcdsTable(table, scale));
            }
        }
        return tables;
    }

    private record TpcdsTable(
            Table table, Session session, double scale, Schema schema, List<Parser> parsers)
            implements GeneratedTable {
        TpcdsTable(Table table, double scale) {
            this(
                    table,
                    Session.getDefaultSession().withScale(scale).withTable(table),
                    scale,
                    new Schema(Arrays.stream(table.getColumns()).map(TpcdsTables::field).toList()),
                    Arrays.stream(table.getColumns()).map(TpcdsTables::parser).toList());
        }

        @Override
        public String name() {
            return table.getName();
        }

        @Override
        public long expectedRows() {
            Long atScale1 = ROWS_AT_SCALE_1.get(table);
            return atScale1 == null
                    ? session.getScaling().getRowCount(table)
                    : Math.max(1, (long) (atScale1 * scale));
        }

        @Override
        public void generate(RowBuilder rows, Consumer<RowBuilder> endOfRow) {
            for (List<List<String>> result : Results.constructResults(table, session)) {
                for (List<String> row : result) {
                    for (int c = 0; c < row.size(); c++) {
                        add(row.get(c), parsers.get(c), rows);
                    }
                    endOfRow.accept(rows);
                }
            }
        }
    }

    private static void add(@Nullable String value, Parser parser, RowBuilder rows) {
        if (value == null) {
            rows.addNull();
        } else {
            parser.add(value, rows);
        }
    }

    /// Adds the value that a text of the generator stands for.
    @FunctionalInterface
    private interface Parser {
        void add(String value, RowBuilder rows);
    }

    private static Field field(Column column) {
        return new Field(column.getName().toLowerCase(Locale.ROOT), type(column), true);
    }

    private static Type type(Column column) {
        ColumnType type = column.getType();
        return switch (type.getBase()) {
            case IDENTIFIER ->
                    column.getName().endsWith("_number") ? ScalarType.BIGINT : ScalarType.INTEGER;
            case INTEGER -> ScalarType.INTEGER;
            case DATE -> ScalarType.DATE;
            case DECIMAL ->
                    new DecimalType(
                            type.getPrecision().orElseThrow(), type.getScale().orElseThrow());
            case VARCHAR, CHAR -> ScalarType.VARCHAR;
            case TIME -> throw new IllegalStateException("Not in a table: TIME");
        };
    }

    private static Parser parser(Column column) {
        ColumnType type = column.getType();
        return switch (type.getBase()) {
            case IDENTIFIER, INTEGER -> (value, rows) -> rows.add(Long.parseLong(value));
            case DATE -> (value, rows) -> rows.add(LocalDate.parse(value).toEpochDay());
            case DECIMAL -> {
                int scale = type.getScale().orElseThrow();
                yield (value, rows) -> rows.add(unscaled(value, scale));
            }
            case CHAR -> (value, rows) -> rows.add(value.stripTrailing());
            case VARCHAR, TIME -> (value, rows) -> rows.add(value);
        };
    }

    /// Reads a decimal of at most `scale` digits behind the point.
    static long unscaled(String value, int scale) {
        boolean negative = value.startsWith("-");
        long unscaled = 0;
        int digits = -1;
        for (int i = negative ? 1 : 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '.') {
                digits = 0;
            } else {
                unscaled = unscaled * 10 + Character.digit(c, 10);
                digits += digits < 0 ? 0 : 1;
            }
        }
        for (int digit = Math.max(0, digits); digit < scale; digit++) {
            unscaled *= 10;
        }
        return negative ? -unscaled : unscaled;
    }
}
