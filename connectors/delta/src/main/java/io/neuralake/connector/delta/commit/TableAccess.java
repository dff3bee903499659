package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.log.TableLog;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.connector.delta.scan.DeltaConnector;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.storage.ObjectStore;

import java.time.InstantSource;

/// A table and what it is read and written with.
///
/// @param folder the table's folder, absolute
record TableAccess(
        QualifiedName name,
        String folder,
        TableLog log,
        DeltaConnector connector,
        Services services) {
    /// What all tables are written with.
    ///
    /// @param listener is told of every commit
    record Services(
            ObjectStore store, CommitLog commits, CommitListener listener, InstantSource clock) {}

    /// Opens a state of the table.
    DeltaTable open(TableState state) {
        return new DeltaTable(name, folder, log, state, connector);
    }

    ObjectStore store() {
        return services.store();
    }

    long nowMillis() {
        return services.clock().millis();
    }
}
