package io.neuralake.server.generate;

import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;

/// A synthetic neural data set as a brain-interface laboratory keeps it: recording sessions, the
/// channels of the implanted array, sorted spikes, events of the cursor game that the subject plays,
/// and spike counts binned at 20 ms as a list over the channels. Spikes are Poisson processes whose
/// rates depend on the channel's preferred direction and the direction of the current target (cosine
/// tuning, Georgopoulos et al. 1982), so that decoding queries find something.
public final class SignalsTables {
    private static final int CHANNELS = 64;
    private static final int SESSIONS_AT_SCALE_1 = 40;
    private static final int SECONDS = 300;
    private static final int BIN_MICROS = 20_000;
    private static final int TRIAL_SECONDS = 3;
    private static final int TARGETS = 8;
    private static final long SECOND = 1_000_000L;
    private static final long FIRST_DAY_MICROS = 1_735_725_600L * SECOND; // 2025-01-01T10:00Z
    private static final String[] AREAS = {"M1", "PMd", "S1", "PPC"};

    private SignalsTables() {}

    /// Returns the tables at a scale: scale 1 has 40 sessions of five minutes on 64 channels.
    public static List<GeneratedTable> at(double scale) {
        int sessions = Math.max(1, (int) Math.round(SESSIONS_AT_SCALE_1 * scale));
        long bins = (long) SECONDS * SECOND / BIN_MICROS;
        return List.of(
                new SessionTable(
                        "sessions",
                        schema(
                                "session_id", ScalarType.INTEGER,
                                "subject", ScalarType.VARCHAR,
                                "task", ScalarType.VARCHAR,
                                "started_at", ScalarType.TIMESTAMP_TZ,
                                "duration_s", ScalarType.DOUBLE,
                                "days_since_implant", ScalarType.INTEGER,
                                "sample_rate_hz", ScalarType.INTEGER),
                        sessions,
                        1,
                        SignalsTables::session),
                new SessionTable(
                        "channels",
                        schema(
                                "session_id", ScalarType.INTEGER,
                                "channel", ScalarType.SMALLINT,
                                "area", ScalarType.VARCHAR,
                                "x_um", ScalarType.REAL,
                                "y_um", ScalarType.REAL,
                                "impedance_kohm", ScalarType.REAL,
                                "good", ScalarType.BOOLEAN),
                        sessions,
                        CHANNELS,
                        SignalsTables::channels),
                new SessionTable(
                        "spikes",
                        schema(
                                "session_id", ScalarType.INTEGER,
                                "channel", ScalarType.SMALLINT,
                                "unit", ScalarType.TINYINT,
                                "spike_time", ScalarType.TIMESTAMP_TZ,
                                "amplitude_uv", ScalarType.REAL),
                        sessions,
                        (long) SECONDS * CHANNELS * 10,
                        SignalsTables::spikes),
                new SessionTable(
                        "game_events",
                        schema(
                                "session_id", ScalarType.INTEGER,
                                "trial", ScalarType.INTEGER,
                                "event_time", ScalarType.TIMESTAMP_TZ,
                                "event", ScalarType.VARCHAR,
                                "target", ScalarType.SMALLINT,
                                "cursor_x", ScalarType.DOUBLE,
                                "cursor_y", ScalarType.DOUBLE),
                        sessions,
                        SECONDS / TRIAL_SECONDS * 3L,
                        SignalsTables::events),
                new SessionTable(
                        "binned_spikes",
                        schema(
                                "session_id", ScalarType.INTEGER,
                                "bin", ScalarType.INTEGER,
                                "bin_start", ScalarType.TIMESTAMP_TZ,
                                "counts", new ListType(ScalarType.SMALLINT)),
                        sessions,
                        bins,
                        SignalsTables::bins));
    }

    private static Schema schema(Object... namesAndTypes) {
        Field[] fields = new Field[namesAndTypes.length / 2];
        for (int i = 0; i < fields.length; i++) {
            fields[i] =
                    new Field(
                            (String) namesAndTypes[2 * i], (Type) namesAndTypes[2 * i + 1], false);
        }
        return Schema.of(fields);
    }

    /// A table made a session at a time.
    private record SessionTable(
            String name,
            Schema schema,
            int sessions,
            long rowsPerSession,
            BiConsumer<Integer, Rows> perSession)
            implements GeneratedTable {
        @Override
        public long expectedRows() {
            return sessions * rowsPerSession;
        }

        @Override
        public void generate(RowBuilder rows, java.util.function.Consumer<RowBuilder> endOfRow) {
            for (int session = 1; session <= sessions; session++) {
                perSession.accept(session, new Rows(rows, endOfRow));
            }
        }
    }

