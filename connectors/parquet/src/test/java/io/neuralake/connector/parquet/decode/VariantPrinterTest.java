package io.neuralake.connector.parquet.decode;

import static io.neuralake.connector.parquet.decode.VariantForm.list;
import static io.neuralake.connector.parquet.decode.VariantForm.metadata;
import static io.neuralake.connector.parquet.decode.VariantForm.object;
import static io.neuralake.connector.parquet.decode.VariantForm.primitive;
import static io.neuralake.connector.parquet.decode.VariantForm.sized;
import static io.neuralake.connector.parquet.decode.VariantForm.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.spi.memory.LimitedReservation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Prints variants of all types, and damaged ones.
class VariantPrinterTest {
    private static final byte[] NO_NAMES = metadata(1);

    private final JsonText out = new JsonText(new LimitedReservation("test", Long.MAX_VALUE, null));

    private String json(byte[] metadata, byte[] value) {
        out.clear();
        VariantKeys keys = new VariantKeys();
        keys.open(metadata, metadata.length);
        new VariantPrinter(keys, out).print(value, value.length);
        return new String(out.bytes(), 0, out.length(), StandardCharsets.UTF_8);
    }

    private String json(byte[] value) {
        return json(NO_NAMES, value);
    }

    private void refuses(byte[] metadata, byte[] value, String message) {
        assertThatThrownBy(() -> json(metadata, value))
                .isInstanceOf(CorruptFile.class)
                .hasMessageContaining(message);
    }

    @Test
    void printsLiterals() {
        assertThat(json(primitive(0))).isEqualTo("null");
        assertThat(json(primitive(1))).isEqualTo("true");
        assertThat(json(primitive(2))).isEqualTo("false");
    }

    @ParameterizedTest
    @CsvSource({
        "3, 1, -128, -128",
        "3, 1, 127, 127",
        "4, 2, -32768, -32768",
        "5, 4, -2147483648, -2147483648",
        "5, 4, 1000000000, 1000000000",
        "6, 8, -9223372036854775808, -9223372036854775808",
        "6, 8, 9223372036854775807, 9223372036854775807",
        "6, 8, 0, 0"
    })
    void printsIntegers(int type, int width, long value, String expected) {
        assertThat(json(primitive(type, value, width))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "0.1, 0.1",
        "-0.0, -0.0",
        "1e30, 1.0E30",
        "100, 100.0",
        "1e7, 1.0E7",
        "4.9e-324, 4.9E-324",
        "NaN, '\"NaN\"'",
        "-Infinity, '\"-Infinity\"'"
    })
    void printsDoubles(double value, String expected) {
        assertThat(json(primitive(7, Double.doubleToRawLongBits(value), 8))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0.1, 0.1", "3.4028235e38, 3.4028235E38", "Infinity, '\"Infinity\"'"})
    void printsFloats(float value, String expected) {
        assertThat(json(primitive(14, Float.floatToRawIntBits(value), 4))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "0, 5, 0",
        "150, 2, 1.5",
        "-150, 2, -1.5",
        "-5, 3, -0.005",
        "1000, 0, 1000",
        "1000, 3, 1",
        "123456789, 9, 0.123456789",
        "-2147483648, 4, -214748.3648",
        "7, 38, 0.00000000000000000000000000000000000007"
    })
    void printsDecimals(int unscaled, int scale, String expected) {
        for (int width : new int[] {4, 8, 16}) {
            int[] content = new int[width + 1];
            content[0] = scale;
            for (int i = 0; i < width; i++) {
                content[i + 1] = i < 4 ? unscaled >> 8 * i : unscaled >> 31;
            }
            int type = width == 4 ? 8 : width == 8 ? 9 : 10;
            assertThat(json(primitive(type, content))).as("%s bytes", width).isEqualTo(expected);
        }
        refuses(NO_NAMES, primitive(8, 39, 1, 0, 0, 0), "too many digits");
    }

    @Test
    void printsExtremesOfDecimals() {
        assertThat(json(primitive(9, 2, 0, 0, 0, 0, 0, 0, 0, 0x80)))
                .isEqualTo("-92233720368547758.08");
        int[] most = new int[17];
        Arrays.fill(most, 0xFF);
        most[0] = 0;
        most[16] = 0x7F;
        assertThat(json(primitive(10, most))).isEqualTo("170141183460469231731687303715884105727");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1970-01-01",
        "-1, 1969-12-31",
        "19782, 2024-02-29",
        "-719529, -0001-12-31",
        "-719528, 0000-01-01",
        "2932896, 9999-12-31",
        "2932897, +10000-01-01"
    })
    void printsDates(int day, String expected) {
        assertThat(json(primitive(11, day, 4))).isEqualTo('"' + expected + '"');
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1970-01-01 00:00:00, 1970-01-01 00:00:00",
        "-1, 1969-12-31 23:59:59.999999, 1969-12-31 23:59:59.999999999",
        "1500000, 1970-01-01 00:00:01.5, 1970-01-01 00:00:00.0015",
        "1709210096789000, 2024-02-29 12:34:56.789, 1970-01-20 18:46:50.096789"
    })
    void printsTimestamps(long value, String micros, String nanos) {
        assertThat(json(primitive(12, value, 8))).isEqualTo('"' + micros + "+00:00\"");
        assertThat(json(primitive(13, value, 8))).isEqualTo('"' + micros + '"');
        assertThat(json(primitive(18, value, 8))).isEqualTo('"' + nanos + "+00:00\"");
        assertThat(json(primitive(19, value, 8))).isEqualTo('"' + nanos + '"');
    }

