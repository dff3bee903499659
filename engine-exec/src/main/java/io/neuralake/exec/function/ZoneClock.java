package io.neuralake.exec.function;

import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/// Converts between instants and local times of one zone, in microseconds. Remembers the span of the
/// offset used last, so that neighbouring times need no look-up.
final class ZoneClock {
    private static final long MICROS = Calendar.MICROS_PER_SECOND;

    /// No offset changes by more at once.
    private static final long MARGIN = 2 * Calendar.MICROS_PER_DAY;

    private final ZoneId zone;
    private final ZoneRules rules;
    private long from = Long.MAX_VALUE;
    private long to = Long.MIN_VALUE;
    private long offset;

    ZoneClock(ZoneId zone) {
        this.zone = zone;
        this.rules = zone.getRules();
    }

    ZoneId zone() {
        return zone;
    }

    /// Returns the local time of an instant.
    long toLocal(long instant) {
        if (instant < from || instant >= to) {
            find(instant);
        }
        return Math.addExact(instant, offset);
    }

    /// Returns the instant of a local time: the later one where there are two; in a gap the time moves
    /// forward by the gap.
    long toInstant(long local) {
        long instant = Math.subtractExact(local, offset);
        if (from != Long.MAX_VALUE && isInside(instant)) {
            return instant;
        }
        long exact = TemporalText.toInstant(local, zone);
        find(exact);
        return exact;
    }

    private boolean isInside(long instant) {
        return (from == Long.MIN_VALUE || instant - MARGIN >= from)
                && (to == Long.MAX_VALUE || instant + MARGIN < to);
    }

    private void find(long instant) {
        Instant point = Instant.ofEpochSecond(Math.floorDiv(instant, MICROS));
        ZoneOffsetTransition next = rules.nextTransition(point);
        ZoneOffsetTransition previous = rules.previousTransition(point.plusSeconds(1));
        from = previous == null ? Long.MIN_VALUE : previous.toEpochSecond() * MICROS;
        to = next == null ? Long.MAX_VALUE : next.toEpochSecond() * MICROS;
        offset = rules.getOffset(point).getTotalSeconds() * MICROS;
    }
}
