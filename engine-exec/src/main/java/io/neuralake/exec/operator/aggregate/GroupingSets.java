package io.neuralake.exec.operator.aggregate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Which grouping sets can be made of the groups of another set, as all sets of a ROLLUP but the first
/// can: there are at most as many groups as rows, mostly far fewer.
final class GroupingSets {
    private final List<List<Derived>> derived = new ArrayList<>();
    private final boolean[] read;
    private final int[] order;

    /// A set that is made of the groups of another.
    ///
    /// @param set its position
    /// @param keys for each of its keys the position in the other
    record Derived(int set, int[] keys) {}

    private GroupingSets(List<List<Integer>> sets, boolean derive) {
        read = new boolean[sets.size()];
        sets.forEach(_ -> derived.add(new ArrayList<>()));
        order =
                IntStream.range(0, sets.size())
                        .boxed()
                        .sorted(Comparator.comparingInt((Integer set) -> -sets.get(set).size()))
                        .mapToInt(Integer::intValue)
                        .toArray();
        for (int at = 0; at < order.length; at++) {
            int set = order[at];
            int source = derive ? source(sets, at) : -1;
            if (source < 0) {
                read[set] = true;
            } else {
                List<Integer> from = sets.get(source);
                int[] keys = sets.get(set).stream().mapToInt(from::indexOf).toArray();
                derived.get(source).add(new Derived(set, keys));
            }
        }
    }

    /// Derives each set from the smallest that has all of its keys.
    static GroupingSets deriving(List<List<Integer>> sets) {
        return new GroupingSets(sets, true);
    }

    /// Makes all sets of the rows.
    static GroupingSets reading(List<List<Integer>> sets) {
        return new GroupingSets(sets, false);
    }

    /// Returns the last set before `at` that has all of its keys, or -1.
    private int source(List<List<Integer>> sets, int at) {
        List<Integer> keys = sets.get(order[at]);
        for (int before = at - 1; before >= 0; before--) {
            if (sets.get(order[before]).containsAll(keys)) {
                return order[before];
            }
        }
        return -1;
    }

    /// Tells whether the set is made of rows.
    boolean isRead(int set) {
        return read[set];
    }

    /// Returns the sets that are made of the groups of this.
    List<Derived> derivedFrom(int set) {
        return derived.get(set);
    }

    /// Returns all sets, each before those that are derived from it.
    int[] order() {
        return order.clone();
    }
}
