package io.neuralake.connector.parquet.write;

import io.neuralake.connector.parquet.write.ColumnShredder.Entries;
import io.neuralake.connector.parquet.write.ColumnShredder.FieldShape;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.statistics.ColumnSketches;
import io.neuralake.spi.statistics.DistinctSketch;
import io.neuralake.spi.statistics.ValueHash;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The leaves of a file's columns: shredders that fill buffers, and encoders that empty them. For one
/// thread, but for the encoders.
final class LeafColumns {
    private final FileLayout layout;
    private final MessageType message;
    private final List<ColumnShredder> roots = new ArrayList<>();
    private final List<ColumnShredder.Leaf> leaves = new ArrayList<>();
    private final List<ChunkEncoder> encoders = new ArrayList<>();
    private final List<Summed> summed = new ArrayList<>();
    private List<LeafBuffer> buffers = new ArrayList<>();
    private byte[] levels = new byte[0];

    /// What the file's statistics are made of.
    ///
    /// @param leaf position of the leaf; -1 for what is a list or map
    private record Summed(List<String> path, Type type, ColumnShredder nulls, int leaf) {}

    LeafColumns(FileLayout layout, MessageType message) {
        this.layout = layout;
        this.message = message;
        for (Field field : layout.schema().fields()) {
            boolean optional = layout.optional() || field.nullable();
            Place place = new Place(List.of(field.name()), optional ? 1 : 0, 0, optional, true);
            roots.add(shredder(place, field.type(), field.nullable()));
        }
    }

    /// Where a field is.
    ///
    /// @param definition the number of levels down to it, its own included
    /// @param repetition the number of lists around it
    /// @param optional whether it has a level of its own for nulls
    /// @param summedUp whether statistics are wanted
    private record Place(
            List<String> path, int definition, int repetition, boolean optional, boolean summedUp) {
        Place below(String name, boolean nullable, int lists) {
            List<String> names = new ArrayList<>(path);
            names.add(name);
            return new Place(
                    names,
                    definition + lists + (nullable ? 1 : 0),
                    repetition + lists,
                    nullable,
                    summedUp && lists == 0);
        }

        Place below(String group, String name, boolean nullable) {
            List<String> names = new ArrayList<>(path);
            names.add(group);
            return new Place(names, definition, repetition, nullable, false)
                    .below(name, nullable, 1);
        }
    }

    private ColumnShredder shredder(Place place, Type type, boolean nullable) {
        FieldShape shape =
                new FieldShape(
                        String.join(".", place.path()),
                        nullable,
                        place.optional(),
                        place.definition());
        return switch (type) {
            case ScalarType _, DecimalType _ -> leaf(place, shape, type);
            case StructType struct -> {
                List<ColumnShredder> members = new ArrayList<>();
                for (Field member : struct.fields()) {
                    boolean optional = layout.optional() || member.nullable();
                    members.add(
                            shredder(
                                    place.below(member.name(), optional, 0),
                                    member.type(),
                                    member.nullable()));
                }
                yield new ColumnShredder.Struct(shape, members);
            }
            case ListType list -> {
                Place element = place.below("list", "element", true);
                yield repeated(
                        place, type, shape, List.of(shredder(element, list.element(), true)));
            }
            case MapType map -> {
                Place key = place.below("key_value", "key", false);
                Place value = place.below("key_value", "value", true);
                yield repeated(
                        place,
                        type,
                        shape,
                        List.of(
                                shredder(key, map.key(), false),
                                shredder(value, map.value(), true)));
            }
        };
    }

    private ColumnShredder repeated(
            Place place, Type type, FieldShape shape, List<ColumnShredder> elements) {
        ColumnShredder shredder =
                new ColumnShredder.Repeated(shape, elements, place.repetition() + 1);
        if (place.summedUp()) {
            summed.add(new Summed(place.path(), type, shredder, -1));
        }
        return shredder;
    }

