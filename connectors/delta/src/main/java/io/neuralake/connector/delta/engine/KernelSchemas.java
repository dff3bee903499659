package io.neuralake.connector.delta.engine;

import io.delta.kernel.internal.actions.Metadata;
import io.delta.kernel.internal.actions.Protocol;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.FieldMetadata;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.connector.delta.log.TableMetadata;
import io.neuralake.connector.delta.log.TableProtocol;
import io.neuralake.connector.delta.schema.ColumnNames;
import io.neuralake.connector.delta.schema.TableSchema;
import io.neuralake.connector.parquet.schema.ParquetField;

import java.util.ArrayList;
import java.util.List;

/// Turns what the kernel says of a table into this project's records.
final class KernelSchemas {
    private static final String MAPPING_MODE = "delta.columnMapping.mode";
    private static final String PHYSICAL_NAME = "delta.columnMapping.physicalName";
    private static final String ID = "delta.columnMapping.id";

    private KernelSchemas() {}

    static TableProtocol protocol(Protocol protocol) {
        return new TableProtocol(
                protocol.getMinReaderVersion(),
                protocol.getMinWriterVersion(),
                protocol.getReaderFeatures(),
                protocol.getWriterFeatures());
    }

    /// Throws UNSUPPORTED for a type that has no counterpart.
    static TableMetadata metadata(Metadata metadata) {
        StructType struct = metadata.getSchema();
        String mode = metadata.getConfiguration().getOrDefault(MAPPING_MODE, "none");
        boolean mapped = !mode.equalsIgnoreCase("none");
        List<ColumnNames> names = new ArrayList<>();
        for (StructField field : struct.fields()) {
            names.add(names(field, mapped));
        }
        return new TableMetadata(
                metadata.getId(),
                metadata.getDescription().orElse(""),
                new TableSchema(
                        DeltaTypes.schema(struct),
                        names,
                        metadata.getPartitionColNames(),
                        mode.equalsIgnoreCase("id")),
                metadata.getConfiguration());
    }

    /// Reads the names of a field. Without column mapping, what a field says of it is left over.
    private static ColumnNames names(StructField field, boolean mapped) {
        FieldMetadata metadata = field.getMetadata();
        String physical =
                mapped && metadata.contains(PHYSICAL_NAME)
                        ? metadata.getString(PHYSICAL_NAME)
                        : field.getName();
        int id =
                mapped && metadata.contains(ID)
                        ? Math.toIntExact(metadata.getLong(ID))
                        : ParquetField.NO_ID;
        return new ColumnNames(field.getName(), physical, id, below(field.getDataType(), mapped));
    }

    private static List<ColumnNames> below(DataType type, boolean mapped) {
        return switch (type) {
            case StructType struct -> {
                List<ColumnNames> members = new ArrayList<>();
                for (StructField member : struct.fields()) {
                    members.add(names(member, mapped));
                }
                yield members;
            }
            case ArrayType array -> List.of(unnamed(array.getElementType(), mapped));
            case MapType map ->
                    List.of(unnamed(map.getKeyType(), mapped), unnamed(map.getValueType(), mapped));
            default -> List.of();
        };
    }

    private static ColumnNames unnamed(DataType type, boolean mapped) {
        return new ColumnNames("", "", ParquetField.NO_ID, below(type, mapped));
    }
}
