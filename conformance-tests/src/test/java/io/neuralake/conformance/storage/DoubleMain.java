package io.neuralake.conformance.storage;

import java.io.IOException;
import java.util.Arrays;

/// Runs somebody else's `main` in a process of its own that ends with the one that started it: when the standard
/// input ends.
final class DoubleMain {
    private DoubleMain() {}

    /// Runs the class that the first argument names with the others.
    public static void main(String[] arguments) throws ReflectiveOperationException {
        Thread.ofPlatform().daemon().name("parent").start(DoubleMain::endWithParent);
        Class.forName(arguments[0])
                .getMethod("main", String[].class)
                .invoke(null, (Object) Arrays.copyOfRange(arguments, 1, arguments.length));
    }

    private static void endWithParent() {
        try {
            while (System.in.read() >= 0) {}
        } catch (IOException gone) {
            // The same.
        }
        Runtime.getRuntime().halt(0);
    }
}
