package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.page.PageReader;
import io.neuralake.connector.parquet.schema.FileSchema;
import io.neuralake.connector.parquet.schema.LeafColumn;
import io.neuralake.connector.parquet.schema.ParquetField;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StructColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/// Reads a list, map or struct: puts columns together from the levels of the leaves below, as in
/// Dremel, but column-wise. For one thread.
///
/// A node is read in the scope of the innermost list above it, given by that list's element
/// definition level and repetition level (0 and 0 at the top): its slots are the level pairs whose
/// definition is at least the first and whose repetition is at most the second.
public final class NestedColumnReader implements ColumnReader {
    /// What to build; mirrors [ParquetField], cut to the requested members.
    private sealed interface Node {
        /// The leaf whose levels tell the node's structure.
        NestedLeafReader structure();
    }

    private record LeafNode(NestedLeafReader structure) implements Node {}

    private record StructNode(
            StructType type,
            List<@Nullable Node> members,
            int definition,
            boolean nullable,
            NestedLeafReader structure)
            implements Node {}

    private record VariantNode(StructNode group, VariantText text) implements Node {
        @Override
        public NestedLeafReader structure() {
            return group.structure;
        }
    }

    private record ListNode(
            Type type, Node element, ParquetField.Repeated field, NestedLeafReader structure)
            implements Node {}

    private final MemoryAllocator allocator;
    private final List<NestedLeafReader> leaves = new ArrayList<>();
    private final List<VariantText> variants = new ArrayList<>();
    private final List<Column> leafColumns = new ArrayList<>();
    private final Node root;