    @Test
    void printsTimes() {
        assertThat(json(primitive(17, 0, 8))).isEqualTo("\"00:00:00\"");
        assertThat(json(primitive(17, 86_399_999_999L, 8))).isEqualTo("\"23:59:59.999999\"");
        refuses(NO_NAMES, primitive(17, 86_400_000_000L, 8), "out of range");
        refuses(NO_NAMES, primitive(17, -1, 8), "out of range");
    }

    @Test
    void printsStrings() {
        assertThat(json(text(""))).isEqualTo("\"\"");
        assertThat(json(text("aé😀/"))).isEqualTo("\"aé😀/\"");
        assertThat(json(text("\"\\\b\t\n\f\r\0\u001f\u007f")))
                .isEqualTo("\"\\\"\\\\\\b\\t\\n\\f\\r\\u0000\\u001F\u007f\"");
        String large = "0123456789".repeat(20_000);
        assertThat(json(sized(16, large.getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo('"' + large + '"');
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 255})
    void printsBinary(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        assertThat(json(sized(15, bytes)))
                .isEqualTo('"' + java.util.Base64.getEncoder().encodeToString(bytes) + '"');
    }

    @Test
    void printsUuids() {
        int[] bytes = new int[16];
        for (int i = 0; i < 16; i++) {
            bytes[i] = 0xF0 + i;
        }
        assertThat(json(primitive(20, bytes)))
                .isEqualTo("\"f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff\"");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void printsContainers(int width) {
        byte[] names = metadata(width, "a", "", "ü\n");
        for (boolean isLarge : new boolean[] {false, true}) {
            byte[] empty = list(isLarge, width);
            byte[] inner = list(isLarge, width, primitive(0), text("x"), empty);
            byte[] nothing = object(isLarge, width, width, new int[0]);
            byte[] object =
                    object(isLarge, width, width, new int[] {1, 0, 2}, inner, text("b"), nothing);
            assertThat(json(names, list(isLarge, width, object, primitive(1))))
                    .isEqualTo("[{\"\":[null,\"x\",[]],\"a\":\"b\",\"ü\\n\":{}},true]");
        }
    }

    @Test
    void printsManyParts() {
        List<byte[]> parts = new ArrayList<>();
        StringBuilder expected = new StringBuilder("[");
        for (int i = 0; i < 70_000; i++) {
            parts.add(primitive(5, i, 4));
            expected.append(i == 0 ? "" : ",").append(i);
        }
        assertThat(json(list(true, 3, parts.toArray(byte[][]::new))))
                .isEqualTo(expected.append(']').toString());
    }

    /// The values of an object's fields may lie in another order than its fields.
    @Test
    void followsOffsets() {
        byte[] value = {2, 2, 0, 1, 2, 0, 4, 3 << 2, 7, 3 << 2, 9};
        assertThat(json(metadata(1, "a", "b"), value)).isEqualTo("{\"a\":9,\"b\":7}");
    }

    @Test
    void refusesPartsThatOverlap() {
        byte[] lists = text("0123456789");
        for (int i = 0; i < 30; i++) {
            byte[] shared = new byte[4 + 1 + lists.length];
            shared[0] = 3;
            shared[1] = 2;
            shared[4] = (byte) lists.length;
            System.arraycopy(lists, 0, shared, 5, lists.length);
            lists = shared;
        }
        refuses(NO_NAMES, lists, "overlap");
    }

    @Test
    void refusesDepth() {
        byte[] value = primitive(0);
        for (int i = 0; i < VariantPrinter.MAX_DEPTH; i++) {
            value = list(false, 4, value);
        }
        assertThat(json(value)).startsWith("[[[").endsWith("]]]");
        refuses(NO_NAMES, list(false, 4, value), "nested too deeply");
    }

    @Test
    void refusesWhatIsUnknown() {
        refuses(NO_NAMES, primitive(21), "unknown type 21");
        refuses(NO_NAMES, primitive(63), "unknown type 63");
        refuses(new byte[] {2, 0, 0}, primitive(0), "version");
        refuses(new byte[0], primitive(0), "version");
        refuses(NO_NAMES, new byte[0], "ends early");
        refuses(metadata(1, "a"), object(false, 1, 1, new int[] {1}, primitive(0)), "lacks");
    }

    @Test
    void refusesLengthsThatLie() {
        refuses(NO_NAMES, new byte[] {16 << 2, -1, -1, -1, -1}, "ends early");
        refuses(NO_NAMES, new byte[] {15 << 2, -1, -1, -1, 127, 0}, "ends early");
        refuses(NO_NAMES, new byte[] {3 | 1 << 4, -1, -1, -1, -1, 0}, "ends early");
        refuses(NO_NAMES, new byte[] {3 | 3 << 2 | 1 << 4, -1, -1, -1, 127}, "ends early");
        refuses(NO_NAMES, new byte[] {3, 1, -1, 1, 0}, "ends early");
        refuses(new byte[] {(byte) 0xC1, -1, -1, -1, -1}, primitive(0), "ends early");
        byte[] reversed = metadata(1, "ab", "c");
        reversed[4] = 1;
        refuses(reversed, object(false, 1, 1, new int[] {1}, primitive(0)), "overlap");
    }

    /// Whatever the bytes are, they are printed or refused, and never as more text than they are worth.
    @Test
    void readsOrRefusesRandomChanges() {
        byte[] names = metadata(1, "a", "bb", "ccc");
        byte[] value =
                object(
                        false,
                        1,
                        2,
                        new int[] {0, 1, 2},
                        list(true, 1, primitive(6, 5, 8), text("text"), primitive(12, 77, 8)),
                        sized(16, "long text".getBytes(StandardCharsets.US_ASCII)),
                        list(
                                false,
                                4,
                                object(true, 4, 3, new int[] {2}, primitive(7, 1L << 62, 8)),
                                primitive(10, new int[17]),
                                sized(15, new byte[9]),
                                primitive(20, new int[16])));
        long seed = Long.getLong("neuralake.seed", 20_240_229);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int printed = 0;
        int runs = 200_000;
        for (int run = 0; run < runs; run++) {
            byte[] changedNames = names.clone();
            byte[] changed = value.clone();
            for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
                byte[] at = random.nextInt(4) == 0 ? changedNames : changed;
                at[random.nextInt(at.length)] =
                        (byte) (random.nextBoolean() ? random.nextInt(256) : random.nextInt(8));
            }
            if (random.nextInt(8) == 0) {
                changed = Arrays.copyOf(changed, random.nextInt(changed.length));
            }
            try {
                assertThat(json(changedNames, changed).length()).isLessThan(4096);
                printed++;
            } catch (CorruptFile refused) {
                assertThat(refused).hasMessageMatching(".*(variant|time of day).*");
            }
        }
        assertThat(printed).isBetween(runs / 100, runs - runs / 100);
    }
}
