package io.neuralake.spi.change;

import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;

/// Where a row of a snapshot lies: two columns behind those of the table, and two more if the table keeps identifiers of
/// its rows. Only the snapshot's own change understands them.
public final class RowAddress {
    /// The file, INTEGER, a number that the change gave it.
    public static final Field FILE = new Field("$file", ScalarType.INTEGER, false);

    /// The row's position in the file, BIGINT from 0, deleted rows counted.
    public static final Field ROW = new Field("$row", ScalarType.BIGINT, false);

    /// The row's identifier, BIGINT, as far as its file has one of its own for it, else null.
    public static final Field ID = new Field("$row_id", ScalarType.BIGINT, true);

    /// The version in which the row was last changed, BIGINT, as far as its file has one of its own for it, else
    /// null.
    public static final Field VERSION = new Field("$row_version", ScalarType.BIGINT, true);

    private RowAddress() {}
}
