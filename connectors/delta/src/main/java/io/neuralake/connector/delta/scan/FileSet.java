package io.neuralake.connector.delta.scan;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.spi.catalog.ColumnStatistics;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableStatistics;
import io.neuralake.spi.change.RowAddress;
import io.neuralake.spi.connector.Connector;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Files of a version of a Delta table, numbered from 0, perhaps with the addresses of their rows as more
/// columns. Immutable.
public final class FileSet implements TableSnapshot {
    private final DeltaTable table;
    private final List<AddFile> files;
    private final boolean addressed;
    private final Schema schema;

    /// What tells sets of files apart: a plan for one must not be run for another.
    private record Version(Object table, List<AddFile> files, boolean addressed) {}

    /// Makes a set.
    ///
    /// @param files of the table; a file's number is its position
    /// @param addressed whether to add the columns of [RowAddress]
    public FileSet(DeltaTable table, List<AddFile> files, boolean addressed) {
        this.table = table;
        this.files = List.copyOf(files);
        this.addressed = addressed;
        List<Field> fields = new ArrayList<>(table.schema().fields());
        if (addressed) {
            fields.add(RowAddress.FILE);
            fields.add(RowAddress.ROW);
            if (table.state().metadata().rowColumns() != null) {
                fields.add(RowAddress.ID);
                fields.add(RowAddress.VERSION);
            }
        }
        this.schema = new Schema(fields);
    }

    /// Returns the version that the files are of.
    public DeltaTable table() {
        return table;
    }

    /// Returns the files, by number.
    public List<AddFile> files() {
        return files;
    }

    /// Tells whether rows come with their addresses.
    public boolean isAddressed() {
        return addressed;
    }

    @Override
    public QualifiedName name() {
        return table.name();
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public String comment() {
        return table.comment();
    }

    @Override
    public TableStatistics statistics() {
        // Nothing is known of the columns behind the table's, which addresses are.
        return files.size() == table.state().fileCount() ? table.statistics() : counted();
    }

    private TableStatistics counted() {
        double rows = 0;
        double bytes = 0;
        for (AddFile file : files) {
            rows += file.rowCount() < 0 ? Double.NaN : file.rowCount();
            bytes += file.size();
        }
        return new TableStatistics(
                rows, bytes, Collections.nCopies(table.schema().size(), ColumnStatistics.UNKNOWN));
    }

    @Override
    public Object version() {
        return new Version(table.version(), files, addressed);
    }

    @Override
    public Connector connector() {
        return table.connector();
    }
}
