package io.neuralake.flight.command;

import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetXdbcTypeInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.XdbcDataType;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Describes the SQL types as JDBC and ODBC ask for them.
public final class TypeInfoCommand {
    private static final int NULLABLE = 1;
    private static final int SEARCHABLE = 3;
    private static final int BASIC = 2;
    private static final int RADIX = 10;

    private final BufferAllocator allocator;

    /// Sends with buffers of `allocator`.
    public TypeInfoCommand(BufferAllocator allocator) {
        this.allocator = allocator;
    }

    private record TypeInfo(
            String name,
            XdbcDataType type,
            int columnSize,
            @Nullable String prefix,
            @Nullable String suffix,
            List<String> createParameters,
            boolean caseSensitive,
            @Nullable Integer maximumScale) {
        private List<@Nullable Object> row() {
            boolean number =
                    switch (type) {
                        case XDBC_TINYINT,
                                XDBC_SMALLINT,
                                XDBC_INTEGER,
                                XDBC_BIGINT,
                                XDBC_REAL,
                                XDBC_DOUBLE,
                                XDBC_DECIMAL ->
                                true;
                        default -> false;
                    };
            return Arrays.asList(
                    name,
                    type.getNumber(),
                    columnSize,
                    prefix,
                    suffix,
                    createParameters.isEmpty() ? null : createParameters,
                    NULLABLE,
                    caseSensitive,
                    caseSensitive ? SEARCHABLE : BASIC,
                    number ? Boolean.FALSE : null,
                    type == XdbcDataType.XDBC_DECIMAL,
                    number ? Boolean.FALSE : null,
                    name,
                    maximumScale == null ? null : (Object) 0,
                    maximumScale,
                    type.getNumber(),
                    null,
                    number ? RADIX : null,
                    null);
        }
    }

    private static final List<TypeInfo> TYPES =
            List.of(
                    number("BIGINT", XdbcDataType.XDBC_BIGINT, 19, 0),
                    quoted("VARBINARY", XdbcDataType.XDBC_VARBINARY, Integer.MAX_VALUE, "X'", null),
                    quoted("VARCHAR", XdbcDataType.XDBC_VARCHAR, Integer.MAX_VALUE, "'", null),
                    number("BOOLEAN", XdbcDataType.XDBC_BIT, 1, null),
                    number("TINYINT", XdbcDataType.XDBC_TINYINT, 3, 0),
                    new TypeInfo(
                            "DECIMAL",
                            XdbcDataType.XDBC_DECIMAL,
                            38,
                            null,
                            null,
                            List.of("precision", "scale"),
                            false,
                            38),
                    number("INTEGER", XdbcDataType.XDBC_INTEGER, 10, 0),
                    number("SMALLINT", XdbcDataType.XDBC_SMALLINT, 5, 0),
                    number("REAL", XdbcDataType.XDBC_REAL, 7, null),
                    number("DOUBLE", XdbcDataType.XDBC_DOUBLE, 15, null),
                    quoted("DATE", XdbcDataType.XDBC_DATE, 10, "DATE '", null),
                    quoted("TIME", XdbcDataType.XDBC_TIME, 15, "TIME '", 6),
                    quoted("TIMESTAMP", XdbcDataType.XDBC_TIMESTAMP, 26, "TIMESTAMP '", 6),
                    quoted(
                            "TIMESTAMP WITH TIME ZONE",
                            XdbcDataType.XDBC_TIMESTAMP,
                            32,
                            "TIMESTAMP WITH TIME ZONE '",
                            6));

    private static TypeInfo number(
            String name, XdbcDataType type, int columnSize, @Nullable Integer maximumScale) {
        return new TypeInfo(name, type, columnSize, null, null, List.of(), false, maximumScale);
    }

    private static TypeInfo quoted(
            String name,
            XdbcDataType type,
            int columnSize,
            String prefix,
            @Nullable Integer maximumScale) {
        return new TypeInfo(
                name,
                type,
                columnSize,
                prefix,
                "'",
                List.of(),
                type == XdbcDataType.XDBC_VARCHAR,
                maximumScale);
    }

    /// Sends all types, or the one asked for.
    public void send(CommandGetXdbcTypeInfo command, ServerStreamListener client) {
        MetadataRows.send(
                Schemas.GET_TYPE_INFO_SCHEMA,
                () -> {
                    List<List<@Nullable Object>> rows = new ArrayList<>();
                    for (TypeInfo type : TYPES) {
                        if (!command.hasDataType()
                                || command.getDataType() == type.type().getNumber()) {
                            rows.add(type.row());
                        }
                    }
                    return rows;
                },
                allocator,
                client);
    }
}
