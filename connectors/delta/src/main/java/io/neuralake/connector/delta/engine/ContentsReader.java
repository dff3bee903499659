package io.neuralake.connector.delta.engine;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.internal.SnapshotImpl;
import io.delta.kernel.internal.actions.AddFile;
import io.delta.kernel.internal.actions.DomainMetadata;
import io.delta.kernel.internal.actions.Metadata;
import io.delta.kernel.internal.actions.Protocol;
import io.delta.kernel.internal.actions.RemoveFile;
import io.delta.kernel.internal.actions.SetTransaction;
import io.delta.kernel.internal.checkpoints.SidecarFile;
import io.delta.kernel.internal.snapshot.LogSegment;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import io.neuralake.connector.delta.log.ActionTypes;
import io.neuralake.connector.delta.log.FileKey;
import io.neuralake.connector.delta.log.LogContents;
import io.neuralake.connector.delta.log.LogContents.Entry;
import io.neuralake.connector.delta.log.LogContents.Sidecar;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.StoredEntry;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Adds up a version with all that its actions say, tombstones included. Reads the checkpoint and then
/// every commit, oldest first. For one thread, once.
final class ContentsReader {
    /// `add` as the protocol has it: the kernel does without the last member.
    private static final StructType ADD =
            AddFile.FULL_SCHEMA.add("clusteringProvider", StringType.STRING);

    private static final StructType ACTIONS =
            new StructType()
                    .add("protocol", Protocol.FULL_SCHEMA)
                    .add("metaData", Metadata.FULL_SCHEMA)
                    .add("txn", SetTransaction.FULL_SCHEMA)
                    .add("domainMetadata", DomainMetadata.FULL_SCHEMA)
                    .add("add", ADD)
                    .add("remove", RemoveFile.FULL_SCHEMA);
    private static final StructType CHECKPOINT = ACTIONS.add("sidecar", SidecarFile.READ_SCHEMA);
    private static final StructType SIDECAR =
            new StructType().add("add", ADD).add("remove", RemoveFile.FULL_SCHEMA);

    private final KernelEngine engine;
    private final SnapshotImpl snapshot;
    private final LogSegment segment;
    private final ActionTypes types = types();
    private final Map<Object, List<@Nullable Object>> transactions = new LinkedHashMap<>();
    private final Map<Object, List<@Nullable Object>> domains = new LinkedHashMap<>();
    private final Map<FileKey, Entry> files = new LinkedHashMap<>();
    private final Map<FileKey, Entry> tombstones = new LinkedHashMap<>();
    private final Map<String, Sidecar> sidecars = new LinkedHashMap<>();
    private List<@Nullable Object> protocol = List.of();
    private List<@Nullable Object> metadata = List.of();

    ContentsReader(KernelEngine engine, SnapshotImpl snapshot) {
        this.engine = engine;
        this.snapshot = snapshot;
        this.segment = snapshot.getLogSegment();
    }

    private static ActionTypes types() {
        Map<String, io.neuralake.spi.type.StructType> types = new LinkedHashMap<>();
        for (StructField field : ACTIONS.fields()) {
            types.put(
                    field.getName(),
                    (io.neuralake.spi.type.StructType) DeltaTypes.type(field.getDataType()));
        }
        return new ActionTypes(types);
    }

    LogContents read() {
        for (FileStatus checkpoint : segment.getCheckpoints()) {
            readCheckpoint(checkpoint);
        }
        List<FileStatus> commits = new ArrayList<>(segment.getDeltas());
        commits.sort(Comparator.comparing(FileStatus::getPath));
        for (FileStatus commit : commits) {
            add(engine.json().read(commit.getPath(), ACTIONS), null);
        }
        if (protocol.isEmpty() || metadata.isEmpty()) {
            throw new NeuralakeException(
                    ErrorCode.CORRUPT_FILE,
                    "Delta log has no protocol or no metadata: " + segment.getLogPath());
        }
        domains.values()
                .removeIf(
                        (List<@Nullable Object> row) ->
                                Boolean.TRUE.equals(
                                        types.member("domainMetadata", row, "removed")));
        return new LogContents(
                types,
                new LogContents.Header(
                        segment.getVersion(),
                        snapshot.getTimestamp(engine),
                        KernelSchemas.protocol(snapshot.getProtocol()),
                        KernelSchemas.metadata(snapshot.getMetadata()),
                        segment.getCheckpointVersionOpt().orElse(-1L)),
                protocol,
                metadata,
                transactions.values(),
                domains.values(),
                files.values(),
                tombstones.values(),
                sidecars);
    }

