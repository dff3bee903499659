package io.neuralake.exec.function.aggregate;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Estimates how many distinct hashes were added: exactly for up to some hundred, then with 4096
/// registers, whose standard error is 1.6 % (Flajolet et al., HyperLogLog, 2007, with linear counting
/// below 2.5 times the registers; 64-bit hashes need no correction above).
final class HyperLogLog implements ObjectAccumulator.Sketch<HyperLogLog> {
    private static final int BITS = 12;
    private static final int REGISTERS = 1 << BITS;
    private static final int MAX_EXACT = 256;

    private long[] exact = new long[8];
    private int exactCount;
    private byte[] registers = new byte[0];

    HyperLogLog() {}

    /// Makes what [#toBytes] gave.
    HyperLogLog(byte[] bytes) {
        if (bytes.length == REGISTERS) {
            registers = bytes;
            exact = new long[0];
            return;
        }
        ByteBuffer from = ByteBuffer.wrap(bytes);
        while (from.hasRemaining()) {
            add(from.getLong());
        }
    }

    /// Returns the registers, or else the hashes.
    @Override
    public byte[] toBytes() {
        if (registers.length > 0) {
            return registers;
        }
        ByteBuffer to = ByteBuffer.allocate(8 * exactCount);
        for (long hash : exact) {
            if (hash != 0) {
                to.putLong(hash);
            }
        }
        return to.array();
    }

    void add(long hash) {
        if (registers.length > 0) {
            register(hash);
            return;
        }
        if (exactCount * 2 >= exact.length) {
            growExact();
            if (registers.length > 0) {
                register(hash);
                return;
            }
        }
        long stored = hash == 0 ? 1 : hash;
        int mask = exact.length - 1;
        int slot = (int) (stored >>> 32) & mask;
        while (exact[slot] != 0) {
            if (exact[slot] == stored) {
                return;
            }
            slot = slot + 1 & mask;
        }
        exact[slot] = stored;
        exactCount++;
    }

    private void growExact() {
        long[] old = exact;
        if (exactCount >= MAX_EXACT) {
            registers = new byte[REGISTERS];
            exact = new long[0];
            for (long hash : old) {
                if (hash != 0) {
                    register(hash);
                }
            }
            return;
        }
        exact = new long[old.length * 2];
        exactCount = 0;
        for (long hash : old) {
            if (hash != 0) {
                add(hash);
            }
        }
    }

    private void register(long hash) {
        int index = (int) (hash >>> 64 - BITS);
        byte rank = (byte) (Long.numberOfLeadingZeros(hash << BITS | 1L << BITS - 1) + 1);
        if (rank > registers[index]) {
            registers[index] = rank;
        }
    }

    @Override
    public void merge(HyperLogLog other) {
        for (long hash : other.exact) {
            if (hash != 0) {
                add(hash);
            }
        }
        if (other.registers.length > 0) {
            if (registers.length == 0) {
                long[] mine = exact;
                registers = new byte[REGISTERS];
                exact = new long[0];
                Arrays.stream(mine).filter(hash -> hash != 0).forEach(this::register);
            }
            for (int i = 0; i < REGISTERS; i++) {
                registers[i] = (byte) Math.max(registers[i], other.registers[i]);
            }
        }
    }

    long estimate() {
        if (registers.length == 0) {
            return exactCount;
        }
        double sum = 0;
        int zeroes = 0;
        for (byte register : registers) {
            sum += 1.0 / (1L << register);
            zeroes += register == 0 ? 1 : 0;
        }
        double alpha = 0.7213 / (1 + 1.079 / REGISTERS);
        double raw = alpha * REGISTERS * REGISTERS / sum;
        if (raw <= 2.5 * REGISTERS && zeroes > 0) {
            return Math.round(REGISTERS * Math.log((double) REGISTERS / zeroes));
        }
        return Math.round(raw);
    }

    @Override
    public long bytes() {
        return 64 + 8L * exact.length + registers.length;
    }
}
