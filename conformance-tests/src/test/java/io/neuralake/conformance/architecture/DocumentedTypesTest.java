package io.neuralake.conformance.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Every type that docs/architecture.md names in backquotes exists.
class DocumentedTypesTest {
    private static final Pattern TYPE = Pattern.compile("`([A-Z][a-z]+(?:[A-Z0-9][A-Za-z0-9]*)*)`");
    private static final Set<String> OF_PROTOCOLS = Set.of("GetFlightInfo", "Prepare", "DoGet");

    @Test
    void everyTypeNamedExists() throws IOException {
        Path root = root();
        Set<String> types = new HashSet<>();
        try (Stream<Path> files = Files.walk(root)) {
            files.map(f -> f.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .forEach(name -> types.add(name.substring(0, name.length() - 5)));
        }
        Set<String> missing = new TreeSet<>();
        Matcher matcher =
                TYPE.matcher(Files.readString(root.resolve("docs").resolve("architecture.md")));
        while (matcher.find()) {
            String name = matcher.group(1);
            if (!types.contains(name) && !OF_PROTOCOLS.contains(name)) {
                missing.add(name);
            }
        }
        assertThat(missing).isEmpty();
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("neuralake"))) {
            folder = folder.getParent();
        }
        assertThat(folder).as("the project's root").isNotNull();
        return folder;
    }
}
