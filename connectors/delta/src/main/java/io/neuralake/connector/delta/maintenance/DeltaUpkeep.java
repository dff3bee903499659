package io.neuralake.connector.delta.maintenance;

import io.neuralake.connector.delta.commit.CommitLog;
import io.neuralake.connector.delta.log.TableMetadata;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.connector.delta.scan.TableUpkeep;
import io.neuralake.connector.delta.scan.VectorSource;
import io.neuralake.connector.delta.write.BinPacking;
import io.neuralake.connector.delta.write.WriteTarget;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/// Vacuums tables and writes checkpoints when asked. Thread-safe.
public final class DeltaUpkeep implements TableUpkeep {
    private final VectorSource vectors;
    private final CommitLog commits;
    private final InstantSource clock;

    /// Makes one.
    ///
    /// @param vectors finds deletion vectors
    /// @param commits how commits come into being
    public DeltaUpkeep(VectorSource vectors, CommitLog commits, InstantSource clock) {
        this.vectors = vectors;
        this.commits = commits;
        this.clock = clock;
    }

    @Override
    public List<String> vacuum(DeltaTable table, @Nullable Duration retention, boolean dryRun) {
        return new Vacuum(table.log(), table.folder(), vectors::path, commits, clock)
                .run(retention, dryRun);
    }

    @Override
    public boolean isCompactionDue(DeltaTable table, int minFiles) {
        TableMetadata metadata = table.state().metadata();
        if (table.state().fileCount() < minFiles
                || !new TableProperties(metadata.properties()).compactsItself()) {
            return false;
        }
        long bytes =
                WriteTarget.of(table.log().store(), table.folder(), metadata).targetFileBytes();
        return !BinPacking.small(table, table.files(), bytes, minFiles).isEmpty();
    }

    @Override
    public long checkpoint(DeltaTable table) {
        return LogMaintenance.checkpoint(table.log(), clock);
    }
}
