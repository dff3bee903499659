package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.connector.delta.scan.ReadSet;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.error.NeuralakeException;

import java.util.List;

/// Starts transactions that make or replace a table.
final class TableCreation {
    /// Says that a folder is going to be a table, so that its files are not taken for one before.
    private static final String MARKER = "/.creating-";

    private TableCreation() {}

    /// Returns the path of the file that says that a table is being made.
    static String marker(TableAccess access, String transaction) {
        return access.log().folder() + MARKER + transaction;
    }

    /// @param replacing whether a table that another transaction makes meanwhile shall be replaced
    static DeltaTransaction create(
            TableAccess access, TableDefinition definition, boolean replacing) {
        TableDraft draft = DefinitionWriter.write(definition, null, access.nowMillis());
        StagedChanges staged =
                new StagedChanges(TableState.before(draft.protocol(), draft.metadata()), true);
        staged.replacing(replacing);
        staged.define(draft, "CREATE TABLE");
        DeltaTransaction transaction = new DeltaTransaction(access, staged);
        String log = access.log().folder();
        String marker = marker(access, transaction.id());
        access.store().put(marker, new byte[0]);
        transaction.whenUndone(
                () -> {
                    access.store().delete(List.of(marker));
                    try {
                        // Folders go only if they are empty, and no other transaction makes the
                        // table.
                        access.store().delete(List.of(log, access.folder()));
                    } catch (NeuralakeException inUse) {
                        // An empty table's folder does no harm.
                    }
                });
        return transaction;
    }

    /// Replaces a table by its next version, which has the same identifier and none of its files.
    static DeltaTransaction replace(
            TableAccess access, TableState base, TableDefinition definition) {
        Writability.check(base);
        Writability.checkRemoval(TableDraft.of(base));
        TableDraft draft =
                DefinitionWriter.write(definition, TableDraft.of(base), access.nowMillis());
        StagedChanges staged = new StagedChanges(base, false);
        staged.define(draft, "REPLACE TABLE");
        FileChanges files = new FileChanges();
        for (AddFile file : base.files()) {
            files.remove(file.withDetails(file.details().withDataChange(true)));
        }
        staged.replace(files);
        ReadSet reads = new ReadSet();
        reads.addTable();
        staged.read(reads);
        return new DeltaTransaction(access, staged);
    }
}
