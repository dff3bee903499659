package io.neuralake.exec.function;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

class ScalarImplementationsTest {
    private static final Set<String> COMPILED_WITHOUT =
            Set.of(
                    "eq",
                    "ne",
                    "lt",
                    "le",
                    "gt",
                    "ge",
                    "not",
                    "nullif",
                    "greatest",
                    "least",
                    "is_null",
                    "is_not_null",
                    "is_true",
                    "is_not_true",
                    "is_false",
                    "is_not_false",
                    "is_unknown",
                    "is_not_unknown",
                    "is_distinct_from",
                    "is_not_distinct_from");

    @Test
    void everyFunctionOfTheCatalogueIsImplemented() {
        Set<String> implemented = new TreeSet<>(ScalarImplementations.names());
        implemented.addAll(COMPILED_WITHOUT);
        assertThat(implemented)
                .isEqualTo(
                        ScalarFunctions.all().stream()
                                .map(ScalarSignature::name)
                                .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void documentationListsEveryFunction() throws Exception {
        Path file =
                Files.isDirectory(Path.of("docs"))
                        ? Path.of("docs/functions.md")
                        : Path.of("../docs/functions.md");
        if (Boolean.getBoolean("neuralake.test.write")) {
            Files.writeString(file, documentation());
        }
        assertThat(Files.readString(file)).isEqualTo(documentation());
    }

    private static String documentation() {
        StringBuilder text = new StringBuilder();
        text.append("# Scalar functions\n\n");
        text.append("Written from the catalogue `exec.function.ScalarFunctions`; a test compares");
        text.append(" both. Operators and CASE, COALESCE,\nCAST, IN have syntax of their own.\n\n");
        text.append("| function | other names | arguments | |\n| --- | --- | --- | --- |\n");
        for (ScalarSignature signature : ScalarFunctions.all()) {
            int max = signature.maxArguments();
            int min = signature.minArguments();
            text.append("| `")
                    .append(signature.name())
                    .append("` | ")
                    .append(
                            signature.aliases().stream()
                                    .map(a -> "`" + a + "`")
                                    .collect(Collectors.joining(", ")))
                    .append(" | ")
                    .append(min)
                    .append(
                            max == ScalarSignature.UNBOUNDED
                                    ? " or more"
                                    : max == min ? "" : " to " + max)
                    .append(" | ")
                    .append(signature.description().replace("|", "\\|"))
                    .append(signature.deterministic() ? "" : " (volatile)")
                    .append(" |\n");
        }
        return text.toString();
    }
}
