package io.neuralake.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
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

/// Gives memory back to the system that nothing needs: garbage, what native code has freed and keeps for later, and
/// pages of the AOT cache, which are read again from its file when they are wanted. For moments without work, since
/// all threads wait some 30 ms.
public final class IdleMemory {
    private static final System.Logger LOG = System.getLogger(IdleMemory.class.getName());

    private static final Path MAPPINGS = Path.of("/proc/self/maps");

    /// Start, end and file of a mapping that is only read, so that its pages are those of the file.
    private static final Pattern READ_ONLY_CACHE =
            Pattern.compile("([0-9a-f]+)-([0-9a-f]+) r--p .*\\.aot");

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
            releaseCachePages();
        }
        return trim();
    }

    /// Of glibc: gives back the pages of freed memory of all threads. Other libraries have none.
    // A method handle is declared to throw anything.
    @SuppressWarnings("IllegalCatch")
    private static boolean trim() {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> trim = linker.defaultLookup().find("malloc_trim");
        if (trim.isEmpty()) {
            LOG.log(System.Logger.Level.DEBUG, "Native memory cannot be given back");
            return false;
        }
        MethodHandle call =
                linker.downcallHandle(
                        trim.get(),
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
        try {
            int _ = (int) call.invokeExact(0L);
            return true;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static void releaseCachePages() {
        try (Stream<String> mappings = Files.lines(MAPPINGS)) {
            for (MatchResult mapping :
                    mappings.map(READ_ONLY_CACHE::matcher)
                            .filter(Matcher::matches)
                            .map(Matcher::toMatchResult)
                            .toList()) {
                long start = Long.parseUnsignedLong(mapping.group(1), 16);
                long bytes = Long.parseUnsignedLong(mapping.group(2), 16) - start;
                boolean out = pageOut(start, bytes);
                LOG.log(
                        System.Logger.Level.DEBUG,
                        "{0} bytes of the AOT cache: {1}",
                        bytes,
                        out ? "given back" : "kept");
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Pages of the AOT cache cannot be given back", e);
        }
    }

    /// Takes pages out of memory that the system can read again; returns whether it did.
    ///
    /// @param address of a page
    // A method handle is declared to throw anything.
    @SuppressWarnings("IllegalCatch")
    static boolean pageOut(long address, long bytes) {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> advise = linker.defaultLookup().find("madvise");
        if (advise.isEmpty()) {
            return false;
        }
        MethodHandle call =
                linker.downcallHandle(
                        advise.get(),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT));
        try {
            return (int) call.invokeExact(address, bytes, MADV_PAGEOUT) == 0;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
