package io.neuralake.connector.delta.schema;

import io.neuralake.connector.parquet.ColumnOrigin;
import io.neuralake.connector.parquet.schema.FileSchema;
import io.neuralake.connector.parquet.schema.ParquetField;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// The columns of one version of a table and where its files have them. Immutable.
public final class TableSchema {
    private final Schema schema;
    private final List<ColumnNames> names;
    private final boolean[] partition;
    private final List<String> partitionNames;
    private final FileColumns files;
    private final boolean byId;

    /// Makes a schema.
    ///
    /// @param names one entry a column
    /// @param partitionColumns the columns whose values are those of a file's partition
    /// @param byId whether files are asked for a column's identifier before its name
    public TableSchema(
            Schema schema, List<ColumnNames> names, Set<String> partitionColumns, boolean byId) {
        this.schema = schema;
        this.names = List.copyOf(names);
        this.byId = byId;
        this.files = new FileColumns(byId);
        this.partition = new boolean[schema.size()];
        Set<String> lower =
                partitionColumns.stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .collect(Collectors.toSet());
        List<String> partitions = new ArrayList<>();
        for (int i = 0; i < schema.size(); i++) {
            String name = schema.field(i).name();
            partition[i] = lower.contains(name.toLowerCase(Locale.ROOT));
            if (partition[i]) {
                partitions.add(name);
            }
        }
        this.partitionNames = List.copyOf(partitions);
    }

    /// Returns the columns.
    public Schema schema() {
        return schema;
    }

    /// Returns what the columns are called in files, in order.
    public List<ColumnNames> names() {
        return names;
    }

    /// Returns the names of the partition columns, in the order of the schema.
    public List<String> partitionNames() {
        return partitionNames;
    }

    /// Tells whether a column's values are those of the partition that a file belongs to.
    public boolean isPartition(int ordinal) {
        return partition[ordinal];
    }

    /// Returns what a column is called in files.
    public ColumnNames names(int ordinal) {
        return names.get(ordinal);
    }

    /// Returns the path of the first column that files have in another form than its type's; null for none.
    public @Nullable String otherForm() {
        for (ColumnNames column : names) {
            String found = column.otherForm();
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /// Returns the names by which statistics know a column or a member; null when there is no such
    /// member, and for one whose statistics are not of its type.
    ///
    /// @param members names of members, from the column down
    public @Nullable List<String> physicalPath(int ordinal, List<String> members) {
        List<String> path = new ArrayList<>();
        ColumnNames at = names.get(ordinal);
        path.add(at.physicalName());
        for (String member : members) {
            ColumnNames next = null;
            for (ColumnNames candidate : at.below()) {
                if (candidate.name().equals(member)) {
                    next = candidate;
                }
            }
            if (next == null) {
                return null;
            }
            at = next;
            path.add(at.physicalName());
        }
        return at.form() == ColumnForm.PLAIN ? path : null;
    }

    /// Returns the value that a partition column has in a file, in Java form.
    ///
    /// @param values texts by physical name
    public @Nullable Object partitionValue(int ordinal, Map<String, @Nullable String> values) {
        Field field = schema.field(ordinal);
        String physical = names.get(ordinal).physicalName();
        String text = values.get(physical);
        if (text == null && !values.containsKey(physical)) {
            for (Map.Entry<String, @Nullable String> entry : values.entrySet()) {
                if (entry.getKey().equalsIgnoreCase(physical)) {
                    text = entry.getValue();
                }
            }
        }
        return PartitionValues.parse(field, text);
    }

    /// Resolves all columns in a file.
    public List<ColumnOrigin> origins(
            FileSchema file, Map<String, @Nullable String> partitionValues) {
        List<ColumnOrigin> origins = new ArrayList<>();
        for (int i = 0; i < schema.size(); i++) {
            origins.add(
                    partition[i]
                            ? new ColumnOrigin.Constant(partitionValue(i, partitionValues))
                            : stored(file, i));
        }
        return origins;
    }

    private ColumnOrigin stored(FileSchema file, int ordinal) {
        ColumnNames column = names.get(ordinal);
        Field field = schema.field(ordinal);
        ParquetField found =
                column.form() == ColumnForm.VOID ? null : column.find(file.fields(), byId);
        if (found == null) {
            return ColumnOrigin.NULL;
        }
        ParquetField renamed = files.rename(found, column, field.name(), field.type());
        boolean comparable =
                !(renamed instanceof ParquetField.Leaf leaf)
                        || FileColumns.comparable(leaf.type(), field.type());
        return new ColumnOrigin.Stored(renamed, comparable);
    }
}
