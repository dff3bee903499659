package io.neuralake.connector.parquet.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.connector.parquet.file.KeptStatistics.FileStatistics;
import io.neuralake.spi.catalog.ColumnStatistics;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.statistics.DistinctSketch;
import io.neuralake.spi.statistics.ValueHash;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

class KeptStatisticsTest {
    @TempDir Path folder;

    private static ColumnStatistics column(@Nullable Object minimum, @Nullable Object maximum) {
        DistinctSketch sketch = new DistinctSketch(11);
        for (int i = 0; i < 1000; i++) {
            sketch.add(ValueHash.hash(i));
        }
        return new ColumnStatistics(minimum, maximum, 7, sketch.estimate(), Double.NaN, sketch);
    }

    private Map<FileId, FileStatistics> example() {
        return Map.of(
                new FileId(folder.resolve("x=1/a.parquet").toString(), 100, 12),
                new FileStatistics(
                        50,
                        Map.of(
                                "l", column(-5L, Long.MAX_VALUE),
                                "d", column(-0.5, 1e300),
                                "n", column(new BigDecimal("-1.50"), new BigDecimal("9999.99")),
                                "s", column("", "zürich"),
                                "none", column(null, null))),
                new FileId(folder.resolve("b.parquet").toString(), 200, 13),
                new FileStatistics(0, Map.of()));
    }

    @Test
    void readsWhatWasWritten() {
        Path place = KeptStatistics.place(folder, true);
        KeptStatistics.write(place, example());
        assertThat(KeptStatistics.read(place)).isEqualTo(example());
        KeptStatistics.write(place, Map.of());
        assertThat(KeptStatistics.read(place)).isEmpty();
        assertThat(folder).isDirectoryContaining(path -> path.equals(place));
        assertThat(folder.toFile().list()).hasSize(1);
    }

    @Test
    void damagedContentIsIgnored() throws IOException {
        Path place = KeptStatistics.place(folder.resolve("t.parquet"), false);
        KeptStatistics.write(place, example());
        byte[] good = Files.readAllBytes(place);
        for (int i = 0; i < good.length; i += 97) {
            byte[] bad = good.clone();
            bad[i] ^= 4;
            Files.write(place, bad);
            assertThat(KeptStatistics.read(place)).isEmpty();
            Files.write(place, Arrays.copyOf(good, i));
            assertThat(KeptStatistics.read(place)).isEmpty();
        }
        Files.delete(place);
        assertThat(KeptStatistics.read(place)).isEmpty();
    }

    @Test
    void aPlaceThatCannotBeWrittenIsAnError() {
        Path place = KeptStatistics.place(folder.resolve("nowhere"), true);
        assertThatThrownBy(() -> KeptStatistics.write(place, example()))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_ERROR))
                .hasMessageContaining("no such folder");
    }
}
