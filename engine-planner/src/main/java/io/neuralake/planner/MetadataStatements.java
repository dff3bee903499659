package io.neuralake.planner;

import io.neuralake.planner.SqlPatterns.NamePattern;
import io.neuralake.planner.catalog.NearestName;
import io.neuralake.planner.catalog.StatementTables;
import io.neuralake.planner.sql.LakeOperatorTable;
import io.neuralake.planner.sql.Statement;
import io.neuralake.planner.sql.Statement.TableName;
import io.neuralake.spi.catalog.Catalog;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Answers SHOW, DESCRIBE and USE.
final class MetadataStatements {
    private final List<Catalog> catalogs;

    /// Rows of Java values.
    record Rows(Schema schema, List<List<@Nullable Object>> rows) {}

    MetadataStatements(List<Catalog> catalogs) {
        this.catalogs = catalogs;
    }

    /// Describes the columns of a relation.
    Rows describe(Schema schema) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (Field field : schema.fields()) {
            rows.add(
                    row(
                            field.name(),
                            field.type().sql(),
                            field.nullable() ? "YES" : "NO",
                            null,
                            null,
                            null));
        }
        return new Rows(
                columns("column_name", "column_type", "null", "key", "default", "extra"), rows);
    }

    /// Lists what SHOW asks for.
    Rows show(Statement.Show show, SqlSession session) {
        NamePattern pattern = NamePattern.like(show.like());
        return switch (show.kind()) {
            case CATALOGS ->
                    list("catalog_name", catalogs.stream().map(Catalog::name).toList(), pattern);
            case SCHEMAS -> {
                TableName from = show.from();
                Catalog catalog = catalog(from == null ? session.catalog() : from.toString(), from);
                yield list("schema_name", StatementTables.schemas(catalog), pattern);
            }
            case TABLES -> tables(show.from(), session, pattern);
            case FUNCTIONS -> {
                List<List<@Nullable Object>> rows = new ArrayList<>();
                for (LakeOperatorTable.FunctionEntry f : LakeOperatorTable.INSTANCE.entries()) {
                    if (pattern.matches(f.name())) {
                        rows.add(row(f.name(), f.kind(), f.description()));
                    }
                }
                yield new Rows(columns("function_name", "function_type", "description"), rows);
            }
            case SETTINGS -> {
                List<List<@Nullable Object>> rows = new ArrayList<>();
                for (Map.Entry<String, String> e : SessionSettings.all(session).entrySet()) {
                    if (pattern.matches(e.getKey())) {
                        rows.add(row(e.getKey(), e.getValue()));
                    }
                }
                yield new Rows(columns("name", "value"), rows);
            }
        };
    }

    private Rows tables(@Nullable TableName from, SqlSession session, NamePattern pattern) {
        String catalogName = session.catalog();
        String schemaName = session.schema();
        if (from != null) {
            List<String> parts = from.parts();
            schemaName = parts.getLast();
            catalogName = parts.size() > 1 ? parts.get(parts.size() - 2) : catalogName;
        }
        Catalog catalog = catalog(catalogName, from);
        String schema = schema(catalog, schemaName, from);
        return list("table_name", new StatementTables(catalogs).tables(catalog, schema), pattern);
    }

    private Catalog catalog(String name, @Nullable TableName at) {
        return catalogs.stream()
                .filter(c -> c.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new NeuralakeException(
                                        ErrorCode.CATALOG_NOT_FOUND,
                                        "Catalog not found: "
                                                + name
                                                + NearestName.hint(
                                                        name,
                                                        catalogs.stream()
                                                                .map(Catalog::name)
                                                                .toList()),
                                        at == null ? null : at.position(),
                                        null));
    }

    private static String schema(Catalog catalog, String name, @Nullable TableName at) {
        return StatementTables.schema(catalog, name)
                .orElseThrow(
                        () ->
                                new NeuralakeException(
                                        ErrorCode.SCHEMA_NOT_FOUND,
                                        "Schema not found: "
                                                + name
                                                + NearestName.hint(
                                                        name, StatementTables.schemas(catalog)),
                                        at == null ? null : at.position(),
                                        null));
    }

    /// Makes `USE schema`, `USE catalog` or `USE catalog.schema` true.
    void use(TableName name, SqlSession session) {
        List<String> parts = name.parts();
        if (parts.size() > 2) {
            throw new NeuralakeException(
                    ErrorCode.SYNTAX_ERROR,
                    "USE takes a schema or catalog.schema: " + name,
                    name.position(),
                    null);
        }
        if (parts.size() == 2) {
            Catalog catalog = catalog(parts.get(0), name);
            String schema = schema(catalog, parts.get(1), name);
            session.setCatalog(catalog.name());
            session.setSchema(schema);
            return;
        }
        String single = parts.getFirst();
        Catalog current = catalog(session.catalog(), name);
        Optional<String> schema = StatementTables.schema(current, single);
        Optional<Catalog> other =
                catalogs.stream().filter(c -> c.name().equalsIgnoreCase(single)).findFirst();
        if (schema.isEmpty() && other.isPresent()) {
            session.setCatalog(other.get().name());
            session.setSchema(
                    StatementTables.schema(other.get(), "main")
                            .orElseGet(() -> StatementTables.schemas(other.get()).getFirst()));
        } else {
            session.setSchema(schema(current, single, name));
        }
    }

    private static Rows list(String column, List<String> names, NamePattern pattern) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (String name : names) {
            if (pattern.matches(name)) {
                rows.add(row(name));
            }
        }
        return new Rows(columns(column), rows);
    }

    private static Schema columns(String... names) {
        return new Schema(
                Arrays.stream(names).map(name -> Field.of(name, ScalarType.VARCHAR)).toList());
    }

    private static List<@Nullable Object> row(@Nullable Object... values) {
        return Arrays.asList(values);
    }
}
