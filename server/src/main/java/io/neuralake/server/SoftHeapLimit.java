package io.neuralake.server;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.VMOption;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.List;

import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/// Has ZGC collect before the heap has grown far beyond what is in use. By itself it lets the heap
/// grow to gigabytes first where allocation is slow, a quarter of the machine: memory that is in no
/// cache of the processor, that the system hands out page by page, and whose rare collections take
/// long (docs/performance.md).
///
/// The limit is `SoftMaxHeapSize`, which the heap may pass where it has to. It follows what is in use after
/// each collection. Without ZGC, and where the flag was set, nothing is changed. Thread-safe.
public final class SoftHeapLimit implements AutoCloseable {
    static final String OPTION = "SoftMaxHeapSize";

    /// Megabytes keep the collections few: what a server uses is some 50.
    private static final long LEAST = 512L << 20;

    private static final int TIMES = 4;
    private static final String CYCLES = "ZGC M.*Cycles";
    private static final System.Logger LOG = System.getLogger(SoftHeapLimit.class.getName());

    private final HotSpotDiagnosticMXBean hotspot;
    private final List<NotificationEmitter> collectors;
    private final NotificationListener listener = this::collected;
    private long limit;

    private SoftHeapLimit(HotSpotDiagnosticMXBean hotspot, List<NotificationEmitter> collectors) {
        this.hotspot = hotspot;
        this.collectors = collectors;
    }

    /// Begins; ended by closing.
    public static SoftHeapLimit start() {
        HotSpotDiagnosticMXBean hotspot =
                ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        SoftHeapLimit limit = new SoftHeapLimit(hotspot, isWanted(hotspot) ? cycles() : List.of());
        if (!limit.collectors.isEmpty()) {
            limit.follow(0);
            limit.collectors.forEach(
                    collector -> collector.addNotificationListener(limit.listener, null, null));
        }
        return limit;
    }

    /// A flag that somebody chose is left alone.
    private static boolean isWanted(HotSpotDiagnosticMXBean hotspot) {
        return hotspot.getVMOption(OPTION).getOrigin() != VMOption.Origin.VM_CREATION;
    }

    private static List<NotificationEmitter> cycles() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .filter(collector -> collector.getName().matches(CYCLES))
                .filter(NotificationEmitter.class::isInstance)
                .map(NotificationEmitter.class::cast)
                .toList();
    }

    private void collected(Notification notification, Object handback) {
        if (notification
                .getType()
                .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
            follow(
                    GarbageCollectionNotificationInfo.from(
                                    (CompositeData) notification.getUserData())
                            .getGcInfo()
                            .getMemoryUsageAfterGc()
                            .values()
                            .stream()
                            .mapToLong(MemoryUsage::getUsed)
                            .sum());
        }
    }

    private synchronized void follow(long used) {
        long next = of(used, Runtime.getRuntime().maxMemory());
        if (next != limit) {
            try {
                hotspot.setVMOption(OPTION, Long.toString(next));
                limit = next;
            } catch (IllegalArgumentException e) {
                LOG.log(System.Logger.Level.DEBUG, "The heap has no soft limit", e);
            }
        }
    }

    /// Returns the limit.
    ///
    /// @param used bytes in use after a collection
    /// @param max bytes of the largest heap
    static long of(long used, long max) {
        return Math.min(max, Math.max(LEAST, used * TIMES));
    }

    @Override
    public void close() {
        for (NotificationEmitter collector : collectors) {
            try {
                collector.removeNotificationListener(listener);
            } catch (ListenerNotFoundException e) {
                LOG.log(System.Logger.Level.DEBUG, "Closed twice", e);
            }
        }
    }
}
