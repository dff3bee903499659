package io.neuralake.exec.row;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.Collections;

/// Makes columns of one repeated value.
public final class ConstantColumns {
    private ConstantColumns() {}

    /// Returns a column of `rowCount` nulls, which the caller owns.
    public static Column nulls(Type type, int rowCount, MemoryAllocator allocator) {
        return of(type, null, rowCount, allocator);
    }

    /// Returns a column of `rowCount` times `value`, which the caller owns.
    ///
    /// @param value in the Java form of the type
    public static Column of(
            Type type, @Nullable Object value, int rowCount, MemoryAllocator allocator) {
        return new ConstantColumn(
                rowCount, ColumnBuilder.of(allocator, type, Collections.singletonList(value)));
    }

    /// Returns a column that repeats the one row of `single`, which stays the caller's.
    static Column of(int rowCount, Column single) {
        return new ConstantColumn(rowCount, single.retain());
    }
}
