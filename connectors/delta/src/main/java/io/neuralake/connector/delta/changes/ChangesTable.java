package io.neuralake.connector.delta.changes;

import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableStatistics;
import io.neuralake.spi.connector.Connector;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import java.util.ArrayList;
import java.util.List;

/// The rows that commits of a table changed, with its columns as they are after the last of them, and with
/// the kind, the version and the time of each change. Immutable.
public final class ChangesTable implements TableSnapshot {
    /// `insert`, `delete`, `update_preimage` or `update_postimage`.
    static final Field TYPE = new Field("_change_type", ScalarType.VARCHAR, false);

    private static final Field VERSION = new Field("_commit_version", ScalarType.BIGINT, false);
    private static final Field TIME =
            new Field("_commit_timestamp", ScalarType.TIMESTAMP_TZ, false);

    private final DeltaTable last;
    private final long from;
    private final long[] millis;
    private final Schema schema;
    private final ChangesConnector connector;

    private record Version(Object last, long from) {}

    /// Lists the changes of versions, both ends included. The log must still have them.
    ///
    /// @param last the table after the last of them
    /// @param millis when the files of their commits were written, not to be changed
    ChangesTable(DeltaTable last, long from, long[] millis) {
        this.last = last;
        this.from = from;
        this.millis = millis;
        List<Field> fields = new ArrayList<>(last.schema().fields());
        fields.addAll(List.of(TYPE, VERSION, TIME));
        this.schema = new Schema(fields);
        this.connector = new ChangesConnector();
    }

    /// Returns the table after the last change.
    DeltaTable last() {
        return last;
    }

    long from() {
        return from;
    }

    long to() {
        return last.state().version();
    }

    /// Returns when the file of a commit was written, in milliseconds since 1970-01-01 UTC.
    long millis(long version) {
        return millis[(int) (version - from)];
    }

    @Override
    public QualifiedName name() {
        return last.name();
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public TableStatistics statistics() {
        return TableStatistics.UNKNOWN;
    }

    @Override
    public Object version() {
        return new Version(last.version(), from);
    }

    @Override
    public Connector connector() {
        return connector;
    }
}
