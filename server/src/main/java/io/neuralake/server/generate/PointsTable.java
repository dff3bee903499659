package io.neuralake.server.generate;

import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import java.util.List;
import java.util.function.Consumer;

/// A table in which single rows are looked up: ordered by its key, whose values have gaps, with other
/// columns that follow from the key, so that every answer can be checked.
public final class PointsTable implements GeneratedTable {
    /// The table's name.
    public static final String NAME = "points";

    private static final int GAP = 3;
    private static final long DAY_MICROS = 86_400_000_000L;
    private static final long FIRST_MICROS = 1_735_689_600_000_000L; // 2025-01-01T00:00Z
    private static final int ACCOUNTS = 1_000_000;
    private static final int CENTS = 10_000_000;

    private final long rows;

    /// Makes a table of so many rows.
    public PointsTable(long rows) {
        this.rows = rows;
    }

    /// Returns the key of a row.
    public static long key(long row) {
        return row * GAP;
    }

    /// Returns the account of a key.
    public static long account(long key) {
        return Math.floorMod(mixed(key), ACCOUNTS);
    }

    /// Mixes the bits of a key (Steele et al., "Fast Splittable Pseudorandom Number Generators",
    /// 2014).
    private static long mixed(long key) {
        long z = key * 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Schema schema() {
        return new Schema(
                List.of(
                        new Field("id", ScalarType.BIGINT, false),
                        new Field("account", ScalarType.INTEGER, false),
                        new Field("amount", new DecimalType(12, 2), false),
                        new Field("at", ScalarType.TIMESTAMP, false),
                        new Field("label", ScalarType.VARCHAR, false)));
    }

    @Override
    public long expectedRows() {
        return rows;
    }

    @Override
    public void generate(RowBuilder builder, Consumer<RowBuilder> endOfRow) {
        for (long row = 0; row < rows; row++) {
            long key = key(row);
            long mixed = mixed(key);
            builder.add(key)
                    .add(account(key))
                    .add(Math.floorMod(mixed >>> 7, CENTS))
                    .add(FIRST_MICROS + Math.floorMod(mixed >>> 3, 365 * DAY_MICROS))
                    .add("label " + Long.toHexString(mixed & 0xFFFFFFFL));
            endOfRow.accept(builder);
        }
    }
}
