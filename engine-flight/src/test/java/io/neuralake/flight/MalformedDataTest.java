package io.neuralake.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.flight.sql.FlightSqlClient.ExecuteIngestOptions;
import org.apache.arrow.flight.sql.FlightSqlClient.PreparedStatement;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest.TableDefinitionOptions;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest.TableDefinitionOptions.TableExistsOption;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.types.Types.MinorType;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

// Arrow's close() may throw anything, which the tests may, too.
@SuppressWarnings("try")
@Timeout(120)
class MalformedDataTest {
    private final RecordingEngine engine = new RecordingEngine();
    private BufferAllocator allocator;
    private FlightSqlService service;
    private FlightSqlClient client;

    @BeforeEach
    void start() throws Exception {
        allocator = new RootAllocator();
        service =
                FlightSqlService.start(
                        new FlightSqlService.Settings("127.0.0.1", 0, "test"),
                        engine,
                        QueryListener.NONE);
        client =
                new FlightSqlClient(
                        FlightClient.builder(
                                        allocator,
                                        Location.forGrpcInsecure("127.0.0.1", service.port()))
                                .build());
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        service.close();
        allocator.close();
    }

    private void refused(VectorSchemaRoot rows) {
        ExecuteIngestOptions options =
                new ExecuteIngestOptions(
                        "t",
                        TableDefinitionOptions.newBuilder()
                                .setIfExists(TableExistsOption.TABLE_EXISTS_OPTION_APPEND)
                                .build(),
                        null,
                        "s",
                        Map.of());
        assertThatThrownBy(() -> client.executeIngest(rows, options))
                .hasMessageContaining("Arrow data is malformed")
                .hasMessageContaining("[22023]");
        assertThat(service.sendingBytes()).isZero();
    }

    @Test
    void loadWithWrongOffsetsIsRefused() {
        try (ListVector lists = ListVector.empty("l", allocator)) {
            BigIntVector numbers =
                    (BigIntVector)
                            lists.addOrGetVector(FieldType.nullable(MinorType.BIGINT.getType()))
                                    .getVector();
            numbers.setSafe(0, 1);
            numbers.setSafe(1, 2);
            lists.startNewValue(0);
            lists.endValue(0, 1);
            lists.startNewValue(1);
            lists.endValue(1, 1);
            lists.setValueCount(2);
            lists.getOffsetBuffer().setInt(4, 1 << 30);
            refused(new VectorSchemaRoot(List.of(lists)));
            lists.getOffsetBuffer().setInt(4, -5);
            refused(new VectorSchemaRoot(List.of(lists)));
        }
        try (VarCharVector texts = text("abc", "def")) {
            texts.getOffsetBuffer().setInt(4, 1 << 30);
            refused(new VectorSchemaRoot(List.of(texts)));
        }
    }

    private VarCharVector text(String first, String second) {
        VarCharVector texts = new VarCharVector("s", allocator);
        texts.setSafe(0, first.getBytes(StandardCharsets.UTF_8));
        texts.setSafe(1, second.getBytes(StandardCharsets.UTF_8));
        texts.setValueCount(2);
        return texts;
    }

    @Test
    void parametersWithWrongOffsetsAreRefused() throws Exception {
        try (PreparedStatement statement = client.prepare("A ?");
                VarCharVector texts = text("abc", "def")) {
            texts.getOffsetBuffer().setInt(4, 1 << 30);
            statement.setParameters(new VectorSchemaRoot(List.of(texts)));
            assertThatThrownBy(statement::executeUpdate)
                    .hasMessageContaining("Arrow data is malformed")
                    .hasMessageContaining("[22023]");
        }
        assertThat(engine.done).isEmpty();
    }
}
