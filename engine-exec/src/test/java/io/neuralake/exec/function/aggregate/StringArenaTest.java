package io.neuralake.exec.function.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;

import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class StringArenaTest {
    private static final int THREADS = 4;
    private static final int ROUNDS = 2000;

    @Test
    void arenasThatShareAtTheSameTimeLeaveNothingBehind() throws Exception {
        LimitedReservation reservation = new LimitedReservation("test", Long.MAX_VALUE, null);
        CyclicBarrier barrier = new CyclicBarrier(THREADS);
        try (RootAllocator arrow = new RootAllocator();
                ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            ArrowAllocator allocator = new ArrowAllocator(arrow, reservation);
            for (int round = 0; round < ROUNDS; round++) {
                try (StringArena arena = new StringArena(allocator)) {
                    long copied = arena.copy(text(arena, allocator), 3);
                    List<Future<?>> sharing = new ArrayList<>();
                    for (int i = 0; i < THREADS; i++) {
                        sharing.add(
                                threads.submit(
                                        () -> {
                                            barrier.await();
                                            try (StringArena other = new StringArena(allocator)) {
                                                other.share(arena);
                                                assertThat(at(copied)).isEqualTo((byte) 'a');
                                            }
                                            return null;
                                        }));
                    }
                    for (Future<?> share : sharing) {
                        share.get();
                    }
                }
                assertThat(reservation.reservedBytes()).isZero();
            }
        }
    }

    /// Writes `abc` somewhere that lives as long as the arena, and returns its address.
    private static long text(StringArena arena, ArrowAllocator allocator) {
        var buffer = allocator.allocate(3);
        for (int i = 0; i < 3; i++) {
            buffer.segment().set(ValueLayout.JAVA_BYTE, i, (byte) ('a' + i));
        }
        long copied = arena.copy(buffer.address(), 3);
        buffer.release();
        return copied;
    }

    private static byte at(long address) {
        return StringView.MEMORY.get(ValueLayout.JAVA_BYTE, address);
    }
}
