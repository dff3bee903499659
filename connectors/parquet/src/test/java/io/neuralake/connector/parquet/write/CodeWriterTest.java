package io.neuralake.connector.parquet.write;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridDecoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;

/// parquet-java reads what is written.
class CodeWriterTest {
    private final CodeWriter writer = new CodeWriter();

    private void reads(int[] codes, int from, int to, int width) throws IOException {
        byte[] bytes = writer.write(codes, from, to, width);
        RunLengthBitPackingHybridDecoder decoder =
                new RunLengthBitPackingHybridDecoder(width, new ByteArrayInputStream(bytes));
        int[] found = new int[to - from];
        for (int i = 0; i < found.length; i++) {
            found[i] = decoder.readInt();
        }
        assertThat(found).isEqualTo(Arrays.copyOfRange(codes, from, to));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 8, 12, 17, 20, 31})
    void runsAndPackedValuesAlternate(int width) throws IOException {
        Random random = new Random(width);
        for (int round = 0; round < 200; round++) {
            int[] codes = new int[1 + random.nextInt(2000)];
            int at = 0;
            while (at < codes.length) {
                int length = 1 + random.nextInt(1 << random.nextInt(9));
                int end = Math.min(codes.length, at + length);
                boolean isRun = random.nextBoolean();
                int value = random.nextInt() >>> 32 - width;
                for (; at < end; at++) {
                    codes[at] = isRun ? value : random.nextInt() >>> 32 - width;
                }
            }
            int from = random.nextInt(codes.length);
            reads(codes, from, codes.length, width);
            reads(codes, from, from + random.nextInt(codes.length - from + 1), width);
        }
    }

    @Test
    void packsAllCodesTogetherThatHaveNoLongRun() {
        int[] codes = new Random(1).ints(20_000, 0, 4).toArray();
        assertThat(writer.write(codes, 0, codes.length, 2)).hasSize(2 + 5000);
    }

    @Test
    void oneCodeIsOneRun() throws IOException {
        int[] codes = new int[20_000];
        Arrays.fill(codes, 300);
        assertThat(writer.write(codes, 0, codes.length, 9)).hasSize(3 + 2);
        assertThat(writer.write(new int[100], 0, 100, 0)).hasSize(2);
        reads(codes, 0, codes.length, 9);
    }
}
