package io.neuralake.server.output;

import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;

/// Draws a table for a person. Keeps the first rows to find the widths, then prints the rest as it
/// comes; wide values are cut with an ellipsis.
public final class TableWriter implements ResultWriter {
    private static final int SAMPLE_ROWS = 1000;
    private static final int MAX_WIDTH = 60;

    private final Writer out;
    private final List<String[]> sample = new ArrayList<>();
    private String[] names = {};
    private boolean[] rightAligned = {};
    private int @Nullable [] widths;
    private long rows;

    /// Prints to `out`, which stays the caller's.
    public TableWriter(Writer out) {
        this.out = out;
    }

    @Override
    public void begin(Schema schema) {
        List<Field> fields = schema.getFields();
        names = fields.stream().map(Field::getName).toArray(String[]::new);
        rightAligned = new boolean[names.length];
        for (int i = 0; i < names.length; i++) {
            ArrowType type = fields.get(i).getType();
            rightAligned[i] =
                    type instanceof ArrowType.Int
                            || type instanceof ArrowType.Decimal
                            || type instanceof ArrowType.FloatingPoint;
        }
    }

    @Override
    public void batch(VectorSchemaRoot root) throws IOException {
        for (int row = 0; row < root.getRowCount(); row++) {
            String[] cells = new String[names.length];
            for (int c = 0; c < cells.length; c++) {
                String text = ArrowText.of(root.getVector(c), row);
                cells[c] = text == null ? "NULL" : printable(text, cells.length);
            }
            rows++;
            if (widths != null) {
                printRow(cells, widths);
            } else {
                sample.add(cells);
                if (sample.size() == SAMPLE_ROWS) {
                    printSample();
                }
            }
        }
    }

    /// A lone column has the line for itself: plans are not cut.
    private static String printable(String text, int columns) {
        String line = text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t");
        return columns == 1 || line.length() <= MAX_WIDTH
                ? line
                : line.substring(0, MAX_WIDTH - 1) + "…";
    }

    private int[] printSample() throws IOException {
        int[] found = new int[names.length];
        for (int c = 0; c < names.length; c++) {
            found[c] = names[c].length();
            for (String[] cells : sample) {
                found[c] = Math.max(found[c], cells[c].codePointCount(0, cells[c].length()));
            }
        }
        widths = found;
        printRow(names, found);
        StringBuilder rule = new StringBuilder();
        for (int c = 0; c < names.length; c++) {
            rule.append(c == 0 ? "" : "+").append("-".repeat(found[c] + 2));
        }
        out.append(rule).append('\n');
        for (String[] cells : sample) {
            printRow(cells, found);
        }
        sample.clear();
        return found;
    }

    private void printRow(String[] cells, int[] columnWidths) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = 0; c < cells.length; c++) {
            int pad = Math.max(0, columnWidths[c] - cells[c].codePointCount(0, cells[c].length()));
            line.append(c == 0 ? " " : "| ");
            if (rightAligned[c]) {
                line.append(" ".repeat(pad)).append(cells[c]).append(' ');
            } else {
                line.append(cells[c]).append(" ".repeat(pad)).append(' ');
            }
        }
        out.append(line.toString().stripTrailing()).append('\n');
    }

    @Override
    public void end() throws IOException {
        if (widths == null) {
            printSample();
        }
        out.append("(" + rows + (rows == 1 ? " row)" : " rows)") + "\n");
        out.flush();
    }
}
