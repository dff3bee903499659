package io.neuralake.exec.function;

import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/// Collects the result of a function that may make single rows null: TRY_CAST, lookups of elements.
final class CastOutput {
    private final FunctionInput input;
    private final boolean orNull;
    private @Nullable DataBuffer validity;

    /// Starts with the validity of the arguments.
    ///
    /// @param orNull whether a rejected row becomes null, or raises its error
    CastOutput(FunctionInput input, boolean orNull) {
        this.input = input;
        this.orNull = orNull;
        this.validity = input.validity();
    }

    /// Makes a live row null or throws its error.
    void reject(int row, Supplier<NeuralakeException> error) {
        if (!orNull) {
            throw error.get();
        }
        setNull(row);
    }

    /// Makes a row null.
    void setNull(int row) {
        Bitmap.set(ownValidity(), row, false);
    }

    private MemorySegment ownValidity() {
        DataBuffer old = input.validity();
        if (validity == null || validity == old) {
            DataBuffer own = input.memory().scratch(Bitmap.bytes(input.rowCount()));
            if (old == null) {
                Bitmap.fill(own.segment(), input.rowCount());
            } else {
                BitmapKernels.copy(old.segment(), input.rowCount(), own.segment());
            }
            validity = own;
            return own.segment();
        }
        return validity.segment();
    }

    /// Returns the validity, lent; null when no row is null.
    @Nullable DataBuffer validity() {
        return validity;
    }

    /// Makes a column of fixed width.
    Column flat(Type type, DataBuffer values) {
        return input.memory().flat(type, input.rowCount(), values, validity);
    }
}
