package io.neuralake.connector.delta.scan;

import io.neuralake.connector.delta.log.CommitSummary;
import io.neuralake.connector.delta.log.TableLog;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.SupportsTimeTravel;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableStatistics;
import io.neuralake.spi.catalog.TableVersion;
import io.neuralake.spi.connector.Connector;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// One version of a Delta table, as a query sees it.
public final class DeltaTable implements TableSnapshot, SupportsTimeTravel {
    private static final long MICROS_A_MILLI = 1000;

    private final QualifiedName name;
    private final String folder;
    private final TableLog log;
    private final TableState state;
    private final DeltaConnector connector;
    private @Nullable TableStatistics statistics;

    /// What tells versions of tables apart.
    private record Version(String folder, String id, long number, long millis) {}

    /// Makes a version.
    ///
    /// @param folder the table's folder
    /// @param log where other versions are found
    public DeltaTable(
            QualifiedName name,
            String folder,
            TableLog log,
            TableState state,
            DeltaConnector connector) {
        this.name = name;
        this.folder = folder;
        this.log = log;
        this.state = state;
        this.connector = connector;
    }

    /// Returns the table's folder.
    public String folder() {
        return folder;
    }

    /// Returns what the log says of the version.
    public TableState state() {
        return state;
    }

    /// Returns what the commits up to this version say of themselves, the newest first, as far as the
    /// log still has them.
    public List<CommitSummary> history() {
        return log.history(state);
    }

    @Override
    public TableSnapshot at(TableVersion version) {
        TableState found =
                switch (version) {
                    case TableVersion.Number number -> log.version(number.number());
                    case TableVersion.Time time ->
                            log.at(Math.floorDiv(time.micros(), MICROS_A_MILLI));
                };
        return found.isVersion(state) ? this : new DeltaTable(name, folder, log, found, connector);
    }

    @Override
    public QualifiedName name() {
        return name;
    }

    @Override
    public Schema schema() {
        return state.metadata().schema().schema();
    }

    @Override
    public String comment() {
        return state.metadata().description();
    }

    @Override
    public synchronized TableStatistics statistics() {
        TableStatistics known = statistics;
        if (known == null) {
            known = connector.statistics(this);
            statistics = known;
        }
        return known;
    }

    @Override
    public Object version() {
        return new Version(folder, state.metadata().id(), state.version(), state.millis());
    }

    @Override
    public Connector connector() {
        return connector;
    }
}
