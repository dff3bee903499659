package io.neuralake.exec.function;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The catalogue of scalar functions. Thread-safe.
///
/// AND, OR, CASE, COALESCE, CAST, IN and access to members of structs are no functions but
/// expressions of their own.
public final class ScalarFunctions {
    private static final Map<String, ScalarSignature> BY_NAME = index();
    private static final List<ScalarSignature> ALL =
            BY_NAME.entrySet().stream()
                    .filter(entry -> entry.getKey().equals(entry.getValue().name()))
                    .map(Map.Entry::getValue)
                    .toList();

    private ScalarFunctions() {}

    /// Returns every function once, ordered by name.
    public static Collection<ScalarSignature> all() {
        return ALL;
    }

    /// Finds a function by its name or an alias, ignoring case.
    public static Optional<ScalarSignature> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name.toLowerCase(Locale.ROOT)));
    }

    private static Map<String, ScalarSignature> index() {
        List<ScalarSignature> signatures = new ArrayList<>();
        signatures.addAll(OperatorSignatures.list());
        signatures.addAll(NumericSignatures.list());
        signatures.addAll(TextSignatures.list());
        signatures.addAll(TemporalSignatures.list());
        signatures.addAll(NestedSignatures.list());
        Map<String, ScalarSignature> index = new TreeMap<>();
        for (ScalarSignature signature : signatures) {
            put(index, signature.name(), signature);
            signature.aliases().forEach(alias -> put(index, alias, signature));
        }
        return index;
    }

    private static void put(
            Map<String, ScalarSignature> index, String name, ScalarSignature signature) {
        if (index.put(name, signature) != null) {
            throw new IllegalStateException("Function defined twice: " + name);
        }
    }
}
