package io.neuralake.server.output;

import java.util.ArrayList;
import java.util.List;

/// How much of a result a table shows. 0 means without limit.
///
/// @param width most cells of a line; columns are narrowed, then left out in the middle
/// @param cellWidth most cells of a value, when there is more than one column
/// @param rows most rows; the first and the last are shown
public record TableLayout(int width, int cellWidth, int rows) {
    /// Shows everything, for files and pipes.
    public static final TableLayout WHOLE = new TableLayout(0, 0, 0);

    /// Shows every row and column, but no value at length.
    public static final TableLayout TERMINAL = new TableLayout(0, 60, 0);

    /// Rows that an interactive shell shows unless told otherwise.
    public static final int INTERACTIVE_ROWS = 40;

    private static final int MIN_WIDTH = 12;

    /// What separates columns: ` | `.
    private static final int GAP = 3;

    /// The columns to print.
    ///
    /// @param shown ordinals in order; [#HIDDEN] stands for those left out
    /// @param widths cells of each of them
    record Columns(List<Integer> shown, List<Integer> widths) {
        static final int HIDDEN = -1;

        /// Returns how many columns of the result are shown.
        int count() {
            return (int) shown.stream().filter(c -> c != HIDDEN).count();
        }
    }

    /// Chooses columns and widths.
    ///
    /// @param natural cells that each column wants
    /// @param cuttable whether values of the column may be cut: texts, not numbers
    Columns columns(int[] natural, boolean[] cuttable) {
        int[] wanted = natural.clone();
        int needed = -1;
        for (int c = 0; c < wanted.length; c++) {
            if (cellWidth > 0 && cuttable[c] && wanted.length > 1) {
                wanted[c] = Math.min(wanted[c], cellWidth);
            }
            needed += wanted[c] + GAP;
        }
        List<Integer> all = new ArrayList<>();
        for (int c = 0; c < wanted.length; c++) {
            all.add(c);
        }
        if (width <= 0 || wanted.length <= 1 || needed <= width) {
            return sized(all, wanted, cuttable, Integer.MAX_VALUE);
        }
        List<Integer> shown = fitting(wanted, cuttable);
        return sized(shown, wanted, cuttable, limit(shown, wanted, cuttable));
    }

    /// Takes columns from both ends as long as their narrowed widths fit; at least the first.
    private List<Integer> fitting(int[] wanted, boolean[] cuttable) {
        int needed = -1;
        for (int c = 0; c < wanted.length; c++) {
            needed += narrowed(wanted[c], cuttable[c], MIN_WIDTH) + GAP;
        }
        List<Integer> left = new ArrayList<>();
        List<Integer> right = new ArrayList<>();
        if (needed <= width) {
            for (int c = 0; c < wanted.length; c++) {
                left.add(c);
            }
            return left;
        }
        int used = GAP; // the column of dots, and no bar before the first
        int first = 0;
        int last = wanted.length - 1;
        while (first <= last) {
            boolean fromLeft = left.size() <= right.size();
            int c = fromLeft ? first++ : last--;
            used += narrowed(wanted[c], cuttable[c], MIN_WIDTH) + GAP;
            if (used > width && !left.isEmpty()) {
                break;
            }
            (fromLeft ? left : right).add(c);
        }
        left.add(Columns.HIDDEN);
        left.addAll(right.reversed());
        return left;
    }

    /// Returns the largest width of texts with which the columns fit.
    private int limit(List<Integer> shown, int[] wanted, boolean[] cuttable) {
        int limit = MIN_WIDTH;
        while (lineWidth(shown, wanted, cuttable, limit + 1) <= width && limit < width) {
            limit++;
        }
        return limit;
    }

    private static int lineWidth(List<Integer> shown, int[] wanted, boolean[] cuttable, int limit) {
        int used = -1;
        for (int c : shown) {
            used += GAP + (c == Columns.HIDDEN ? 1 : narrowed(wanted[c], cuttable[c], limit));
        }
        return used;
    }

    private static Columns sized(List<Integer> shown, int[] wanted, boolean[] cuttable, int limit) {
        List<Integer> widths = new ArrayList<>();
        for (int c : shown) {
            widths.add(c == Columns.HIDDEN ? 1 : narrowed(wanted[c], cuttable[c], limit));
        }
        return new Columns(shown, widths);
    }

    private static int narrowed(int wanted, boolean cuttable, int limit) {
        return cuttable ? Math.min(wanted, limit) : wanted;
    }
}