    private void readCheckpoint(FileStatus file) {
        List<FileStatus> found = new ArrayList<>();
        if (file.getPath().endsWith(".json")) {
            ColumnarBatch batch = engine.json().read(file.getPath(), CHECKPOINT);
            add(batch, null);
            sidecars(segment.getLogPath().toString(), batch, found);
        } else {
            try (CloseableIterator<ColumnarBatch> batches =
                    engine.parquet().batches(file, CHECKPOINT)) {
                while (batches.hasNext()) {
                    ColumnarBatch batch = batches.next();
                    add(batch, null);
                    sidecars(segment.getLogPath().toString(), batch, found);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        found.forEach(this::readSidecar);
    }

    private void readSidecar(FileStatus file) {
        String name = file.getPath().substring(file.getPath().lastIndexOf('/') + 1);
        int rows = 0;
        try (CloseableIterator<ColumnarBatch> batches = engine.parquet().batches(file, SIDECAR)) {
            while (batches.hasNext()) {
                ColumnarBatch batch = batches.next();
                rows += batch.getSize();
                add(batch, name);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sidecars.put(name, new Sidecar(name, file.getSize(), file.getModificationTime(), rows));
    }

    /// Appends the sidecars that rows of a checkpoint name.
    static void sidecars(String logFolder, ColumnarBatch batch, List<FileStatus> into) {
        ColumnVector vector = batch.getColumnVector(batch.getSchema().indexOf("sidecar"));
        for (int row = 0; row < batch.getSize(); row++) {
            SidecarFile sidecar = SidecarFile.fromColumnVector(vector, row);
            if (sidecar != null) {
                into.add(
                        FileStatus.of(
                                logFolder + "/_sidecars/" + sidecar.getPath(),
                                sidecar.getSizeInBytes(),
                                sidecar.getModificationTime()));
            }
        }
    }

    /// Returns the names of the sidecars of a checkpoint's file.
    static List<String> sidecarNames(KernelEngine engine, StoredEntry file) {
        String path = file.path();
        StructType schema = new StructType().add("sidecar", SidecarFile.READ_SCHEMA);
        List<FileStatus> found = new ArrayList<>();
        if (path.endsWith(".json")) {
            sidecars("", engine.json().read(path, schema), found);
        } else {
            try (CloseableIterator<ColumnarBatch> batches =
                    engine.parquet()
                            .batches(
                                    FileStatus.of(path, file.bytes(), file.modifiedMillis()),
                                    schema)) {
                while (batches.hasNext()) {
                    sidecars("", batches.next(), found);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return found.stream()
                .map(FileStatus::getPath)
                .map(sidecar -> sidecar.substring(sidecar.lastIndexOf('/') + 1))
                .toList();
    }

    private void add(ColumnarBatch batch, @Nullable String sidecar) {
        for (int i = 0; i < batch.getSchema().length(); i++) {
            String kind = batch.getSchema().at(i).getName();
            ColumnVector vector = batch.getColumnVector(i);
            for (int row = 0; types.types().containsKey(kind) && row < batch.getSize(); row++) {
                if (KernelValues.java(vector, row) instanceof List<?> members) {
                    @SuppressWarnings("unchecked")
                    List<@Nullable Object> action = (List<@Nullable Object>) members;
                    add(kind, action, sidecar);
                }
            }
        }
    }

    private void add(String kind, List<@Nullable Object> row, @Nullable String sidecar) {
        switch (kind) {
            case "protocol" -> protocol = row;
            case "metaData" -> metadata = row;
            case "txn" -> transactions.put(first(row), row);
            case "domainMetadata" -> domains.put(first(row), row);
            case "add" -> {
                FileKey key = key(kind, row);
                tombstones.remove(key);
                files.put(key, new Entry(row, sidecar));
            }
            case "remove" -> {
                FileKey key = key(kind, row);
                files.remove(key);
                tombstones.put(key, new Entry(row, sidecar));
            }
            default -> {}
        }
    }

    /// Returns the member that identifies a transaction or a domain.
    private static Object first(List<@Nullable Object> row) {
        return Objects.requireNonNull(row.getFirst());
    }

    private FileKey key(String kind, List<@Nullable Object> row) {
        return types.key(kind, row);
    }
}
