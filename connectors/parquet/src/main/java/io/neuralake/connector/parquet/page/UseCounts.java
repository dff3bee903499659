package io.neuralake.connector.parquet.page;

/// Estimates how often keys were asked for lately, of all keys, kept or not, in little memory: a
/// count-min sketch whose counters are halved now and then (the frequency filter of TinyLFU, Einziger
/// et al. 2017). Estimates are never too low but for the halving and for lost updates of threads at the
/// same counter, which both do not matter here. Thread-safe.
final class UseCounts {
    /// The highest count that is told apart.
    static final int MAX = 15;

    private static final int ROWS = 4;
    private static final int MIN_COUNTERS = 1 << 8;
    private static final int MAX_COUNTERS = 1 << 20;

    private final byte[][] counters;
    private final int mask;
    private int untilHalving;

    /// Makes counts for about `keys` keys that matter.
    UseCounts(long keys) {
        long wanted = Math.clamp(keys, MIN_COUNTERS, MAX_COUNTERS);
        int size = Integer.highestOneBit((int) wanted - 1) << 1;
        this.counters = new byte[ROWS][size];
        this.mask = size - 1;
        this.untilHalving = period();
    }

    private int period() {
        return counters[0].length * 10;
    }

    /// Counts one use.
    void add(int hash) {
        long bits = spread(hash);
        int least = count(bits);
        if (least < MAX) {
            for (int row = 0; row < ROWS; row++) {
                int at = index(bits, row);
                if (counters[row][at] == least) {
                    counters[row][at] = (byte) (least + 1);
                }
            }
        }
        if (--untilHalving <= 0) {
            halve();
        }
    }

    /// Returns about how often a key was used.
    int of(int hash) {
        return count(spread(hash));
    }

    private int count(long bits) {
        int least = MAX;
        for (int row = 0; row < ROWS; row++) {
            least = Math.min(least, counters[row][index(bits, row)]);
        }
        return least;
    }

    private synchronized void halve() {
        if (untilHalving <= 0) {
            untilHalving = period();
            for (byte[] row : counters) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = (byte) (row[i] >> 1);
                }
            }
        }
    }

    private int index(long bits, int row) {
        return (int) (bits + row * (bits >>> 32 | 1)) & mask;
    }

    /// The finalizer of MurmurHash3.
    private static long spread(int hash) {
        long bits = hash * 0x9E3779B97F4A7C15L;
        bits = (bits ^ bits >>> 33) * 0xFF51AFD7ED558CCDL;
        bits = (bits ^ bits >>> 33) * 0xC4CEB9FE1A85EC53L;
        return bits ^ bits >>> 33;
    }
}
