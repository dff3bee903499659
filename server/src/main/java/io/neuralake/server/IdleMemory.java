package io.neuralake.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Gives memory back to the system that nothing needs: garbage, what native code has freed and keeps for
/// later, and unchanged pages of the AOT cache, which are read again from its file when they are wanted.
/// For moments without work, since all threads wait some 30 ms.
public final class IdleMemory {
    private static final System.Logger LOG = System.getLogger(IdleMemory.class.getName());

    private static final Path MAPPINGS = Path.of("/proc/self/maps");
    private static final Path SWAPS = Path.of("/proc/swaps");

    /// Start, end, rights and name of a private mapping that may be given back.
    private static final Pattern MAPPING =
            Pattern.compile("([0-9a-f]+)-([0-9a-f]+) r([w-])-p .*?(\\[heap\\]|\\.aot)");

    /// Small pages again: large ones, which the launcher asks malloc for, come back whole when a few bytes
    /// of them are used.
    private static final int MADV_NOHUGEPAGE = 15;

    /// Of Linux from 5.4 on: takes the pages out, changed ones to swap space. Others refuse it.
    private static final int MADV_PAGEOUT = 21;

    /// Give back what can be. Native memory comes last, of which a collection takes some.
    public static final List<Runnable> RELEASES =
            List.of(IdleMemory::releaseHeap, IdleMemory::releaseNative);

    private IdleMemory() {}

    static void releaseHeap() {
        System.gc();
    }

    /// Returns whether the system takes native memory back.
    static boolean releaseNative() {
        if (Files.isReadable(MAPPINGS)) {
            releaseMappings();
        }
        return trim();
    }

    /// Of glibc: gives back the pages of freed memory of all threads. Other libraries have none.
    // A method handle is declared to throw anything.
    @SuppressWarnings("IllegalCatch")
    private static boolean trim() {
        Optional<MethodHandle> trim =
                function(
                        "malloc_trim",
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
        if (trim.isEmpty()) {
            LOG.log(System.Logger.Level.DEBUG, "Native memory cannot be given back");
            return false;
        }
        try {
            int _ = (int) trim.get().invokeExact(0L);
            return true;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static void releaseMappings() {
        try (Stream<String> mappings = Files.lines(MAPPINGS)) {
            // Changed pages would wait in swap space for the next query.
            boolean swaps = Files.isReadable(SWAPS) && Files.readAllLines(SWAPS).size() > 1;
            for (MatchResult mapping :
                    mappings.map(MAPPING::matcher)
                            .filter(Matcher::matches)
                            .map(Matcher::toMatchResult)
                            .toList()) {
                long start = Long.parseUnsignedLong(mapping.group(1), 16);
                long bytes = Long.parseUnsignedLong(mapping.group(2), 16) - start;
                if (mapping.group(4).equals("[heap]")) {
                    advise(start, bytes, MADV_NOHUGEPAGE);
                } else if (mapping.group(3).equals("-") || !swaps) {
                    boolean out = pageOut(start, bytes);
                    LOG.log(
                            System.Logger.Level.DEBUG,
                            "{0} bytes of the AOT cache: {1}",
                            bytes,
                            out ? "given back" : "kept");
                }
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Pages of the AOT cache cannot be given back", e);
        }
    }

    /// Takes pages out of memory that the system can read again; returns whether it did.
    ///
    /// @param address of a page
    static boolean pageOut(long address, long bytes) {
        return advise(address, bytes, MADV_PAGEOUT);
    }

    // A method handle is declared to throw anything.
    @SuppressWarnings("IllegalCatch")
    private static boolean advise(long address, long bytes, int advice) {
        Optional<MethodHandle> advise =
                function(
                        "madvise",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT));
        try {
            return advise.isPresent()
                    && (int) advise.get().invokeExact(address, bytes, advice) == 0;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<MethodHandle> function(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup().find(name).map(f -> linker.downcallHandle(f, type));
    }
}
