package io.neuralake.connector.files;

import io.neuralake.spi.connector.BatchSource;
import io.neuralake.spi.connector.Connector;
import io.neuralake.spi.connector.ScanContext;
import io.neuralake.spi.connector.ScanMetrics;
import io.neuralake.spi.connector.ScanRequest;
import io.neuralake.spi.connector.Split;
import io.neuralake.spi.connector.SplitSource;
import io.neuralake.storage.StoredEntry;

import java.util.Iterator;
import java.util.Optional;

/// Reads text tables, a file a split.
final class TextConnector implements Connector {
    /// A whole file.
    private record FileSplit(StoredEntry file) implements Split {
        private static final long ASSUMED_ROW_BYTES = 100;

        @Override
        public long rowCount() {
            return file.bytes() / ASSUMED_ROW_BYTES;
        }

        @Override
        public long bytes() {
            return file.bytes();
        }
    }

    @Override
    public SplitSource splits(ScanRequest request, ScanMetrics metrics) {
        Iterator<StoredEntry> files = table(request).files().iterator();
        return new SplitSource() {
            @Override
            public synchronized Optional<Split> next() {
                return files.hasNext()
                        ? Optional.of(new FileSplit(files.next()))
                        : Optional.empty();
            }
        };
    }

    @Override
    public BatchSource open(Split split, ScanRequest request, ScanContext context) {
        TextTable table = table(request);
        StoredEntry file = ((FileSplit) split).file();
        context.metrics().add(ScanMetrics.Counter.FILES, 1);
        return new TextBatchSource(
                table.format().open(file, table.schema()), table.schema(), request, context);
    }

    private static TextTable table(ScanRequest request) {
        return (TextTable) request.table();
    }
}
