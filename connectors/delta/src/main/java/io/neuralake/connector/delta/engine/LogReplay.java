package io.neuralake.connector.delta.engine;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.internal.actions.DomainMetadata;
import io.delta.kernel.internal.actions.SetTransaction;
import io.delta.kernel.internal.checkpoints.SidecarFile;
import io.delta.kernel.internal.snapshot.LogSegment;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import io.neuralake.connector.delta.log.LogAction;
import io.neuralake.connector.delta.log.TableMetadata;
import io.neuralake.connector.delta.log.TableProtocol;
import io.neuralake.connector.delta.log.TableState;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Adds up the files of a log that make one version: a checkpoint with its sidecars, then commits, of
/// which a compacted log file may stand for several. The kernel found them; it could replay them as
/// well, but refuses paths that are no URIs, such as `time=12:00/a.parquet`, which writers do write.
final class LogReplay {
    private static final StructType CHECKPOINT =
            new StructType()
                    .add("add", KernelLog.ADD_SCHEMA)
                    .add("txn", SetTransaction.FULL_SCHEMA)
                    .add("domainMetadata", DomainMetadata.FULL_SCHEMA)
                    .add("sidecar", SidecarFile.READ_SCHEMA);
    private static final StructType SIDECAR = new StructType().add("add", KernelLog.ADD_SCHEMA);

    private final KernelEngine engine;
    private final LogSegment segment;

    LogReplay(KernelEngine engine, LogSegment segment) {
        this.engine = engine;
        this.segment = segment;
    }

    /// Returns the version.
    ///
    /// @param millis its time
    TableState replay(TableProtocol protocol, TableMetadata metadata, long millis) {
        List<LogAction> actions = new ArrayList<>();
        actions.add(new LogAction.SetProtocol(protocol));
        actions.add(new LogAction.SetMetadata(metadata));
        for (FileStatus checkpoint : segment.getCheckpoints()) {
            readCheckpoint(checkpoint, actions);
        }
        TableState state = TableState.of(segment.getVersion(), millis, actions);
        // Newest first, as the kernel has them; checkpoints are among them.
        List<FileStatus> files = new ArrayList<>(segment.allFilesWithCompactionsReversed());
        Collections.reverse(files);
        for (FileStatus file : files) {
            if (segment.getCheckpoints().contains(file)) {
                continue;
            }
            List<LogAction> commit = new ArrayList<>();
            ActionReader.readFiles(
                    engine.json().read(file.getPath(), KernelLog.COMMIT_SCHEMA), commit);
            state = state.with(commit);
        }
        return state;
    }

    private void readCheckpoint(FileStatus file, List<LogAction> into) {
        List<FileStatus> sidecars = new ArrayList<>();
        if (file.getPath().endsWith(".json")) {
            read(engine.json().read(file.getPath(), CHECKPOINT), into, sidecars);
        } else {
            readParquet(file, CHECKPOINT, into, sidecars);
        }
        for (FileStatus sidecar : sidecars) {
            readParquet(sidecar, SIDECAR, into, sidecars);
        }
    }

    private void readParquet(
            FileStatus file, StructType schema, List<LogAction> into, List<FileStatus> sidecars) {
        try (CloseableIterator<ColumnarBatch> batches = engine.parquet().batches(file, schema)) {
            while (batches.hasNext()) {
                read(batches.next(), into, sidecars);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(ColumnarBatch batch, List<LogAction> into, List<FileStatus> sidecars) {
        ActionReader.readFiles(batch, into);
        int ordinal = batch.getSchema().indexOf("sidecar");
        if (ordinal < 0) {
            return;
        }
        ColumnVector vector = batch.getColumnVector(ordinal);
        for (int row = 0; row < batch.getSize(); row++) {
            SidecarFile sidecar = SidecarFile.fromColumnVector(vector, row);
            if (sidecar != null) {
                sidecars.add(
                        FileStatus.of(
                                segment.getLogPath() + "/_sidecars/" + sidecar.getPath(),
                                sidecar.getSizeInBytes(),
                                sidecar.getModificationTime()));
            }
        }
    }
}
