package io.neuralake.spi.statistics;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Estimates how many distinct hashes were added: exactly up to a sixteenth of its registers, then by
/// HyperLogLog (Flajolet et al., 2007) with the improved estimator of Ertl ("New cardinality
/// estimation algorithms for HyperLogLog sketches", arXiv:1702.01284, algorithm 6), which needs no
/// thresholds and no tables of bias. The standard error of 2^p registers is 1.04 / 2^(p/2). Hashes
/// are to be of one function with 64 random bits. Not thread-safe.
///
/// Bytes of [#toBytes]: version 1, kind, precision, then
///
/// | kind | content |
/// | --- | --- |
/// | 0 | the hashes, big-endian int64 each |
/// | 1 | the least register, int8; of each register what it is above, 4 bits, the first in the low ones, 15 for more; then those of 15 and more as int16 index and int8 value |
public final class DistinctSketch {
    /// The fewest bits of a hash that choose a register.
    public static final int MIN_PRECISION = 4;

    /// The most bits of a hash that choose a register.
    public static final int MAX_PRECISION = 16;

    private static final byte VERSION = 1;
    private static final byte EXACT = 0;
    private static final byte REGISTERS = 1;
    private static final int HEADER = 3;
    private static final int EXCEPTION = 15;
    private static final int EXACT_SHARE = 16;

    private int precision;
    private long[] exact = new long[8];
    private int exactCount;
    private byte[] registers = new byte[0];

    /// Makes an empty sketch.
    ///
    /// @param precision from MIN_PRECISION to MAX_PRECISION: the number of registers, of which each
    ///     takes a byte on the heap and half of one in [#toBytes], is 2 to the power of it
    public DistinctSketch(int precision) {
        if (precision < MIN_PRECISION || precision > MAX_PRECISION) {
            throw new IllegalArgumentException("Precision of sketch out of range: " + precision);
        }
        this.precision = precision;
    }

    /// Makes a copy.
    public DistinctSketch(DistinctSketch other) {
        precision = other.precision;
        exact = other.exact.clone();
        exactCount = other.exactCount;
        registers = other.registers.clone();
    }

    /// Returns the number of bits that choose a register.
    public int precision() {
        return precision;
    }

    /// Tells whether [#estimate] is exact, but for hashes that collide.
    public boolean isExact() {
        return registers.length == 0;
    }

    /// Returns the standard error of [#estimate], as a share of it.
    public double standardError() {
        return isExact() ? 0 : 1.04 / Math.sqrt(registers.length);
    }

    /// Returns the bytes that the sketch takes on the heap.
    public long bytes() {
        return 64 + 8L * exact.length + registers.length;
    }

    /// Adds a hash; the same hash again changes nothing.
    public void add(long hash) {
        if (registers.length > 0) {
            register(hash);
        } else {
            addExact(hash);
        }
    }

    private void addExact(long hash) {
        long stored = hash == 0 ? 1 : hash;
        int slot = slot(stored);
        if (exact[slot] == stored) {
            return;
        }
        if (exactCount >= maxExact()) {
            makeRegisters();
            register(hash);
            return;
        }
        exact[slot] = stored;
        exactCount++;
        if (exactCount * 2 > exact.length) {
            long[] old = exact;
            exact = new long[old.length * 2];
            for (long other : old) {
                if (other != 0) {
                    exact[slot(other)] = other;
                }
            }
        }
    }

