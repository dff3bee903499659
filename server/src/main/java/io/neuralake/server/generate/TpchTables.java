package io.neuralake.server.generate;

import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;
import io.trino.tpch.TpchColumn;
import io.trino.tpch.TpchEntity;
import io.trino.tpch.TpchTable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The eight tables of TPC-H, with rows of `io.trino.tpch`, which agrees with dbgen. Money and
/// quantities are DECIMAL(15, 2), keys BIGINT.
public final class TpchTables {
    /// Rows at scale 1 (TPC-H specification 4.2.5).
    private static final Map<String, Long> ROWS_AT_SCALE_1 =
            Map.of(
                    "customer", 150_000L,
                    "orders", 1_500_000L,
                    "lineitem", 6_001_215L,
                    "part", 200_000L,
                    "partsupp", 800_000L,
                    "supplier", 10_000L,
                    "nation", 25L,
                    "region", 5L);

    private TpchTables() {}

    /// Returns the tables at a scale factor.
    public static List<GeneratedTable> at(double scale) {
        List<GeneratedTable> tables = new ArrayList<>();
        for (TpchTable<?> table : TpchTable.getTables()) {
            tables.add(table(table, scale));
        }
        return tables;
    }

    private static <E extends TpchEntity> GeneratedTable table(TpchTable<E> table, double scale) {
        List<TpchColumn<E>> columns = table.getColumns();
        Schema schema =
                new Schema(
                        columns.stream()
                                .map(c -> new Field(c.getColumnName(), type(c), false))
                                .toList());
        return new GeneratedTable() {
            @Override
            public String name() {
                return table.getTableName();
            }

            @Override
            public Schema schema() {
                return schema;
            }

            @Override
            public long expectedRows() {
                long rows = ROWS_AT_SCALE_1.getOrDefault(table.getTableName(), 1L);
                return rows <= 25 ? rows : Math.max(1, (long) (rows * scale));
            }

            @Override
            public void generate(RowBuilder rows, Consumer<RowBuilder> endOfRow) {
                for (E entity : table.createGenerator(scale, 1, 1)) {
                    for (TpchColumn<E> column : columns) {
                        switch (column.getType().getBase()) {
                            case IDENTIFIER -> rows.add(column.getIdentifier(entity));
                            case INTEGER -> rows.add(column.getInteger(entity));
                            case DATE -> rows.add(column.getDate(entity));
                            case DOUBLE -> rows.add(Math.round(column.getDouble(entity) * 100));
                            case VARCHAR -> rows.add(column.getString(entity));
                        }
                    }
                    endOfRow.accept(rows);
                }
            }
        };
    }

    private static Type type(TpchColumn<?> column) {
        return switch (column.getType().getBase()) {
            case IDENTIFIER -> ScalarType.BIGINT;
            case INTEGER -> ScalarType.INTEGER;
            case DATE -> ScalarType.DATE;
            case DOUBLE -> new DecimalType(15, 2);
            case VARCHAR -> ScalarType.VARCHAR;
        };
    }
}
