package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.DeltaFormat;
import io.neuralake.connector.delta.engine.KernelEngine;
import io.neuralake.connector.delta.engine.KernelLog;
import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.connector.parquet.ParquetFormat;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.change.ChangeInfo;
import io.neuralake.spi.change.ChangeOperation;
import io.neuralake.spi.change.ColumnDefinition;
import io.neuralake.spi.change.SupportsTableChanges.CreateMode;
import io.neuralake.spi.change.TableAlteration;
import io.neuralake.spi.change.TableChange;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.change.TableTransaction;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;
import io.neuralake.storage.LocalStore;
import io.neuralake.storage.ObjectStore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/// A table in a folder, whose files a test only claims to be there.
final class ChangedTable {
    static final QualifiedName NAME = new QualifiedName("lake", "main", "t");

    final Path folder;
    final DeltaFormat format;

    ChangedTable(Path folder) {
        this(folder, new LocalStore());
    }

    ChangedTable(Path folder, ObjectStore store) {
        this.folder = folder;
        this.format =
                new DeltaFormat(
                        store, new ParquetFormat(), new StoreCommitLog(store), Runnable::run);
    }

    static ColumnDefinition column(String name, Type type) {
        return ColumnDefinition.of(Field.of(name, type));
    }

    static TableDefinition definition(ColumnDefinition... columns) {
        return definition(Map.of(), columns);
    }

    static TableDefinition definition(Map<String, String> properties, ColumnDefinition... columns) {
        return new TableDefinition(
                List.of(columns), List.of(), List.of(), Map.of(), properties, "");
    }

    /// Makes the table with a column `n`.
    ChangedTable create() {
        return create(definition(column("n", ScalarType.BIGINT)));
    }

    ChangedTable create(TableDefinition definition) {
        try (TableTransaction transaction =
                format.create(NAME, folder.toString(), definition, CreateMode.CREATE)) {
            transaction.commit();
        }
        return this;
    }

    DeltaTable open() {
        return (DeltaTable) format.open(NAME, folder.toString());
    }

    DeltaTransaction begin() {
        return (DeltaTransaction) open().begin();
    }

    static ChangeInfo info(ChangeOperation operation) {
        return new ChangeInfo(operation, Map.of(), "tester");
    }

    static AddFile file(String path) {
        return new AddFile(path, Map.of(), 10, 1, "{\"numRecords\":5,\"nullCount\":{}}", null);
    }

    /// Stages a statement that adds files, and reads nothing.
    static void append(DeltaTransaction transaction, String... paths) {
        FileChanges files = new FileChanges();
        for (String path : paths) {
            files.add(file(path));
        }
        stage(transaction, ChangeOperation.APPEND, files);
    }

    /// Stages a statement that takes files of the current state out.
    static void remove(DeltaTransaction transaction, ChangeOperation operation, AddFile... gone) {
        FileChanges files = new FileChanges();
        for (AddFile file : gone) {
            files.remove(file);
        }
        stage(transaction, operation, files);
    }

    static void stage(DeltaTransaction transaction, ChangeOperation operation, FileChanges files) {
        try (TableChange change = transaction.change(info(operation))) {
            DeltaTable table = (DeltaTable) change.snapshot();
            transaction.stage(
                    new StagedChanges.Statement(
                            info(operation),
                            CommitProvenance.operation(operation),
                            TableDraft.of(table.state()),
                            files,
                            List.of(),
                            Map.of(),
                            0),
                    List.of(),
                    List.of());
        }
    }

    long append(String... paths) {
        try (DeltaTransaction transaction = begin()) {
            append(transaction, paths);
            return transaction.commit();
        }
    }

    long alter(TableAlteration alteration) {
        try (TableTransaction transaction = begin()) {
            try (TableChange change = transaction.change(info(ChangeOperation.ALTER))) {
                change.alter(alteration);
                change.stage();
            }
            return transaction.commit();
        }
    }

    List<String> paths() {
        return paths(open().state());
    }

    static List<String> paths(TableState state) {
        TreeSet<String> paths = new TreeSet<>();
        state.files().forEach(file -> paths.add(file.path()));
        return List.copyOf(paths);
    }

    /// Reads the table as another process would: through the kernel, which checks the protocol.
    TableState reread() {
        KernelEngine engine = new KernelEngine(new LocalStore(), new ParquetFormat().connector());
        return new KernelLog(engine, folder.toString()).load(null);
    }

    List<String> commit(long version) {
        try {
            return Files.readAllLines(
                    folder.resolve("_delta_log/" + "%020d".formatted(version) + ".json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Returns the files of the log, hidden ones too.
    List<String> logFiles() {
        try (Stream<Path> files = Files.list(folder.resolve("_delta_log"))) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