    private ColumnShredder leaf(Place place, FieldShape shape, Type type) {
        ColumnDescriptor descriptor =
                message.getColumnDescription(place.path().toArray(String[]::new));
        LeafBuffer buffer = new LeafBuffer(descriptor, values(type));
        ColumnShredder.Leaf leaf = new ColumnShredder.Leaf(shape, buffer);
        boolean sketched = place.path().size() == 1 && ValueHash.isHashed(type);
        DistinctSketch sketch = sketched ? new DistinctSketch(ColumnSketches.PRECISION) : null;
        if (place.summedUp()) {
            summed.add(new Summed(place.path(), type, leaf, leaves.size()));
        }
        leaves.add(leaf);
        buffers.add(buffer);
        encoders.add(encoder(buffer, sketch));
        return leaf;
    }

    private static LeafValues values(Type type) {
        return switch (type.physical()) {
            case BIT, INT8, INT16, INT32, INT64, FLOAT32, FLOAT64 -> new LongValues();
            case INT128 -> new WideValues();
            case VIEW -> new TextValues();
            case LIST, STRUCT -> throw new IllegalStateException("Not a leaf: " + type.sql());
        };
    }

    private static ChunkEncoder encoder(LeafBuffer leaf, @Nullable DistinctSketch sketch) {
        return switch (leaf.values) {
            case LongValues _ -> new LongEncoder(leaf, sketch);
            case WideValues _ -> new WideEncoder(leaf, sketch);
            case TextValues _ -> new TextEncoder(leaf, sketch);
        };
    }

    /// Adds rows of a batch.
    ///
    /// @param rows which rows
    /// @param count how many
    void add(Batch batch, int[] rows, int count) {
        if (levels.length < count) {
            levels = new byte[count];
        }
        for (int c = 0; c < roots.size(); c++) {
            // Levels of rows that are there mean nothing, and none is repeated.
            byte[] repetitions = new byte[count];
            roots.get(c).add(batch.column(c), new Entries(rows, levels, repetitions, count));
        }
    }

    /// Returns the bytes of what was added since the last [#swap].
    long bytes() {
        long bytes = 0;
        for (LeafBuffer buffer : buffers) {
            bytes += buffer.bytes();
        }
        return bytes;
    }

    /// Hands over what was added.
    ///
    /// @param free buffers to fill from now on; empty for new ones
    List<LeafBuffer> swap(List<LeafBuffer> free) {
        List<LeafBuffer> full = buffers;
        buffers = new ArrayList<>();
        for (int i = 0; i < full.size(); i++) {
            LeafBuffer next =
                    free.isEmpty()
                            ? new LeafBuffer(full.get(i).descriptor, fresh(full.get(i).values))
                            : free.get(i);
            next.clear();
            buffers.add(next);
            leaves.get(i).fill(next);
        }
        return full;
    }

    private static LeafValues fresh(LeafValues values) {
        return switch (values) {
            case LongValues _ -> new LongValues();
            case WideValues _ -> new WideValues();
            case TextValues _ -> new TextValues();
        };
    }

    /// Returns the encoders, one a leaf.
    List<ChunkEncoder> encoders() {
        return encoders;
    }

    /// Returns the sketches by the columns' names, once all is encoded.
    Map<String, DistinctSketch> sketches() {
        Map<String, DistinctSketch> sketches = new LinkedHashMap<>();
        for (Summed column : summed) {
            DistinctSketch sketch = column.leaf() < 0 ? null : encoders.get(column.leaf()).sketch();
            if (sketch != null) {
                sketches.put(column.path().getFirst(), sketch);
            }
        }
        return sketches;
    }

    /// Returns what is known of the columns, once all is encoded.
    List<WrittenFile.Column> columns() {
        List<WrittenFile.Column> columns = new ArrayList<>();
        for (Summed column : summed) {
            long nulls = column.nulls().nulls();
            columns.add(
                    column.leaf() < 0
                            ? new WrittenFile.Column(column.path(), nulls, null, null)
                            : Bounds.of(
                                    column.path(),
                                    column.type(),
                                    nulls,
                                    encoders.get(column.leaf()).statistics()));
        }
        return columns;
    }
}
