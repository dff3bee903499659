package io.neuralake.connector.parquet.write;

/// Counts the bytes that DELTA_BINARY_PACKED takes for values, about. For one thread.
final class DeltaSize {

    private long previous;
    private boolean any;
    private long minimum;
    private long maximum;
    private int pending;
    private long bits;

    /// Adds the next value.
    void add(long value) {
        long delta = value - previous;
        previous = value;
        if (!any) {
            any = true;
            bits = Long.SIZE;
            return;
        }
        minimum = pending == 0 ? delta : Math.min(minimum, delta);
        maximum = pending == 0 ? delta : Math.max(maximum, delta);
        pending++;
        if (pending == ChunkEncoder.MINI_BLOCK_VALUES) {
            bits += open();
            pending = 0;
        }
    }

    /// Returns the bytes of the values so far.
    long bytes() {
        return (bits + (pending == 0 ? 0 : open()) + 7) >>> 3;
    }

    /// Returns the bits of the open mini-block, its width's byte included.
    private long open() {
        int width = Long.SIZE - Long.numberOfLeadingZeros(maximum - minimum);
        return (long) pending * width + Byte.SIZE;
    }
}
