package io.neuralake.exec.operator.join;

import io.neuralake.exec.plan.PhysicalPlan.JoinType;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Joins lists of rows by the definition of each join type.
final class JoinOracle {
    /// The three-valued comparison of a pair.
    enum Truth {
        TRUE,
        FALSE,
        UNKNOWN
    }

    /// Compares a probe row and a build row.
    interface Comparison {
        Truth compare(List<@Nullable Object> probe, List<@Nullable Object> build);
    }

    /// Signals a second match of a SINGLE join.
    static final class SecondMatch extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private JoinOracle() {}

    static List<List<@Nullable Object>> join(
            JoinType type,
            List<List<@Nullable Object>> probe,
            int probeWidth,
            List<List<@Nullable Object>> build,
            int buildWidth,
            List<Integer> output,
            Comparison comparison) {
        List<List<@Nullable Object>> result = new ArrayList<>();
        boolean[] matched = new boolean[build.size()];
        List<@Nullable Object> noProbe = Collections.nCopies(probeWidth, null);
        List<@Nullable Object> noBuild = Collections.nCopies(buildWidth, null);
        for (List<@Nullable Object> row : probe) {
            int matches = 0;
            boolean unknown = false;
            for (int b = 0; b < matched.length; b++) {
                Truth truth = comparison.compare(row, build.get(b));
                unknown |= truth == Truth.UNKNOWN;
                if (truth == Truth.TRUE) {
                    matches++;
                    matched[b] = true;
                    if (emitsPairs(type)) {
                        add(result, row, build.get(b), output);
                    }
                }
            }
            if (matches > 1 && type == JoinType.SINGLE) {
                throw new SecondMatch();
            }
            boolean keep =
                    switch (type) {
                        case LEFT, FULL, SINGLE, ANTI -> matches == 0;
                        case SEMI -> matches > 0;
                        case ANTI_NULL_AWARE -> matches == 0 && !unknown;
                        default -> false;
                    };
            if (keep) {
                add(result, row, noBuild, output);
            } else if (type == JoinType.MARK || type == JoinType.MARK_NULL_AWARE) {
                Boolean mark =
                        matches > 0
                                ? Boolean.TRUE
                                : unknown && type == JoinType.MARK_NULL_AWARE ? null : false;
                add(result, row, Collections.singletonList(mark), output);
            }
        }
        for (int b = 0; b < matched.length; b++) {
            boolean keep =
                    switch (type) {
                        case RIGHT, FULL, BUILD_ANTI -> !matched[b];
                        case BUILD_SEMI -> matched[b];
                        default -> false;
                    };
            if (keep) {
                add(result, type.hasProbeColumns() ? noProbe : List.of(), build.get(b), output);
            }
        }
        return result;
    }

    private static boolean emitsPairs(JoinType type) {
        return switch (type) {
            case INNER, LEFT, RIGHT, FULL, SINGLE -> true;
            default -> false;
        };
    }

    private static void add(
            List<List<@Nullable Object>> result,
            List<@Nullable Object> probe,
            List<@Nullable Object> build,
            List<Integer> output) {
        List<@Nullable Object> combined = new ArrayList<>(probe);
        combined.addAll(build);
        List<@Nullable Object> row = new ArrayList<>();
        output.forEach(p -> row.add(combined.get(p)));
        result.add(row);
    }
}
