package io.neuralake.connector.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.connector.parquet.decode.VariantForm;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.connector.RowFilter;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// Flips bits of uncompressed pages, so that the damage reaches the decoders, in every encoding. The
/// decoders compute addresses from what they read: a missing check ends the process, not the test.
class HostileFileTest {
    private static final int ROWS = 400;
    private static final int RUNS = 150;
    private static final long MEMORY = 64L << 20;
    private static final Set<ErrorCode> REFUSALS =
            Set.of(ErrorCode.CORRUPT_FILE, ErrorCode.UNSUPPORTED, ErrorCode.OUT_OF_MEMORY);
    private static final String SCHEMA =
            """
            message t {
              required int32 i;
              optional int64 l;
              optional double d;
              optional float f;
              optional boolean b;
              required binary s (STRING);
              optional binary repeated_text (STRING);
              optional fixed_len_byte_array(9) x (DECIMAL(20, 2));
              optional binary n (DECIMAL(30, 3));
              optional int96 t;
              optional group list (LIST) {
                repeated group list { optional binary element (STRING); }
              }
              optional group st { optional int32 a; optional group deep (LIST) {
                repeated group list { optional int64 element; } } }
              optional group v (VARIANT(1)) {
                required binary metadata;
                optional binary value;
                optional group typed_value {
                  required group a { optional binary value; optional int64 typed_value; } }
              }
            }
            """;

    @TempDir static Path folder;

    @BeforeAll
    static void write() throws IOException {
        for (String name : new String[] {"plain1", "plain2", "codes1", "codes2", "split2"}) {
            GroupFile.write(
                    folder.resolve(name + ".parquet"),
                    SCHEMA,
                    ROWS,
                    builder -> options(builder, name),
                    HostileFileTest::fill);
        }
    }

    private static ExampleParquetWriter.Builder options(
            ExampleParquetWriter.Builder builder, String name) {
        return builder.withWriterVersion(
                        name.endsWith("1") ? WriterVersion.PARQUET_1_0 : WriterVersion.PARQUET_2_0)
                .withDictionaryEncoding(name.startsWith("codes"))
                .withByteStreamSplitEncoding(name.startsWith("split"))
                .withPageRowCountLimit(150)
                .withPageWriteChecksumEnabled(false);
    }

    private static void fill(Group row, int i) {
        row.append("i", i * 31);
        if (i % 7 != 0) {
            row.append("l", i * 1_000_003L);
        }
        row.append("d", i / 3.0).append("f", i / 7f).append("b", i % 3 == 0);
        row.append("s", "a value of its own, longer than a view: " + i);
        if (i % 5 != 1) {
            row.append("repeated_text", i % 2 == 0 ? "short" : "something longer, again " + i % 9);
        }
        row.append("x", binary(9, i)).append("n", binary(4 + i % 5, i)).append("t", binary(12, i));
        Group list = row.addGroup("list");
        for (int e = 0; e < i % 4; e++) {
            list.addGroup("list").append("element", "element " + e);
        }
        Group struct = row.addGroup("st").append("a", i);
        struct.addGroup("deep").addGroup("list").append("element", (long) i);
        variant(row.addGroup("v"), i);
    }

    private static void variant(Group variant, int i) {
        variant.append("metadata", Binary.fromConstantByteArray(VariantForm.metadata(1, "b", "c")));
        byte[] text = VariantForm.text("text " + i);
        if (i % 3 == 0) {
            variant.append("value", Binary.fromConstantByteArray(VariantForm.list(true, 2, text)));
            return;
        }
        byte[] rest = VariantForm.object(false, 1, 1, new int[] {0, 1}, text, text);
        variant.append("value", Binary.fromConstantByteArray(rest))
                .addGroup("typed_value")
                .addGroup("a")
                .append("typed_value", (long) i);
    }

    private static Binary binary(int bytes, int value) {
        byte[] result = new byte[bytes];
        ByteBuffer.wrap(result).putInt(bytes - 4, value);
        return Binary.fromConstantByteArray(result);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain1", "plain2", "codes1", "codes2", "split2"})
    void flippedPageBytesAreReadOrRefused(String name) throws IOException {
        byte[] good = Files.readAllBytes(folder.resolve(name + ".parquet"));
        fuzz(name, good, 4, footerStart(good));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain2", "codes1"})
    void flippedFooterBytesAreReadOrRefused(String name) throws IOException {
        byte[] good = Files.readAllBytes(folder.resolve(name + ".parquet"));
        fuzz(name, good, footerStart(good), good.length);
    }

    private static void fuzz(String name, byte[] good, int from, int to) throws IOException {
        long seed = Long.getLong("neuralake.seed", name.hashCode() * 31L + from);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Path bad = folder.resolve("bad.parquet");
        int refused = 0;
        for (int run = 0; run < RUNS; run++) {
            byte[] bytes = good.clone();
            for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
                damage(bytes, from + random.nextInt(to - from), random);
            }
            Files.write(bad, bytes);
            ErrorCode code = read(bad, random);
            assertThat(code).as("run %s", run).isIn(withNull());
            refused += code == null ? 0 : 1;
        }
        assertThat(refused).as("of %s damaged files", RUNS).isPositive();
    }

    /// A random byte, a flipped bit, or an extreme that lengths and counts do not expect.
    private static void damage(byte[] bytes, int at, Random random) {
        switch (random.nextInt(4)) {
            case 0 -> bytes[at] = (byte) random.nextInt(256);
            case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0xFF : 0x7F);
            default -> {
                for (int i = at; i < Math.min(bytes.length, at + 4); i++) {
                    bytes[i] = (byte) 0xFF;
                }
            }
        }
    }

    private static List<@Nullable ErrorCode> withNull() {
        List<@Nullable ErrorCode> codes = new ArrayList<>(REFUSALS);
        codes.add(null);
        return codes;
    }

    /// Reads all values, in windows of any size, sometimes only of some rows.
    private static @Nullable ErrorCode read(Path file, Random random) {
        try (ParquetScan scan = new ParquetScan(MEMORY)) {
            scan.batchRows = new int[] {1, 7, 64, 8192}[random.nextInt(4)];
            try {
                TableSnapshot table = scan.open(file);
                if (random.nextBoolean() && table.schema().size() > 0) {
                    scan.filters = List.of(new EveryNth(2 + random.nextInt(9)));
                }
                scan.rows(table, ParquetScan.allColumns(table));
                return null;
            } catch (NeuralakeException e) {
                return e.code();
            }
        }
    }

    /// Passes one row in `n` by position, so that values are skipped as well as read.
    private record EveryNth(int n) implements RowFilter {
        @Override
        public int[] columns() {
            return new int[] {0};
        }

        @Override
        public int apply(Batch input, MemorySegment passed) {
            for (int word = 0; word < Bitmap.bytes(input.rowCount()) >>> 3; word++) {
                Bitmap.setWord(passed, word, 0);
            }
            int count = 0;
            for (int row = n - 1; row < input.rowCount(); row += n) {
                Bitmap.set(passed, row, true);
                count++;
            }
            return count;
        }
    }

    private static int footerStart(byte[] file) {
        int length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(file.length - 8);
        return file.length - 8 - length;
    }
}
