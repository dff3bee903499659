package io.neuralake.server.bench.load;

import io.neuralake.server.bench.ProcessCpuClock;
import io.neuralake.server.sql.ServerAddress;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.HdrHistogram.Histogram;
import org.apache.arrow.memory.BufferAllocator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Runs clients of a workload at the same time, each on a thread and a connection of its own.
public final class Load {
    /// Three significant digits, from a microsecond to an hour.
    private static final long LEAST_NANOS = 1_000;

    private static final long MOST_NANOS = 3_600_000_000_000L;
    private static final int DIGITS = 3;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MILLI = 1e6;

    private final ServerAddress server;
    private final BufferAllocator allocator;
    private final Duration warmUp;
    private final Duration measured;
    private final ProcessCpuClock processor = new ProcessCpuClock();

    /// Loads a server.
    ///
    /// @param allocator of the clients' buffers; stays the caller's
    /// @param warmUp how long clients ask before it counts
    /// @param measured how long it counts
    public Load(
            ServerAddress server, BufferAllocator allocator, Duration warmUp, Duration measured) {
        this.server = server;
        this.allocator = allocator;
        this.warmUp = warmUp;
        this.measured = measured;
    }

    /// Runs so many clients. Each is asked at least once in the time that counts; the first error of
    /// any ends all and is thrown.
    public LoadResult run(Workload workload, int clients) {
        List<Workload> each = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            each.add(workload);
        }
        return run(each).getFirst();
    }

    /// Runs one client of each element at the same time, and returns a result for each workload, in
    /// the order of their first clients.
    public List<LoadResult> run(List<Workload> clients) {
        AtomicBoolean failed = new AtomicBoolean();
        long start = System.nanoTime();
        List<Future<Answers>> running = new ArrayList<>();
        List<Answers> answers = new ArrayList<>();
        long cpuNanos;
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (int i = 0; i < clients.size(); i++) {
                int number = i;
                running.add(
                        threads.submit(() -> client(clients.get(number), number, start, failed)));
            }
            sleepUntil(start + warmUp.toNanos());
            long cpuStart = processor.nanos();
            for (Future<Answers> client : running) {
                answers.add(result(client));
            }
            cpuNanos = processor.nanos() - cpuStart;
        }
        return results(clients, answers, start + warmUp.toNanos(), cpuNanos);
    }

    private static void sleepUntil(long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos - System.nanoTime());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static NeuralakeException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new NeuralakeException(ErrorCode.CANCELLED, "Load was interrupted", cause);
    }

    private static List<LoadResult> results(
            List<Workload> clients, List<Answers> answers, long countFrom, long cpuNanos) {
        long requests = answers.stream().mapToLong(each -> each.times().getTotalCount()).sum();
        double cpuMillis = cpuNanos / NANOS_PER_MILLI / requests;
        List<LoadResult> results = new ArrayList<>();
        for (Workload workload : clients.stream().distinct().toList()) {
            Histogram all = histogram();
            int count = 0;
            long end = countFrom + 1;
            for (int i = 0; i < clients.size(); i++) {
                if (clients.get(i).equals(workload)) {
                    all.add(answers.get(i).times());
                    end = Math.max(end, answers.get(i).endNanos());
                    count++;
                }
            }
            double seconds = (end - countFrom) / NANOS_PER_SECOND;
            results.add(new LoadResult(workload.label(), count, seconds, all, cpuMillis));
        }
        return results;
    }

    /// What one client waited for each answer, and when it had the last.
    private record Answers(Histogram times, long endNanos) {}

    private Answers client(Workload workload, int number, long start, AtomicBoolean failed) {
        long countFrom = start + warmUp.toNanos();
        long end = countFrom + measured.toNanos();
        Histogram times = histogram();
        try (LoadClient client = new LoadClient(server, allocator)) {
            Workload.Requests requests = workload.begin(client, number);
            long now;
            do {
                long from = System.nanoTime();
                requests.next();
                now = System.nanoTime();
                if (from >= countFrom) {
                    times.recordValue(Math.clamp(now - from, LEAST_NANOS, MOST_NANOS));
                }
            } while ((now < end || times.getTotalCount() == 0) && !failed.get());
            return new Answers(times, now);
        } catch (RuntimeException | Error e) {
            failed.set(true);
            throw e;
        }
    }

    private static Histogram histogram() {
        return new Histogram(LEAST_NANOS, MOST_NANOS, DIGITS);
    }

    private static Answers result(Future<Answers> client) {
        try {
            return client.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof NeuralakeException known) {
                throw known;
            }
            throw new NeuralakeException(
                    ErrorCode.INTERNAL_ERROR, "A client failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }
}
