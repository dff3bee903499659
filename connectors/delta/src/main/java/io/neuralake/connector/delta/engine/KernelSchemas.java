package io.neuralake.connector.delta.engine;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.internal.actions.Metadata;
import io.delta.kernel.internal.actions.Protocol;
import io.delta.kernel.internal.types.DataTypeJsonSerDe;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.FieldMetadata;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.VariantType;
import io.neuralake.connector.delta.log.TableMetadata;
import io.neuralake.connector.delta.log.TableProtocol;
import io.neuralake.connector.delta.schema.ColumnForm;
import io.neuralake.connector.delta.schema.ColumnNames;
import io.neuralake.connector.delta.schema.TableSchema;
import io.neuralake.connector.parquet.schema.ParquetField;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Turns what the kernel says of a table into this project's records.
public final class KernelSchemas {
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
        List<String> partitions = new ArrayList<>();
        ColumnVector names = metadata.getPartitionColumns().getElements();
        for (int i = 0; i < metadata.getPartitionColumns().getSize(); i++) {
            partitions.add(names.getString(i));
        }
        return new TableMetadata(
                metadata.getId(),
                metadata.getName().orElse(null),
                metadata.getDescription().orElse(""),
                metadata.getSchemaString(),
                partitions,
                metadata.getConfiguration(),
                metadata.getCreatedTime().orElse(null),
                schema(metadata.getSchemaString(), partitions, metadata.getConfiguration()));
    }

    /// Reads the columns of a table. Throws UNSUPPORTED for a type that has no counterpart.
    ///
    /// @param json as the log has them
    /// @param partitions names of the partition columns
    public static TableSchema schema(
            String json, List<String> partitions, Map<String, String> properties) {
        return schema(
                DataTypeJsonSerDe.deserializeStructType(VoidColumns.known(json)),
                partitions,
                properties);
    }

    private static TableSchema schema(
            StructType struct, List<String> partitions, Map<String, String> properties) {
        String mode = properties.getOrDefault(MAPPING_MODE, "none");
        boolean mapped = !mode.equalsIgnoreCase("none");
        List<ColumnNames> names = new ArrayList<>();
        for (StructField field : struct.fields()) {
            names.add(names(field, mapped));
        }
        return new TableSchema(
                DeltaTypes.schema(struct),
                names,
                Set.copyOf(partitions),
                mode.equalsIgnoreCase("id"));
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
        ColumnForm form = VoidColumns.is(metadata) ? ColumnForm.VOID : form(field.getDataType());
        return new ColumnNames(
                field.getName(), physical, id, form, below(field.getDataType(), mapped));
    }

    private static ColumnForm form(DataType type) {
        return type instanceof VariantType ? ColumnForm.VARIANT : ColumnForm.PLAIN;
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
        return new ColumnNames("", "", ParquetField.NO_ID, form(type), below(type, mapped));
    }
}
