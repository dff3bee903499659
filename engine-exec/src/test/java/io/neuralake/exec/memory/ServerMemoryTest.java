package io.neuralake.exec.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.LimitedReservation;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class ServerMemoryTest {
    private static PooledAllocator allocator(QueryMemory query) {
        return query.newAllocator(query.operatorReservation("operator"));
    }

    @Test
    void sizeClassesCoverEverySizeClosely() {
        for (long bytes = 0; bytes <= PooledAllocator.MAX_POOLED_BYTES; bytes++) {
            int sizeClass = PooledAllocator.sizeClass(bytes);
            long size = PooledAllocator.classBytes(sizeClass);
            assertThat(size).isGreaterThanOrEqualTo(bytes);
            if (sizeClass > 0) {
                assertThat(PooledAllocator.classBytes(sizeClass - 1)).isLessThan(bytes);
                assertThat((double) size).isLessThanOrEqualTo(bytes * 1.25 + 1);
            }
        }
    }

    @Test
    void freedBuffersAreUsedAgain() {
        try (ServerMemory server = new ServerMemory(1 << 20);
                QueryMemory query = server.open("q", Long.MAX_VALUE);
                PooledAllocator allocator = allocator(query)) {
            DataBuffer first = allocator.allocate(16_000);
            long address = first.address();
            assertThat(address % 64).isZero();
            assertThat(first.size()).isEqualTo(16_000);
            first.release();
            DataBuffer second = allocator.allocate(15_000);
            assertThat(second.address()).isEqualTo(address);
            assertThat(second.size()).isEqualTo(15_000);
            assertThatThrownBy(first::release).isInstanceOf(IllegalStateException.class);
            second.release();
        }
    }

    @Test
    void buffersSharedThroughArrowAreNotUsedAgain() {
        try (ServerMemory server = new ServerMemory(1 << 20);
                QueryMemory query = server.open("q", Long.MAX_VALUE);
                PooledAllocator allocator = allocator(query)) {
            DataBuffer first = allocator.allocate(16_000);
            var arrow = first.arrow();
            arrow.getReferenceManager().retain();
            first.release();
            DataBuffer second = allocator.allocate(16_000);
            assertThat(second.address()).isNotEqualTo(arrow.memoryAddress());
            second.release();
            arrow.getReferenceManager().release();
        }
    }

    @Test
    void keptBuffersMakeRoomWhenTheLimitIsReached() {
        try (ServerMemory server = new ServerMemory(1 << 20);
                QueryMemory query = server.open("q", 300_000);
                PooledAllocator allocator = allocator(query)) {
            List<DataBuffer> buffers = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                buffers.add(allocator.allocate(20_000));
            }
            buffers.forEach(DataBuffer::release);
            assertThat(query.reservedBytes()).isGreaterThan(200_000);
            allocator.allocate(250_000).release();
            assertThatThrownBy(() -> allocator.allocate(400_000))
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY))
                    .hasMessageContaining("q holds");
        }
    }

    @Test
    void theServersLimitHoldsForAllQueries() {
        try (ServerMemory server = new ServerMemory(1 << 20);
                QueryMemory one = server.open("one", Long.MAX_VALUE);
                QueryMemory two = server.open("two", Long.MAX_VALUE)) {
            DataBuffer most = allocator(one).allocate(900_000);
            assertThatThrownBy(() -> allocator(two).allocate(300_000))
                    .hasMessageContaining("server holds");
            most.release();
            allocator(two).allocate(300_000).release();
        }
    }

    @Test
    void batchesMayOutliveTheirQuery() {
        try (ServerMemory server = new ServerMemory(1 << 20)) {
            QueryMemory query = server.open("q", Long.MAX_VALUE);
            DataBuffer kept = allocator(query).allocate(100);
            query.close();
            assertThat(server.reservedBytes()).isPositive();
            kept.release();
            assertThat(server.reservedBytes()).isZero();
        }
    }

    @Test
    void leaksAreReportedByName() {
        ServerMemory server = new ServerMemory(1 << 20);
        QueryMemory query = server.open("q-17", Long.MAX_VALUE);
        LimitedReservation operator = query.operatorReservation("join");
        operator.grow(4711);
        query.close();
        assertThatThrownBy(server::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("q-17 4711 bytes");
    }
}
