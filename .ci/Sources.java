import com.google.googlejavaformat.java.Main;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Checks, or brings into, the shape which every Java file of the project has: google-java-format in
/// its AOSP style, and no more than 800 lines a file. Run by the build, on the JDK that compiles.
final class Sources {

    private static final int MAX_LINES = 800;
    private static final Set<String> SKIPPED_FOLDERS = Set.of(".git", ".idea", "node_modules");

    private Sources() {}

    public static void main(String[] arguments) throws IOException {
        boolean apply = arguments[0].equals("apply");
        Path root = Path.of(arguments[1]);
        List<Path> files = new ArrayList<>();
        collect(root, files);
        boolean failed = false;
        for (Path file : files) {
            long lines;
            try (Stream<String> text = Files.lines(file)) {
                lines = text.count();
            } catch (UncheckedIOException e) {
                throw new IOException("Not UTF-8: " + file, e);
            }
            if (lines > MAX_LINES) {
                System.err.println(
                        root.relativize(file) + ": " + lines + " lines, the limit is 800");
                failed = true;
            }
        }
        if (!files.isEmpty() && format(files, apply) != 0) {
            System.err.println(
                    "Not formatted: the files listed above. To format: mvn -P format validate");
            failed = true;
        }
        System.exit(failed ? 1 : 0);
    }

    private static void collect(Path folder, List<Path> files) throws IOException {
        List<Path> children;
        try (Stream<Path> listed = Files.list(folder)) {
            children = listed.sorted().toList();
        }
        for (Path child : children) {
            if (Files.isDirectory(child)) {
                String name = child.getFileName().toString();
                if (!SKIPPED_FOLDERS.contains(name) && !name.startsWith("target")) {
                    collect(child, files);
                }
            } else if (child.toString().endsWith(".java")) {
                files.add(child);
            }
        }
    }

    private static int format(List<Path> files, boolean apply) {
        List<String> command = new ArrayList<>(List.of("--aosp", "--skip-javadoc-formatting"));
        command.addAll(
                apply ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
        files.forEach(file -> command.add(file.toString()));
        PrintWriter out = new PrintWriter(System.out, true);
        PrintWriter err = new PrintWriter(System.err, true);
        try {
            int status = 0;
            // Its first answer for a long string is not always its last.
            for (int pass = 0; pass < (apply ? 2 : 1); pass++) {
                status = new Main(out, err, System.in).format(command.toArray(String[]::new));
            }
            return status;
        } catch (Exception e) {
            err.println(e.getMessage());
            return 1;
        } finally {
            out.flush();
            err.flush();
        }
    }
}
