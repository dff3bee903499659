package io.neuralake.connector.parquet.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Random;

class DeltaSizeTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 9, 17, 31, 48, 62})
    void isNearTheSizeWritten(int bits) {
        Random random = new Random(bits);
        DeltaSize size = new DeltaSize();
        try (var writer =
                new DeltaBinaryPackingValuesWriterForLong(
                        4 * ChunkEncoder.MINI_BLOCK_VALUES,
                        4,
                        1024,
                        1 << 20,
                        HeapByteBufferAllocator.getInstance())) {
            long value = 0;
            for (int i = 0; i < 10_000; i++) {
                value += random.nextLong() >>> (64 - bits);
                size.add(value);
                writer.writeLong(value);
            }
            double written = writer.getBytes().size();
            assertThat(size.bytes() / written).isCloseTo(1, within(0.1));
        }
    }
}
