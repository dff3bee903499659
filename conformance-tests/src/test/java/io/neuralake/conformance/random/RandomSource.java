package io.neuralake.conformance.random;

import java.util.List;
import java.util.Random;

/// Chooses. The same seed makes the same choices.
final class RandomSource {
    private final Random random;
    private int aliases;

    RandomSource(long seed) {
        random = new Random(seed);
    }

    /// Returns a number from 0 to below `bound`.
    int below(int bound) {
        return random.nextInt(bound);
    }

    /// Returns a number from `low` to `high`, both included.
    int between(int low, int high) {
        return low + random.nextInt(high - low + 1);
    }

    /// Returns true in so many of a hundred cases.
    boolean percent(int percent) {
        return random.nextInt(100) < percent;
    }

    <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    @SafeVarargs
    final <T> T one(T... of) {
        return of[random.nextInt(of.length)];
    }

    /// Returns a name that was not returned before.
    String alias(String prefix) {
        return prefix + aliases++;
    }
}
