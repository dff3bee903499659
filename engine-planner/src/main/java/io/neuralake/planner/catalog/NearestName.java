package io.neuralake.planner.catalog;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/// Finds the name that a user may have meant, by edit distance.
public final class NearestName {
    private NearestName() {}

    /// Returns the candidate nearest to `name`, ignoring case; empty when none is near: more than a
    /// third of the letters (at least one) would have to change. Ties go to the first.
    public static Optional<String> of(String name, Collection<String> candidates) {
        String wanted = name.toLowerCase(Locale.ROOT);
        int bestDistance = Math.max(1, wanted.length() / 3) + 1;
        String best = null;
        for (String candidate : candidates) {
            int distance = distance(wanted, candidate.toLowerCase(Locale.ROOT), bestDistance);
            if (distance < bestDistance) {
                bestDistance = distance;
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }

    /// Returns `; did you mean X`, or nothing when no candidate is near.
    public static String hint(String name, Collection<String> candidates) {
        return of(name, candidates)
                .filter(found -> !found.equalsIgnoreCase(name))
                .map(found -> "; did you mean " + found)
                .orElse("");
    }

    /// Counts insertions, deletions, substitutions and swaps of neighbours (optimal string
    /// alignment); `limit` or more is answered by `limit`.
    private static int distance(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) >= limit) {
            return limit;
        }
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(substitution, Math.min(last[j], row[j - 1]) + 1);
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            int[] spare = beforeLast;
            beforeLast = last;
            last = row;
            row = spare;
        }
        return Math.min(last[b.length()], limit);
    }
}
