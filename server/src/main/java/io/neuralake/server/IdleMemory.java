package io.neuralake.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.management.JMException;
import javax.management.ObjectName;

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

    private IdleMemory() {}

    /// Gives back what can be; returns whether the system takes native memory back.
    public static boolean release() {
        System.gc();
        if (Files.isReadable(MAPPINGS)) {
            releaseCachePages();
        }
        try {
            Object[] noArguments = {new String[0]};
            String[] signature = {String[].class.getName()};
            ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "systemTrimNativeHeap",
                            noArguments,
                            signature);
            return true;
        } catch (JMException | RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "Native memory cannot be given back", e);
            return false;
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
