package io.neuralake.server.output;

import io.neuralake.server.output.TableLayout.Columns;

import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Draws a table for a person, within the limits of a [TableLayout]; what is left out is marked with
/// an ellipsis and counted in the last line. Without a limit of rows it keeps the first thousand to
/// find the widths and prints the rest as it comes.
public final class TableWriter implements ResultWriter {
    private static final int SAMPLE_ROWS = 1000;
    private static final String HIDDEN = "…";

    private final Writer out;
    private final TableLayout layout;
    private final int headRows;
    private final int tailRows;
    private final List<String[]> head = new ArrayList<>();
    private final Deque<String[]> tail = new ArrayDeque<>();
    private String[] names = {};
    private boolean[] numeric = {};
    private @Nullable Columns columns;
    private long rows;

    /// Prints to `out`, which stays the caller's.
    public TableWriter(Writer out, TableLayout layout) {
        this.out = out;
        this.layout = layout;
        this.headRows = layout.rows() == 0 ? SAMPLE_ROWS : (layout.rows() + 1) / 2;
        this.tailRows = layout.rows() / 2;
    }

    @Override
    public void begin(List<Field> columns) {
        names = columns.stream().map(f -> TextWidth.printable(f.getName())).toArray(String[]::new);
        numeric = new boolean[names.length];
        for (int c = 0; c < names.length; c++) {
            numeric[c] =
                    switch (columns.get(c).getType()) {
                        case ArrowType.Int _ -> true;
                        case ArrowType.Decimal _ -> true;
                        case ArrowType.FloatingPoint _ -> true;
                        default -> false;
                    };
        }
    }

    @Override
    public void batch(List<FieldVector> vectors, int rowCount) throws IOException {
        for (int row = skipped(rowCount); row < rowCount; row++) {
            String[] cells = new String[names.length];
            for (int c = 0; c < cells.length; c++) {
                String text = ArrowText.of(vectors.get(c), row);
                cells[c] = text == null ? "NULL" : TextWidth.printable(text);
            }
            add(cells);
        }
    }

    /// Counts rows of a batch that lie between those shown, and returns how many there are at its
    /// beginning: they need no text.
    private int skipped(int batchRows) {
        if (layout.rows() == 0 || head.size() < headRows) {
            return 0;
        }
        int count = Math.max(0, batchRows - tailRows);
        rows += count;
        return count;
    }

    private void add(String[] cells) throws IOException {
        rows++;
        if (columns != null) {
            printRow(cells, columns);
        } else if (head.size() < headRows) {
            head.add(cells);
            if (layout.rows() == 0 && head.size() == headRows) {
                printHead();
            }
        } else {
            tail.addLast(cells);
            if (tail.size() > tailRows) {
                tail.removeFirst();
            }
        }
    }

    private Columns printHead() throws IOException {
        Columns chosen = layout.columns(widths(), texts());
        columns = chosen;
        printRow(names, chosen);
        StringBuilder rule = new StringBuilder();
        for (int width : chosen.widths()) {
            rule.append(rule.isEmpty() ? "" : "+").append("-".repeat(width + 2));
        }
        if (layout.width() > 0 && rule.length() > layout.width()) {
            rule.setLength(layout.width());
        }
        out.append(rule).append('\n');
        for (String[] cells : head) {
            printRow(cells, chosen);
        }
        head.clear();
        return chosen;
    }

    private boolean[] texts() {
        boolean[] texts = new boolean[numeric.length];
        for (int c = 0; c < texts.length; c++) {
            texts[c] = !numeric[c];
        }
        return texts;
    }

    private int[] widths() {
        int[] widths = new int[names.length];
        for (int c = 0; c < widths.length; c++) {
            widths[c] = TextWidth.of(names[c]);
            for (String[] cells : head) {
                widths[c] = Math.max(widths[c], TextWidth.of(cells[c]));
            }
            for (String[] cells : tail) {
                widths[c] = Math.max(widths[c], TextWidth.of(cells[c]));
            }
        }
        return widths;
    }

    private void printRow(String[] cells, Columns chosen) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < chosen.shown().size(); i++) {
            int c = chosen.shown().get(i);
            int width = chosen.widths().get(i);
            String cell = c == Columns.HIDDEN ? HIDDEN : fitted(cells[c], c, width);
            String pad = " ".repeat(Math.max(0, width - TextWidth.of(cell)));
            line.append(i == 0 ? " " : "| ");
            if (c != Columns.HIDDEN && numeric[c]) {
                line.append(pad).append(cell).append(' ');
            } else {
                line.append(cell).append(pad).append(' ');
            }
        }
        out.append(line.toString().stripTrailing()).append('\n');
    }

    /// Cuts a text. A lone column has the line for itself: plans are not cut.
    private String fitted(String cell, int column, int width) {
        int limit = layout.width() > 0 ? width : layout.cellWidth();
        boolean whole = numeric[column] || names.length == 1 || limit == 0;
        return whole ? cell : TextWidth.cut(cell, limit);
    }

    @Override
    public void end() throws IOException {
        Columns chosen = columns == null ? printHead() : columns;
        long hidden = layout.rows() == 0 ? 0 : rows - headRows - tail.size();
        if (hidden > 0) {
            String[] dots = new String[names.length];
            java.util.Arrays.fill(dots, HIDDEN);
            printRow(dots, chosen);
        }
        for (String[] cells : tail) {
            printRow(cells, chosen);
        }
        out.append(footer(Math.max(0, hidden), chosen.count())).append('\n');
        out.flush();
    }

    private String footer(long hiddenRows, int shownColumns) {
        StringBuilder text =
                new StringBuilder("(").append(rows).append(rows == 1 ? " row" : " rows");
        if (hiddenRows > 0) {
            text.append(", ").append(rows - hiddenRows).append(" shown");
        }
        if (shownColumns < names.length) {
            text.append("; ").append(names.length).append(" columns, ");
            text.append(shownColumns).append(" shown");
        }
        return text.append(')').toString();
    }

    @Override
    public void changed(long count) throws IOException {
        out.append(count == 0 ? "OK" : "OK, " + count + (count == 1 ? " row" : " rows"));
        out.append('\n').flush();
    }
}
