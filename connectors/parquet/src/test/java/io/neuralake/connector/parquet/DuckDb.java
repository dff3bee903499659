package io.neuralake.connector.parquet;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Struct;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Reads with DuckDB, in the Java forms that this project uses.
final class DuckDb implements AutoCloseable {
    private final Connection connection;

    DuckDb() throws SQLException {
        connection = DriverManager.getConnection("jdbc:duckdb:");
        execute("SET TimeZone = 'UTC'");
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    List<List<@Nullable Object>> query(String sql) throws SQLException {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<@Nullable Object> row = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    row.add(form(result.getObject(i)));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private static @Nullable Object form(@Nullable Object value) throws SQLException {
        return switch (value) {
            case null -> null;
            case Byte b -> b.longValue();
            case Short s -> s.longValue();
            case Integer i -> i.longValue();
            case Float f -> f.doubleValue();
            case BigInteger i -> new BigDecimal(i);
            case UUID uuid -> uuid.toString();
            case LocalDate date -> date.toEpochDay();
            case LocalTime time -> time.toNanoOfDay() / 1000;
            case java.sql.Timestamp t -> micros(t.toLocalDateTime());
            case LocalDateTime t -> micros(t);
            case OffsetDateTime t -> ChronoUnit.MICROS.between(Instant.EPOCH, t.toInstant());
            case Blob blob -> ByteBuffer.wrap(blob.getBytes(1, (int) blob.length()));
            case Array array -> list((Object[]) array.getArray());
            case Struct struct -> list(struct.getAttributes());
            case Map<?, ?> map -> {
                List<@Nullable Object> entries = new ArrayList<>();
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    List<@Nullable Object> pair = new ArrayList<>();
                    pair.add(form(entry.getKey()));
                    pair.add(form(entry.getValue()));
                    entries.add(pair);
                }
                yield entries;
            }
            default -> value;
        };
    }

    private static long micros(LocalDateTime time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time.toInstant(ZoneOffset.UTC));
    }

    private static List<@Nullable Object> list(@Nullable Object[] values) throws SQLException {
        List<@Nullable Object> list = new ArrayList<>();
        for (Object value : values) {
            list.add(form(value));
        }
        return list;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
