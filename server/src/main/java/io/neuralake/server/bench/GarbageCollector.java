package io.neuralake.server.bench;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;

/// Names the garbage collector of this process.
public final class GarbageCollector {
    private GarbageCollector() {}

    /// Returns the collector's name: G1, ZGC, Shenandoah, Parallel or Serial, else as Java calls it.
    public static String name() {
        List<String> names =
                ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .map(GarbageCollectorMXBean::getName)
                        .toList();
        String all = String.join(", ", names);
        for (String known : List.of("G1", "ZGC", "Shenandoah")) {
            if (all.contains(known)) {
                return known;
            }
        }
        if (all.contains("PS ")) {
            return "Parallel";
        }
        return all.contains("MarkSweepCompact") ? "Serial" : all;
    }
}
