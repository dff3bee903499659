package io.neuralake.connector.delta.scan;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.CommitSummary;
import io.neuralake.connector.delta.log.TableLog;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.connector.parquet.filter.Pruner;
import io.neuralake.spi.catalog.PartStatistics;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.SupportsAnalyze;
import io.neuralake.spi.catalog.SupportsTimeTravel;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableStatistics;
import io.neuralake.spi.catalog.TableVersion;
import io.neuralake.spi.change.SupportsChanges;
import io.neuralake.spi.change.SupportsMaintenance;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.change.TableTransaction;
import io.neuralake.spi.connector.Connector;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.expression.ScanPredicate;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// One version of a Delta table, as a query sees it.
public final class DeltaTable
        implements SupportsChanges, SupportsTimeTravel, SupportsMaintenance, SupportsAnalyze {
    private static final long MICROS_A_MILLI = 1000;

    private final QualifiedName name;
    private final String folder;
    private final TableLog log;
    private final TableState state;
    private final DeltaConnector connector;
    private final @Nullable ReadSet reads;
    private final @Nullable Writing writing;
    private volatile @Nullable List<AddFile> files;
    private @Nullable TableStatistics statistics;
    private volatile int analyses;

    /// What tells versions of tables apart.
    private record Version(
            String folder,
            String id,
            long number,
            long millis,
            @Nullable ReadSet reads,
            int analyses) {}

    /// Who changes the table.
    private record Writing(TableChanges changes, TableUpkeep upkeep) {}

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
        this(name, folder, log, state, connector, null, null);
    }

    /// Returns this version so that it can be changed and cleared up.
    public DeltaTable changedBy(TableChanges how, TableUpkeep upkeep) {
        return new DeltaTable(name, folder, log, state, connector, reads, new Writing(how, upkeep));
    }

    private DeltaTable(
            QualifiedName name,
            String folder,
            TableLog log,
            TableState state,
            DeltaConnector connector,
            @Nullable ReadSet reads,
            @Nullable Writing writing) {
        this.name = name;
        this.folder = folder;
        this.log = log;
        this.state = state;
        this.connector = connector;
        this.reads = reads;
        this.writing = writing;
    }

    @Override
    public TableDefinition definition() {
        return writing().changes().definition(this);
    }

    @Override
    public TableTransaction begin() {
        return writing().changes().begin(this);
    }

    private Writing writing() {
        Writing known = writing;
        if (known == null) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Only the newest version of a table can be changed: "
                            + name
                            + ", version "
                            + state.version());
        }
        return known;
    }

    /// Returns this version so that scans note what they read. Older versions, which cannot change any more,
    /// are not noted.
    public DeltaTable tracked(ReadSet into) {
        return new DeltaTable(name, folder, log, state, connector, into, writing);
    }

    /// Returns this version with the addresses of its rows. Scans note what they read.
    public FileSet addressed(ReadSet into) {
        return new FileSet(tracked(into), files(), true);
    }

    /// Returns the files, whose order is the same for every table of one [TableState].
    public List<AddFile> files() {
        List<AddFile> known = files;
        if (known == null) {
            List<AddFile> found = new ArrayList<>(state.fileCount());
            state.files().forEach(found::add);
            known = List.copyOf(found);
            files = known;
        }
        return known;
    }

    /// Tells whether rows of a file may meet a condition, by its partition values and statistics.
    public boolean mayMatch(AddFile file, ScanPredicate condition) {
        FileBounds bounds = new FileBounds(state.metadata().schema());
        return Pruner.mayMatch(condition, path -> bounds.of(file, path));
    }

    /// Returns where scans note what they read; null for nowhere.
    @Nullable ReadSet reads() {
        return reads;
    }

    /// Returns the table's folder.
    public String folder() {
        return folder;
    }

    /// Returns the log that the version is of.
    public TableLog log() {
        return log;
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
        return new Version(
                folder, state.metadata().id(), state.version(), state.millis(), reads, analyses);
    }

    @Override
    public Connector connector() {
        return connector;
    }

    @Override
    public List<String> vacuum(@Nullable Duration retention, boolean dryRun) {
        return writing().upkeep().vacuum(this, retention, dryRun);
    }

    @Override
    public boolean isCompactionDue(int minFiles) {
        return writing().upkeep().isCompactionDue(this, minFiles);
    }

    @Override
    public long checkpoint() {
        return writing().upkeep().checkpoint(this);
    }

    @Override
    public List<TableSnapshot> parts() {
        return connector.parts(this);
    }

    @Override
    public synchronized void keep(List<PartStatistics> found) {
        connector.keep(this, found);
        statistics = null;
        analyses++;
    }
}
