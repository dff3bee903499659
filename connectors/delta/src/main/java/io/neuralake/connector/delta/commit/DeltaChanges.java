package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.log.TableLog;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.connector.delta.scan.DeltaConnector;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.connector.delta.scan.TableChanges;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.change.TableTransaction;
import io.neuralake.storage.ObjectStore;

import java.time.InstantSource;

/// Starts transactions on Delta tables. Thread-safe.
public final class DeltaChanges implements TableChanges {
    private final DeltaConnector connector;
    private final TableAccess.Services services;

    /// Changes tables in a store.
    ///
    /// @param listener is told of every commit
    public DeltaChanges(
            ObjectStore store,
            DeltaConnector connector,
            CommitLog commits,
            CommitListener listener,
            InstantSource clock) {
        this.connector = connector;
        this.services = new TableAccess.Services(store, commits, listener, clock);
    }

    private TableAccess access(QualifiedName name, String folder, TableLog log) {
        return new TableAccess(name, folder, log, connector, services);
    }

    @Override
    public TableDefinition definition(DeltaTable table) {
        return DefinitionReader.read(TableDraft.of(table.state()));
    }

    @Override
    public TableTransaction begin(DeltaTable table) {
        Writability.check(table.state());
        return new DeltaTransaction(
                access(table.name(), table.folder(), table.log()),
                new StagedChanges(table.state(), false));
    }

    /// Starts making a table. Throws UNSUPPORTED, INVALID_PARAMETER, DUPLICATE_NAME,
    /// COLUMN_NOT_FOUND.
    ///
    /// @param log of the table, which has no commits yet
    /// @param replacing whether the statement may be run again to replace a table that another
    ///     transaction makes meanwhile
    public TableTransaction create(
            QualifiedName name,
            String folder,
            TableLog log,
            TableDefinition definition,
            boolean replacing) {
        return TableCreation.create(access(name, folder, log), definition, replacing);
    }

    /// Starts replacing a table. Throws as [#create].
    public TableTransaction replace(
            QualifiedName name, String folder, TableLog log, TableDefinition definition) {
        TableState base = log.newest();
        return TableCreation.replace(access(name, folder, log), base, definition);
    }
}