    /// Opens the chunks below `field`.
    ///
    /// @param type the type to read the field as: structs may have fewer members, in any order
    /// @param chunks opens the chunk of a leaf
    public NestedColumnReader(
            ParquetField field,
            Type type,
            Function<LeafColumn, PageReader> chunks,
            MemoryAllocator allocator) {
        this.allocator = allocator;
        try {
            this.root = node(field, type, 0, chunks);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private Node node(
            ParquetField field,
            Type type,
            int slotDefinition,
            Function<LeafColumn, PageReader> chunks) {
        return switch (field) {
            case ParquetField.Leaf leaf -> {
                if (!leaf.type().equals(type)) {
                    throw mismatch(field, type);
                }
                yield leaf(leaf.column(), slotDefinition, chunks);
            }
            case ParquetField.Repeated repeated -> {
                Type element =
                        switch (type) {
                            case ListType list -> list.element();
                            case MapType map -> map.entry();
                            default -> throw mismatch(field, type);
                        };
                Node child =
                        node(repeated.element(), element, repeated.elementDefinition(), chunks);
                yield new ListNode(type, child, repeated, child.structure());
            }
            case ParquetField.Struct struct -> struct(struct, type, slotDefinition, chunks);
            case ParquetField.Variant variant -> {
                if (!variant.type().equals(type)) {
                    throw mismatch(field, type);
                }
                StructNode group =
                        struct(variant.group(), variant.group().type(), slotDefinition, chunks);
                VariantText text = new VariantText(variant, allocator);
                variants.add(text);
                yield new VariantNode(group, text);
            }
        };
    }

    private LeafNode leaf(
            LeafColumn column, int slotDefinition, Function<LeafColumn, PageReader> chunks) {
        NestedLeafReader reader =
                new NestedLeafReader(chunks.apply(column), slotDefinition, allocator);
        leaves.add(reader);
        return new LeafNode(reader);
    }

    private StructNode struct(
            ParquetField.Struct struct,
            Type type,
            int slotDefinition,
            Function<LeafColumn, PageReader> chunks) {
        if (!(type instanceof StructType wanted)) {
            throw mismatch(struct, type);
        }
        List<@Nullable Node> members = new ArrayList<>();
        NestedLeafReader structure = null;
        for (Field member : wanted.fields()) {
            ParquetField found = FileSchema.find(struct.members(), member.name());
            Node node = found == null ? null : node(found, member.type(), slotDefinition, chunks);
            members.add(node);
            if (node != null && structure == null) {
                structure = node.structure();
            }
        }
        if (structure == null) {
            // No member is wanted or there: some leaf has to tell which structs are null.
            structure =
                    leaf(FileSchema.leavesOf(struct).getFirst(), slotDefinition, chunks)
                            .structure();
        }
        return new StructNode(
                wanted,
                Collections.unmodifiableList(members),
                struct.definition(),
                struct.definition() > slotDefinition,
                structure);
    }

    private static RuntimeException mismatch(ParquetField field, Type type) {
        return CorruptFile.unsupported(
                "Column type differs between files of the table: "
                        + field.name()
                        + " is "
                        + field.type().sql()
                        + ", expected "
                        + type.sql());
    }

    @Override
    public void skip(long rows) {
        leaves.forEach(leaf -> leaf.skip(rows));
    }

    @Override
    public Column read(int rows) {
        NestedLeafReader current = leaves.getFirst();
        try {
            for (NestedLeafReader leaf : leaves) {
                current = leaf;
                leafColumns.add(leaf.read(rows));
            }
            Column column = assemble(root, 0, 0);
            if (column.rowCount() != rows) {
                column.release();
                throw new CorruptFile("levels do not add up to the rows");
            }
            return column;
        } catch (RuntimeException e) {
            throw current.failure(e);
        } finally {
            leafColumns.forEach(Column::release);
            leafColumns.clear();
        }
    }

    private Column assemble(Node node, int scopeDefinition, int scopeRepetition) {
        return switch (node) {
            case LeafNode leaf -> leafColumns.get(leaves.indexOf(leaf.structure)).retain();
            case StructNode struct -> struct(struct, scopeDefinition, scopeRepetition);
            case ListNode list -> list(list, scopeDefinition, scopeRepetition);
            case VariantNode variant -> {
                Column group = struct(variant.group, scopeDefinition, scopeRepetition);
                try {
                    yield variant.text.read((StructColumn) group);
                } finally {
                    group.release();
                }
            }
        };
    }

    private Column struct(StructNode node, int scopeDefinition, int scopeRepetition) {
        int slots = slots(node.structure, scopeDefinition, scopeRepetition);
        List<Column> members = new ArrayList<>();
        try {
            for (int i = 0; i < node.members.size(); i++) {
                Node member = node.members.get(i);
                Column column =
                        member == null
                                ? nulls(node.type.fields().get(i).type(), slots)
                                : assemble(member, scopeDefinition, scopeRepetition);
                members.add(column);
                CorruptFile.check(
                        column.rowCount() == slots, "the members of a struct differ in count");
            }
            DataBuffer validity =
                    node.nullable ? validity(node, slots, scopeDefinition, scopeRepetition) : null;
            return new StructColumn(node.type, slots, members, validity);
        } catch (RuntimeException e) {
            members.forEach(Column::release);
            throw e;
        }
    }

    private Column nulls(Type type, int slots) {
        return ColumnBuilder.of(allocator, type, Collections.nCopies(slots, null));
    }

    private static int slots(NestedLeafReader leaf, int definition, int repetition) {
        byte[] definitions = leaf.definitions();
        byte[] repetitions = leaf.repetitions();
        int slots = 0;
        for (int i = 0; i < leaf.entries(); i++) {
            slots += definitions[i] >= definition && repetitions[i] <= repetition ? 1 : 0;
        }
        return slots;
    }

    private @Nullable DataBuffer validity(
            StructNode node, int slots, int scopeDefinition, int scopeRepetition) {
        byte[] definitions = node.structure.definitions();
        byte[] repetitions = node.structure.repetitions();
        DataBuffer bits = allocator.allocateZeroed(Bitmap.bytes(slots));
        int slot = 0;
        int set = 0;
        for (int i = 0; i < node.structure.entries(); i++) {
            if (definitions[i] >= scopeDefinition && repetitions[i] <= scopeRepetition) {
                if (definitions[i] >= node.definition) {
                    Bitmap.set(bits.segment(), slot, true);
                    set++;
                }
                slot++;
            }
        }
        return keepUnlessFull(bits, set == slots);
    }

    private static @Nullable DataBuffer keepUnlessFull(DataBuffer bits, boolean full) {
        if (full) {
            bits.release();
            return null;
        }
        return bits;
    }

    private Column list(ListNode node, int scopeDefinition, int scopeRepetition) {
        ParquetField.Repeated field = node.field;
        Column child = assemble(node.element, field.elementDefinition(), field.repetition());
        DataBuffer offsets = null;
        DataBuffer validity = null;
        try {
            int slots = slots(node.structure, scopeDefinition, scopeRepetition);
            offsets = allocator.allocate(4L * (slots + 1));
            validity = allocator.allocateZeroed(Bitmap.bytes(slots));
            byte[] definitions = node.structure.definitions();
            byte[] repetitions = node.structure.repetitions();
            int slot = 0;
            int set = 0;
            int elements = 0;
            for (int i = 0; i < node.structure.entries(); i++) {
                int definition = definitions[i];
                if (definition >= scopeDefinition && repetitions[i] <= scopeRepetition) {
                    offsets.segment().set(ValueLayout.JAVA_INT_UNALIGNED, 4L * slot, elements);
                    if (definition >= field.present()) {
                        Bitmap.set(validity.segment(), slot, true);
                        set++;
                    }
                    slot++;
                }
                if (definition >= field.elementDefinition()
                        && repetitions[i] <= field.repetition()) {
                    CorruptFile.check(slot > 0, "a repetition level is out of place");
                    elements++;
                }
            }
            offsets.segment().set(ValueLayout.JAVA_INT_UNALIGNED, 4L * slots, elements);
            CorruptFile.check(
                    child.rowCount() == elements, "the columns of a list differ in count");
            DataBuffer nulls = keepUnlessFull(validity, set == slots);
            validity = null;
            return new ListColumn(node.type, slots, offsets, child, nulls);
        } catch (RuntimeException e) {
            child.release();
            if (offsets != null) {
                offsets.release();
            }
            if (validity != null) {
                validity.release();
            }
            throw e;
        }
    }

    @Override
    public void close() {
        leaves.forEach(NestedLeafReader::close);
        variants.forEach(VariantText::close);
    }
}
