package io.neuralake.spi.change;

import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;

/// Where a row of a snapshot lies: two columns behind those of the table. Only the snapshot's own change
/// understands them.
public final class RowAddress {
    /// The file, INTEGER, a number that the change gave it.
    public static final Field FILE = new Field("$file", ScalarType.INTEGER, false);

    /// The row's position in the file, BIGINT from 0, deleted rows counted.
    public static final Field ROW = new Field("$row", ScalarType.BIGINT, false);

    private RowAddress() {}
}