    private record Rows(RowBuilder row, java.util.function.Consumer<RowBuilder> endOfRow) {
        void end() {
            endOfRow.accept(row);
        }
    }

    private static SplittableRandom random(int session, int purpose) {
        return new SplittableRandom(session * 1000L + purpose);
    }

    private static long startMicros(int session) {
        return FIRST_DAY_MICROS + session * 86_400L * SECOND;
    }

    private static void session(int session, Rows rows) {
        rows.row()
                .add(session)
                .add("subject-" + (char) ('a' + session % 4))
                .add(session % 3 == 0 ? "radial-8" : "center-out")
                .add(startMicros(session))
                .add((double) SECONDS)
                .add(30 + session)
                .add(30_000);
        rows.end();
    }

    private static void channels(int session, Rows rows) {
        SplittableRandom random = random(session, 1);
        for (int channel = 0; channel < CHANNELS; channel++) {
            double impedance = 80 + random.nextDouble() * 700;
            rows.row()
                    .add(session)
                    .add(channel)
                    .add(AREAS[channel * AREAS.length / CHANNELS])
                    .add(400.0 * (channel % 8))
                    .add(400.0 * (channel / 8))
                    .add(impedance)
                    .add(impedance < 700 ? 1 : 0);
            rows.end();
        }
    }

    private static int target(int session, int trial) {
        return random(session, 100_000 + trial).nextInt(TARGETS);
    }

    /// Returns the rate in spikes a second: cosine tuning around the channel's preferred direction.
    private static double rate(int channel, int target) {
        double preferred = 2 * Math.PI * (channel * 37 % CHANNELS) / CHANNELS;
        double direction = 2 * Math.PI * target / TARGETS;
        return 10 + 8 * Math.cos(direction - preferred);
    }

    /// Calls `spike` with channel and microsecond of each spike of a session, by channel and time.
    private static void forEachSpike(int session, BiConsumer<Integer, Long> spike) {
        for (int channel = 0; channel < CHANNELS; channel++) {
            SplittableRandom random = random(session, 10 + channel);
            double seconds = 0;
            while (true) {
                int trial = (int) (seconds / TRIAL_SECONDS);
                double rate = rate(channel, target(session, trial));
                seconds += -Math.log(1 - random.nextDouble()) / rate;
                if (seconds >= SECONDS) {
                    break;
                }
                spike.accept(channel, (long) (seconds * SECOND));
            }
        }
    }

    private static void spikes(int session, Rows rows) {
        SplittableRandom random = random(session, 2);
        forEachSpike(
                session,
                (channel, micros) -> {
                    rows.row()
                            .add(session)
                            .add((long) channel)
                            .add(random.nextInt(3))
                            .add(startMicros(session) + micros)
                            .add(-40 - random.nextDouble() * 120);
                    rows.end();
                });
    }

    private static void events(int session, Rows rows) {
        for (int trial = 0; trial < SECONDS / TRIAL_SECONDS; trial++) {
            int target = target(session, trial);
            SplittableRandom random = random(session, 200_000 + trial);
            boolean hit = random.nextDouble() < 0.85;
            double angle = 2 * Math.PI * target / TARGETS;
            String[] events = {"target_on", "go_cue", hit ? "target_hit" : "timeout"};
            double[] at = {0, 0.5, 0.9 + random.nextDouble()};
            for (int e = 0; e < events.length; e++) {
                double reach = e < 2 ? 0 : hit ? 1 : random.nextDouble();
                rows.row()
                        .add(session)
                        .add(trial)
                        .add(
                                startMicros(session)
                                        + (long) ((trial * TRIAL_SECONDS + at[e]) * SECOND))
                        .add(events[e])
                        .add(target)
                        .add(reach * Math.cos(angle))
                        .add(reach * Math.sin(angle));
                rows.end();
            }
        }
    }

    private static void bins(int session, Rows rows) {
        int bins = (int) (SECONDS * SECOND / BIN_MICROS);
        short[][] counts = new short[bins][CHANNELS];
        forEachSpike(session, (channel, micros) -> counts[(int) (micros / BIN_MICROS)][channel]++);
        for (int bin = 0; bin < bins; bin++) {
            rows.row()
                    .add(session)
                    .add(bin)
                    .add(startMicros(session) + (long) bin * BIN_MICROS)
                    .add(counts[bin]);
            rows.end();
        }
    }
}
