package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.schema.ParquetField;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.StructColumn;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Objects of a shredded variant: some of their fields are columns, the others one binary. Fields are in order of their
/// names. For one thread.
final class VariantObject implements VariantTyped {
    /// A field that is a column.
    ///
    /// @param member its place in the struct
    private record Field(byte[] name, int member, VariantGroup value) {}

    private final VariantParts parts;
    private final List<Field> fields = new ArrayList<>();
    private final VariantContainer others = new VariantContainer();
    private @Nullable StructColumn objects;
    private boolean isFirst;

    VariantObject(ParquetField.Struct object, VariantParts parts) {
        this.parts = parts;
        for (int i = 0; i < object.members().size(); i++) {
            if (!(object.members().get(i) instanceof ParquetField.Struct group)) {
                throw new CorruptFile("a field of a shredded variant is no group");
            }
            fields.add(
                    new Field(
                            group.name().getBytes(StandardCharsets.UTF_8),
                            i,
                            new VariantGroup(group, parts)));
        }
        fields.sort((left, right) -> Arrays.compareUnsigned(left.name, right.name));
    }

    @Override
    public void bind(Column column) {
        StructColumn struct = (StructColumn) column;
        objects = struct;
        for (Field field : fields) {
            field.value.bind((StructColumn) struct.children().get(field.member));
        }
    }

    @Override
    public boolean isNull(int row) {
        return objects == null || objects.isNull(row);
    }

    @Override
    public void write(int row, @Nullable ViewCursor rest) {
        int count = 0;
        if (rest != null) {
            CorruptFile.check(
                    rest.length() > 0 && (rest.bytes()[0] & 3) == VariantContainer.OBJECT,
                    "a shredded variant has two values");
            others.open(rest.bytes(), 0, rest.length());
            count = others.count();
        }
        JsonText out = parts.out();
        out.raw('{');
        isFirst = true;
        int next = 0;
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            while (rest != null && next < count && compare(next, field.name) < 0) {
                other(rest, next++);
            }
            if (!field.value.isMissing(row)) {
                separate();
                out.string(field.name, 0, field.name.length);
                out.raw(':');
                field.value.write(row);
            }
        }
        while (rest != null && next < count) {
            other(rest, next++);
        }
        out.raw('}');
    }

    /// Compares the name of a field that is no column with that of one that is. Throws [CorruptFile] when they are equal.
    private int compare(int part, byte[] name) {
        VariantKeys keys = parts.keys();
        long id = others.id(part);
        int order =
                Arrays.compareUnsigned(
                        keys.bytes(), keys.from(id), keys.end(id), name, 0, name.length);
        CorruptFile.check(order != 0, "a shredded variant has a field twice");
        return order;
    }

    private void other(ViewCursor rest, int part) {
        separate();
        parts.printer().field(others, rest.bytes(), part, 0);
    }

    private void separate() {
        if (isFirst) {
            isFirst = false;
        } else {
            parts.out().raw(',');
        }
    }
}