    /// Returns where the hash is, or else the free place for it.
    private int slot(long hash) {
        int mask = exact.length - 1;
        int slot = (int) (hash >>> 32) & mask;
        while (exact[slot] != 0 && exact[slot] != hash) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private int maxExact() {
        return (1 << precision) / EXACT_SHARE;
    }

    private void makeRegisters() {
        long[] old = exact;
        registers = new byte[1 << precision];
        exact = new long[0];
        exactCount = 0;
        for (long hash : old) {
            if (hash != 0) {
                register(hash);
            }
        }
    }

    private void register(long hash) {
        int index = (int) (hash >>> Long.SIZE - precision);
        byte rank = (byte) (Long.numberOfLeadingZeros(hash << precision | 1L << precision - 1) + 1);
        if (rank > registers[index]) {
            registers[index] = rank;
        }
    }

    /// Adds all that was added to another sketch. The lower precision of both remains.
    public void merge(DistinctSketch other) {
        if (other.precision < precision) {
            reduce(other.precision);
        }
        if (other.isExact()) {
            for (long hash : other.exact) {
                if (hash != 0) {
                    add(hash);
                }
            }
            return;
        }
        DistinctSketch reduced = other;
        if (precision < other.precision) {
            reduced = new DistinctSketch(other);
            reduced.reduce(precision);
        }
        if (isExact()) {
            makeRegisters();
        }
        for (int i = 0; i < registers.length; i++) {
            registers[i] = (byte) Math.max(registers[i], reduced.registers[i]);
        }
    }

    /// Makes what it would be had it had fewer registers from the beginning.
    private void reduce(int bits) {
        int gone = precision - bits;
        precision = bits;
        if (isExact()) {
            if (exactCount > maxExact()) {
                makeRegisters();
            }
            return;
        }
        byte[] reduced = new byte[1 << bits];
        for (int i = 0; i < registers.length; i++) {
            if (registers[i] != 0) {
                int dropped = i & (1 << gone) - 1;
                int rank =
                        dropped == 0
                                ? gone + registers[i]
                                : gone - (Integer.SIZE - Integer.numberOfLeadingZeros(dropped)) + 1;
                reduced[i >>> gone] = (byte) Math.max(reduced[i >>> gone], rank);
            }
        }
        registers = reduced;
    }

    /// Estimates the number of distinct hashes.
    public double estimate() {
        if (isExact()) {
            return exactCount;
        }
        int most = Long.SIZE - precision;
        int[] counts = new int[most + 2];
        for (byte register : registers) {
            counts[register]++;
        }
        double m = registers.length;
        double z = m * tau(1 - counts[most + 1] / m);
        for (int k = most; k >= 1; k--) {
            z = (z + counts[k]) / 2;
        }
        z += m * sigma(counts[0] / m);
        return m * m / (2 * Math.log(2) * z);
    }

    private static double sigma(double share) {
        if (share == 1) {
            return Double.POSITIVE_INFINITY;
        }
        double x = share;
        double y = 1;
        double z = share;
        double before;
        do {
            x *= x;
            before = z;
            z += x * y;
            y += y;
        } while (z != before);
        return z;
    }

    private static double tau(double share) {
        if (share == 0 || share == 1) {
            return 0;
        }
        double x = share;
        double y = 1;
        double z = 1 - share;
        double before;
        do {
            x = Math.sqrt(x);
            before = z;
            y /= 2;
            z -= (1 - x) * (1 - x) * y;
        } while (z != before);
        return z / 3;
    }

    /// Returns the sketch in a form from which [#fromBytes] makes it again.
    public byte[] toBytes() {
        if (isExact()) {
            ByteBuffer to = ByteBuffer.allocate(HEADER + Long.BYTES * exactCount);
            to.put(VERSION).put(EXACT).put((byte) precision);
            for (long hash : exact) {
                if (hash != 0) {
                    to.putLong(hash);
                }
            }
            return to.array();
        }
        int least = Byte.MAX_VALUE;
        for (byte register : registers) {
            least = Math.min(least, register);
        }
        int exceptions = 0;
        for (byte register : registers) {
            exceptions += register - least >= EXCEPTION ? 1 : 0;
        }
        ByteBuffer to = ByteBuffer.allocate(HEADER + 1 + registers.length / 2 + 3 * exceptions);
        to.put(VERSION).put(REGISTERS).put((byte) precision).put((byte) least);
        for (int i = 0; i < registers.length; i += 2) {
            int low = Math.min(registers[i] - least, EXCEPTION);
            int high = Math.min(registers[i + 1] - least, EXCEPTION);
            to.put((byte) (low | high << 4));
        }
        for (int i = 0; i < registers.length; i++) {
            if (registers[i] - least >= EXCEPTION) {
                to.putShort((short) i).put(registers[i]);
            }
        }
        return to.array();
    }

    /// Makes what [#toBytes] gave; null for other bytes, those of a later version included.
    public static @Nullable DistinctSketch fromBytes(byte[] bytes) {
        if (bytes.length < HEADER
                || bytes[0] != VERSION
                || bytes[2] < MIN_PRECISION
                || bytes[2] > MAX_PRECISION) {
            return null;
        }
        ByteBuffer from = ByteBuffer.wrap(bytes, HEADER, bytes.length - HEADER);
        DistinctSketch sketch = new DistinctSketch(bytes[2]);
        boolean whole =
                switch (bytes[1]) {
                    case EXACT -> sketch.readExact(from);
                    case REGISTERS -> sketch.readRegisters(from);
                    default -> false;
                };
        return whole ? sketch : null;
    }

    private boolean readExact(ByteBuffer from) {
        if (from.remaining() % Long.BYTES != 0 || from.remaining() / Long.BYTES > maxExact()) {
            return false;
        }
        while (from.hasRemaining()) {
            addExact(from.getLong());
        }
        return isExact();
    }

    private boolean readRegisters(ByteBuffer from) {
        int count = 1 << precision;
        if (from.remaining() < 1 + count / 2) {
            return false;
        }
        registers = new byte[count];
        exact = new long[0];
        int least = from.get();
        for (int i = 0; i < count; i += 2) {
            byte both = from.get();
            registers[i] = (byte) (least + (both & EXCEPTION));
            registers[i + 1] = (byte) (least + (both >> 4 & EXCEPTION));
        }
        while (from.remaining() >= 3) {
            int index = from.getShort() & 0xFFFF;
            if (index >= count) {
                return false;
            }
            registers[index] = from.get();
        }
        int most = Long.SIZE - precision + 1;
        for (byte register : registers) {
            if (register < 0 || register > most) {
                return false;
            }
        }
        return !from.hasRemaining();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DistinctSketch sketch
                && precision == sketch.precision
                && Arrays.equals(registers, sketch.registers)
                && Arrays.equals(sorted(exact), sorted(sketch.exact));
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(registers) + Arrays.hashCode(sorted(exact));
    }

    private static long[] sorted(long[] hashes) {
        return Arrays.stream(hashes).filter(hash -> hash != 0).sorted().toArray();
    }

    @Override
    public String toString() {
        return (isExact() ? "exactly " : "about ") + Math.round(estimate());
    }
}
