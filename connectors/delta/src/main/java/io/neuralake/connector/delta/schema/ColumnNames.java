package io.neuralake.connector.delta.schema;

import io.neuralake.connector.parquet.schema.FileSchema;
import io.neuralake.connector.parquet.schema.ParquetField;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// What a column and its members are called in the table and in its files (Delta's column mapping), and whether files
/// have them as the type says.
///
/// @param name the logical name
/// @param physicalName the name in files, in statistics and in partition values
/// @param id the Parquet field identifier; [ParquetField#NO_ID] without mapping
/// @param form what files have of it
/// @param below of a struct its members; of a list one node for its elements, of a map two for its
///     keys and values, whose names mean nothing; else empty
public record ColumnNames(
        String name, String physicalName, int id, ColumnForm form, List<ColumnNames> below) {
    /// Copies the list.
    public ColumnNames {
        below = List.copyOf(below);
    }

    /// Returns the path of the first column that files have in another form than its type's, itself or below; null
    /// for none.
    public @Nullable String otherForm() {
        if (form != ColumnForm.PLAIN) {
            return name;
        }
        for (ColumnNames member : below) {
            String found = member.otherForm();
            if (found != null) {
                return name.isEmpty() ? found : found.isEmpty() ? name : name + "." + found;
            }
        }
        return null;
    }

    /// Finds the field among those of a file.
    ///
    /// @param byId whether identifiers come before names
    @Nullable ParquetField find(List<ParquetField> fields, boolean byId) {
        if (byId && id != ParquetField.NO_ID) {
            boolean identified = false;
            for (ParquetField field : fields) {
                if (field.id() == id) {
                    return field;
                }
                identified |= field.id() != ParquetField.NO_ID;
            }
            if (identified) {
                return null;
            }
        }
        return FileSchema.find(fields, physicalName);
    }
}
