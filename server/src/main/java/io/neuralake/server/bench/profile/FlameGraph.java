package io.neuralake.server.bench.profile;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Sums stacks into a tree and draws it: a box for each call path, as wide as its share of the
/// samples, above that of its caller (Gregg, "The Flame Graph", 2016). Used by one thread.
final class FlameGraph {
    /// Boxes below this share of all samples are left out: nobody sees them.
    private static final double LEAST_SHARE = 0.0005;

    private static final String HEAD =
            """
            <!DOCTYPE html>
            <meta charset="utf-8">
            <title>Neuralake profile</title>
            <style>
            body { font: 12px sans-serif; margin: 8px }
            #graph { position: relative }
            #graph div { position: absolute; height: 15px; overflow: hidden; white-space: nowrap;
                box-sizing: border-box; border-right: 1px solid white; cursor: pointer }
            </style>
            """;

    private static final String SCRIPT =
            """
            <script>
            // A click on a box widens it to the whole width; one on the lowest box shows all again.
            const boxes = [...document.querySelectorAll('#graph div')];
            for (const box of boxes) box.onclick = () => {
                const from = +box.dataset.x, width = +box.dataset.w;
                for (const other of boxes) {
                    const x = +other.dataset.x, w = +other.dataset.w;
                    const end = Math.min(x + w, from + width), start = Math.max(x, from);
                    other.style.display = end > start ? '' : 'none';
                    other.style.left = (start - from) / width * 100 + '%';
                    other.style.width = (end - start) / width * 100 + '%';
                }
            };
            </script>
            """;

    private final Node root = new Node();

    private static final class Node {
        final Map<String, Node> callees = new TreeMap<>();
        long samples;
        long ownSamples;
    }

    /// Adds a sample.
    ///
    /// @param stack methods, the outermost first
    void add(List<String> stack) {
        Node node = root;
        node.samples++;
        for (String method : stack) {
            node = node.callees.computeIfAbsent(method, _ -> new Node());
            node.samples++;
        }
        node.ownSamples++;
    }

    /// Returns the number of samples.
    long samples() {
        return root.samples;
    }

    /// Writes a line for each stack, as other tools read them: methods with semicolons between, the
    /// number of samples.
    void writeFolded(Path file) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            writeFolded(out, "", root);
        }
    }

    private static void writeFolded(Writer out, String path, Node node) throws IOException {
        if (node.ownSamples > 0 && !path.isEmpty()) {
            out.write(path + " " + node.ownSamples + "\n");
        }
        for (Map.Entry<String, Node> callee : node.callees.entrySet()) {
            String prefix = path.isEmpty() ? "" : path + ";";
            writeFolded(out, prefix + callee.getKey(), callee.getValue());
        }
    }

    /// Writes a page that needs nothing else.
    void writeHtml(Path file) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write(HEAD);
            out.write(
                    "<p>"
                            + samples()
                            + " samples; callers below, callees above; click a box to widen"
                            + " it</p>\n");
            out.write("<div id=\"graph\" style=\"height:" + 16 * depth(root) + "px\">\n");
            writeBoxes(out, "all", root, 0, 0);
            out.write("</div>\n");
            out.write(SCRIPT);
        }
    }

    private static int depth(Node node) {
        int deepest = 0;
        for (Node callee : node.callees.values()) {
            deepest = Math.max(deepest, depth(callee));
        }
        return deepest + 1;
    }

    private void writeBoxes(Writer out, String name, Node node, double from, int level)
            throws IOException {
        double share = (double) node.samples / Math.max(1, root.samples);
        if (share < LEAST_SHARE) {
            return;
        }
        String text = escaped(name);
        out.write(
                String.format(
                        Locale.ROOT,
                        "<div data-x=\"%.6f\" data-w=\"%.6f\" style=\"left:%.4f%%;width:%.4f%%;"
                                + "bottom:%dpx;background:hsl(%d,80%%,75%%)\""
                                + " title=\"%s, %d samples, %.2f%%\">%s</div>%n",
                        from,
                        share,
                        from * 100,
                        share * 100,
                        16 * level,
                        20 + Math.floorMod(name.hashCode(), 35),
                        text,
                        node.samples,
                        share * 100,
                        escaped(shortName(name))));
        double x = from;
        for (Map.Entry<String, Node> callee : node.callees.entrySet()) {
            writeBoxes(out, callee.getKey(), callee.getValue(), x, level + 1);
            x += (double) callee.getValue().samples / Math.max(1, root.samples);
        }
    }

    /// Returns class and method without the package.
    private static String shortName(String method) {
        int end = method.lastIndexOf('.');
        return method.substring(end < 0 ? 0 : method.lastIndexOf('.', end - 1) + 1);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
