package io.neuralake.planner.write;

import io.neuralake.planner.catalog.MemoryTable;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.SupportsTimeTravel;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableStatistics;
import io.neuralake.spi.catalog.TableVersion;
import io.neuralake.spi.change.RowAddress;
import io.neuralake.spi.change.SupportsChanges;
import io.neuralake.spi.change.SupportsMaintenance;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.change.TableTransaction;
import io.neuralake.spi.connector.BatchSource;
import io.neuralake.spi.connector.Connector;
import io.neuralake.spi.connector.ScanContext;
import io.neuralake.spi.connector.ScanMetrics;
import io.neuralake.spi.connector.ScanRequest;
import io.neuralake.spi.connector.Split;
import io.neuralake.spi.connector.SplitSource;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A version of a table of [MemoryLake], perhaps with addresses.
record MemoryVersion(MemoryLake lake, QualifiedName name, MemoryState state, boolean addressed)
        implements SupportsChanges, SupportsTimeTravel, SupportsMaintenance {
    static final long FILE = 7;

    @Override
    public Schema schema() {
        List<Field> fields = new ArrayList<>(state.definition().schema().fields());
        if (addressed) {
            fields.add(RowAddress.FILE);
            fields.add(RowAddress.ROW);
        }
        return new Schema(fields);
    }

    private MemoryTable rows() {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (int i = 0; i < state.rows().size(); i++) {
            List<@Nullable Object> row = new ArrayList<>(state.rows().get(i).values());
            if (addressed) {
                row.add(FILE);
                row.add((long) i);
            }
            rows.add(row);
        }
        return new MemoryTable(name, schema(), rows);
    }

    @Override
    public TableStatistics statistics() {
        return rows().statistics();
    }

    @Override
    public Object version() {
        return List.of(state.definition(), state.rows(), state.version());
    }

    @Override
    public TableDefinition definition() {
        return state.definition();
    }

    @Override
    public TableTransaction begin() {
        return new MemoryTransaction(lake, name, state, false);
    }

    @Override
    public TableSnapshot at(TableVersion version) {
        long wanted =
                switch (version) {
                    case TableVersion.Number(long number) -> number;
                    // One version a second since 1970.
                    case TableVersion.Time(long micros) -> micros / 1_000_000;
                };
        return lake.snapshot(name.table(), lake.versions(name.table()).get((int) wanted));
    }

    @Override
    public List<String> vacuum(@Nullable Duration retention, boolean dryRun) {
        return List.of("a.parquet", "b.parquet");
    }

    @Override
    public boolean isCompactionDue(int minFiles) {
        return "true".equals(definition().properties().get("delta.autoOptimize.autoCompact"));
    }

    @Override
    public long checkpoint() {
        return state.version();
    }

    @Override
    public Connector connector() {
        return new Rows();
    }

    private static final class Rows implements Connector {
        @Override
        public SplitSource splits(ScanRequest request, ScanMetrics metrics) {
            ScanRequest inner = inner(request);
            return inner.table().connector().splits(inner, metrics);
        }

        @Override
        public BatchSource open(Split split, ScanRequest request, ScanContext context) {
            ScanRequest inner = inner(request);
            return inner.table().connector().open(split, inner, context);
        }

        private static ScanRequest inner(ScanRequest request) {
            return new ScanRequest(
                    ((MemoryVersion) request.table()).rows(),
                    request.columns(),
                    request.predicates());
        }
    }
}
