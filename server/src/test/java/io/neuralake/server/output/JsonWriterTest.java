package io.neuralake.server.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.impl.UnionMapWriter;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.StringWriter;
import java.util.List;

@Timeout(120)
class JsonWriterTest {
    @AutoClose private static final SqlResults results = new SqlResults();

    private static String json(String sql) throws IOException {
        return results.text(ResultFormat.JSON, sql);
    }

    @Test
    void numbersKeepAllTheirDigits() throws IOException {
        assertThat(
                        json(
                                "SELECT 9223372036854775807 AS big,"
                                    + " 12345678901234567890123456789012345678 AS exact,"
                                    + " CAST(0.00000001 AS DECIMAL(10, 8)) AS small, 1.50 AS price,"
                                    + " CAST(-7 AS SMALLINT) AS i, 0.1e0 AS d, CAST(0.1 AS REAL) AS"
                                    + " r"))
                .isEqualTo(
                        "{\"big\":9223372036854775807,"
                                + "\"exact\":12345678901234567890123456789012345678,"
                                + "\"small\":0.00000001,\"price\":1.50,\"i\":-7,\"d\":0.1,"
                                + "\"r\":0.1}\n");
    }

    @Test
    void whatJsonLacksIsText() throws IOException {
        assertThat(
                        json(
                                "SELECT CAST('NaN' AS DOUBLE) AS n, CAST('Infinity' AS DOUBLE) AS"
                                        + " p, CAST('-Infinity' AS REAL) AS m, DATE '2026-01-02' AS"
                                        + " d, TIME '10:11:12' AS t, TIMESTAMP"
                                        + " '2026-01-02 03:04:05.6' AS ts, TIMESTAMP WITH TIME ZONE"
                                        + " '2026-01-02 03:04:05+01:00' AS tz, INTERVAL '1' DAY AS"
                                        + " i, CAST(E'a\\u0001' AS VARBINARY) AS b"))
                .isEqualTo(
                        "{\"n\":\"NaN\",\"p\":\"Infinity\",\"m\":\"-Infinity\",\"d\":\"2026-01-02\",\"t\":\"10:11:12\",\"ts\":\"2026-01-02"
                            + " 03:04:05.6\",\"tz\":\"2026-01-02 02:04:05+00\",\"i\":\"1"
                            + " day\",\"b\":\"a\\\\x01\"}\n");
    }

    @Test
    void nestedValuesAreObjectsAndArrays() throws IOException {
        assertThat(
                        json(
                                "SELECT [[1], [2, NULL], []] AS l,"
                                        + " struct_pack('x', [1.5]) AS s, NULL AS n, true AS b"))
                .isEqualTo(
                        "{\"l\":[[1],[2,null],[]],\"s\":{\"EXPR$0\":\"x\",\"EXPR$1\":[1.5]},"
                                + "\"n\":null,\"b\":true}\n");
    }

    @Test
    void textsAreEscaped() throws IOException {
        assertThat(json("SELECT E'\"q\" \\\\ \\n\\u0001 ü 😀' AS \"a\"\"b\""))
                .isEqualTo("{\"a\\\"b\":\"\\\"q\\\" \\\\ \\n\\u0001 ü 😀\"}\n");
    }

    @Test
    void oneObjectALine() throws IOException {
        String json = json("SELECT n FROM generate_series(1, 40000) AS t(n) ORDER BY n");
        assertThat(json.lines()).hasSize(40_000);
        assertThat(json).startsWith("{\"n\":1}\n{\"n\":2}\n").endsWith("{\"n\":40000}\n");
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            long objects = 0;
            while (parser.nextToken() != null) {
                objects += parser.currentToken().isStructStart() ? 1 : 0;
            }
            assertThat(objects).isEqualTo(40_000);
        }
    }

    @Test
    void emptyResultIsNothing() throws IOException {
        assertThat(json("SELECT 1 AS a WHERE 1 = 0")).isEmpty();
    }

    @Test
    void mapsAreObjectsWithTextsForKeys() throws IOException {
        try (BufferAllocator allocator = new RootAllocator();
                MapVector map = MapVector.empty("m", allocator, false)) {
            UnionMapWriter writer = map.getWriter();
            writer.setPosition(0);
            writer.startMap();
            entry(writer, 1, 10);
            entry(writer, 2, 20);
            writer.endMap();
            writer.setPosition(2);
            writer.startMap();
            writer.endMap();
            map.setValueCount(3);
            VectorSchemaRoot root = new VectorSchemaRoot(List.of(map));
            StringWriter json = new StringWriter();
            try (JsonWriter out = new JsonWriter(json)) {
                out.begin(root.getSchema().getFields());
                out.batch(root.getFieldVectors(), root.getRowCount());
                out.end();
            }
            assertThat(json.toString())
                    .isEqualTo("{\"m\":{\"1\":10,\"2\":20}}\n{\"m\":null}\n{\"m\":{}}\n");
            assertThat(ArrowText.of(map, 0)).isEqualTo("{1=10, 2=20}");
            assertThat(ArrowText.of(map, 1)).isNull();
            assertThat(ArrowText.of(map, 2)).isEqualTo("{}");
        }
    }

    private static void entry(UnionMapWriter writer, int key, int value) {
        writer.startEntry();
        writer.key().integer().writeInt(key);
        writer.value().integer().writeInt(value);
        writer.endEntry();
    }
}
