package io.neuralake.flight.command;

import io.neuralake.planner.SqlEngine;
import io.neuralake.spi.catalog.Catalog;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetDbSchemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTables;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Lists catalogs, schemas, tables and table types.
public final class CatalogCommands {
    private static final String TABLE = "TABLE";

    private final SqlEngine engine;
    private final BufferAllocator allocator;

    /// Lists what `engine` knows.
    public CatalogCommands(SqlEngine engine, BufferAllocator allocator) {
        this.engine = engine;
        this.allocator = allocator;
    }

    /// Sends the catalogs.
    public void catalogs(ServerStreamListener client) {
        MetadataRows.send(
                Schemas.GET_CATALOGS_SCHEMA,
                () -> {
                    List<List<@Nullable Object>> rows = new ArrayList<>();
                    engine.catalogs().forEach(c -> rows.add(List.of(c.name())));
                    return rows;
                },
                allocator,
                client);
    }

    /// Sends the schemas that match the command's filters.
    public void schemas(CommandGetDbSchemas command, ServerStreamListener client) {
        MetadataRows.send(
                Schemas.GET_SCHEMAS_SCHEMA,
                () -> {
                    List<List<@Nullable Object>> rows = new ArrayList<>();
                    Pattern pattern =
                            like(
                                    command.hasDbSchemaFilterPattern(),
                                    command.getDbSchemaFilterPattern());
                    for (Catalog catalog : catalogs(command.hasCatalog(), command.getCatalog())) {
                        for (String schema : catalog.schemas()) {
                            if (pattern.matcher(schema).matches()) {
                                rows.add(List.of(catalog.name(), schema));
                            }
                        }
                    }
                    return rows;
                },
                allocator,
                client);
    }

    /// Sends the types of tables.
    public void tableTypes(ServerStreamListener client) {
        MetadataRows.send(
                Schemas.GET_TABLE_TYPES_SCHEMA, () -> List.of(List.of(TABLE)), allocator, client);
    }

    /// Sends the tables that match the command's filters, with their columns if asked. A table that
    /// cannot be opened is listed with no columns: one broken file must not hide the others.
    public void tables(CommandGetTables command, ServerStreamListener client) {
        Schema schema =
                command.getIncludeSchema()
                        ? Schemas.GET_TABLES_SCHEMA
                        : Schemas.GET_TABLES_SCHEMA_NO_SCHEMA;
        MetadataRows.send(schema, () -> tables(command), allocator, client);
    }

    private List<List<@Nullable Object>> tables(CommandGetTables command) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        if (command.getTableTypesCount() > 0 && !command.getTableTypesList().contains(TABLE)) {
            return rows;
        }
        Pattern schemaPattern =
                like(command.hasDbSchemaFilterPattern(), command.getDbSchemaFilterPattern());
        Pattern tablePattern =
                like(command.hasTableNameFilterPattern(), command.getTableNameFilterPattern());
        for (Catalog catalog : catalogs(command.hasCatalog(), command.getCatalog())) {
            for (String schema : catalog.schemas()) {
                if (!schemaPattern.matcher(schema).matches()) {
                    continue;
                }
                for (String table : catalog.tables(schema)) {
                    if (tablePattern.matcher(table).matches()) {
                        List<@Nullable Object> row =
                                new ArrayList<>(
                                        Arrays.asList(catalog.name(), schema, table, TABLE));
                        if (command.getIncludeSchema()) {
                            row.add(columns(catalog, schema, table));
                        }
                        rows.add(row);
                    }
                }
            }
        }
        return rows;
    }

    private static byte[] columns(Catalog catalog, String schema, String table) {
        Schema columns = new Schema(List.of());
        try {
            Optional<TableSnapshot> snapshot = catalog.table(schema, table);
            if (snapshot.isPresent()) {
                columns =
                        ResultSchemas.ofTable(
                                snapshot.get().schema(), catalog.name(), schema, table);
            }
        } catch (NeuralakeException broken) {
            columns = new Schema(List.of());
        }
        return FlightInfos.serialized(columns).toByteArray();
    }

    private List<Catalog> catalogs(boolean filtered, String name) {
        return engine.catalogs().stream()
                .filter(c -> !filtered || name.isEmpty() || c.name().equals(name))
                .toList();
    }

    /// Compiles a LIKE pattern: `%`, `_`, and backslash to escape them.
    static Pattern like(boolean given, String pattern) {
        if (!given || pattern.isEmpty()) {
            return Pattern.compile(".*", Pattern.DOTALL);
        }
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char ch = pattern.charAt(i);
            if (ch == '\\' && i + 1 < pattern.length()) {
                i++;
                regex.append(Pattern.quote(String.valueOf(pattern.charAt(i))));
            } else if (ch == '%') {
                regex.append(".*");
            } else if (ch == '_') {
                regex.append('.');
            } else {
                regex.append(Pattern.quote(String.valueOf(ch)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL | Pattern.CASE_INSENSITIVE);
    }
}
