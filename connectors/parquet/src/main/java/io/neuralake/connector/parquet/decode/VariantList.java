package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StructColumn;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Lists of a shredded variant. For one thread.
final class VariantList implements VariantTyped {
    private final VariantGroup element;
    private final JsonText out;
    private @Nullable Column lists;
    private MemorySegment offsets = MemorySegment.NULL;

    VariantList(VariantGroup element, JsonText out) {
        this.element = element;
        this.out = out;
    }

    @Override
    public void bind(Column column) {
        ListColumn list = (ListColumn) column;
        lists = list;
        offsets = list.offsets();
        element.bind((StructColumn) list.child());
    }

    @Override
    public boolean isNull(int row) {
        return lists == null || lists.isNull(row);
    }

    @Override
    public void write(int row, @Nullable ViewCursor rest) {
        CorruptFile.check(rest == null, "a shredded variant has two values");
        int from = offsets.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * row);
        int end = offsets.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * row + 4);
        out.raw('[');
        for (int i = from; i < end; i++) {
            if (i > from) {
                out.raw(',');
            }
            element.write(i);
        }
        out.raw(']');
    }
}
