package io.neuralake.planner.catalog;

import io.neuralake.planner.rel.LakeTable;
import io.neuralake.spi.catalog.Catalog;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// The tables that one statement sees: each is looked up once, so that a statement reads one version
/// of it. Remembers every look-up, found or not, so that a cached plan can be checked. Not
/// thread-safe.
public final class StatementTables {
    private final List<Catalog> catalogs;
    private final @Nullable UnaryOperator<TableSnapshot> view;
    private final Map<List<String>, Optional<LakeTable>> known = new HashMap<>();
    private final Map<String, LakeTable> adHoc = new HashMap<>();
    private final List<Dependency> dependencies = new ArrayList<>();

    /// Something that a plan depends on: a look-up and what it found.
    ///
    /// @param version of what the catalogs have; null when nothing was found
    /// @param named whether transactions have a view of what is found
    /// @param own what a transaction has in place of it, and nobody else; null if it has the same
    public record Dependency(
            Supplier<Optional<TableSnapshot>> lookup,
            @Nullable Object version,
            boolean named,
            @Nullable TableSnapshot own) {
        /// Tells whether the table is how one transaction sees it, which is never so for others.
        public boolean isOwn() {
            return own != null;
        }

        /// Looks again and tells whether the answer is the same; an error is another answer.
        ///
        /// @param view gives the table that a statement sees in place of one of a catalog
        @SuppressWarnings("ReferenceEquality") // What a transaction has staged has no version.
        public boolean holds(UnaryOperator<TableSnapshot> view) {
            try {
                TableSnapshot found = lookup.get().orElse(null);
                TableSnapshot seen = named && found != null ? view.apply(found) : found;
                if (seen != found) {
                    return seen == own;
                }
                Object now = found == null ? null : found.version();
                return own == null && Objects.equals(version, now);
            } catch (NeuralakeException e) {
                return false;
            }
        }
    }

    /// Starts a statement that sees the tables as the catalogs have them.
    public StatementTables(List<Catalog> catalogs) {
        this(catalogs, null);
    }

    /// Starts a statement.
    ///
    /// @param view gives the table that the statement sees in place of one of a catalog; null if it sees
    ///     those
    public StatementTables(List<Catalog> catalogs, @Nullable UnaryOperator<TableSnapshot> view) {
        this.catalogs = catalogs;
        this.view = view;
    }

    /// Starts another query of the same statement, which sees the same.
    public StatementTables sibling() {
        return new StatementTables(catalogs, view);
    }

    /// Returns the catalogs in order.
    public List<Catalog> catalogs() {
        return catalogs;
    }

    /// Finds a catalog by name, ignoring case.
    public Optional<Catalog> catalog(String name) {
        return catalogs.stream().filter(c -> c.name().equalsIgnoreCase(name)).findFirst();
    }

    /// Finds a schema of a catalog, with `information_schema`; exactly, else ignoring case.
    public static Optional<String> schema(Catalog catalog, String name) {
        List<String> names = schemas(catalog);
        return names.stream()
                .filter(name::equals)
                .findFirst()
                .or(() -> names.stream().filter(name::equalsIgnoreCase).findFirst());
    }

    /// Lists the schemas of a catalog, with `information_schema` at the end.
    public static List<String> schemas(Catalog catalog) {
        List<String> names = new ArrayList<>(catalog.schemas());
        if (!names.contains(InformationSchema.NAME)) {
            names.add(InformationSchema.NAME);
        }
        return names;
    }

    /// Lists the tables of a schema.
    public List<String> tables(Catalog catalog, String schema) {
        return schema.equalsIgnoreCase(InformationSchema.NAME)
                ? InformationSchema.tableNames()
                : catalog.tables(schema);
    }

    /// Finds a table.
    public Optional<LakeTable> table(Catalog catalog, String schema, String table) {
        List<String> key =
                List.of(
                        catalog.name(),
                        schema.toLowerCase(Locale.ROOT),
                        table.toLowerCase(Locale.ROOT));
        Optional<LakeTable> found = known.get(key);
        if (found == null) {
            found = remember(lookup(catalog, schema, table), isViewed(schema)).map(LakeTable::new);
            known.put(key, found);
        }
        return found;
    }

    private static boolean isViewed(String schema) {
        return !schema.equalsIgnoreCase(InformationSchema.NAME);
    }

    private Supplier<Optional<TableSnapshot>> lookup(Catalog catalog, String schema, String table) {
        // Plans keep these: they must not refer to this object.
        List<Catalog> all = catalogs;
        return isViewed(schema)
                ? () -> catalog.table(schema, table)
                : () -> InformationSchema.table(all, catalog, table);
    }

    /// Adds a table without a name of its own, such as a file in FROM, and returns the name by which
    /// [#adHoc] finds it. Equal keys share one look-up.
    public String addAdHoc(String key, Supplier<TableSnapshot> lookup) {
        if (!adHoc.containsKey(key)) {
            TableSnapshot snapshot = remember(() -> Optional.of(lookup.get()), false).orElseThrow();
            adHoc.put(key, new LakeTable(snapshot));
        }
        return key;
    }

    /// Finds a table added by [#addAdHoc].
    public Optional<LakeTable> adHoc(String key) {
        return Optional.ofNullable(adHoc.get(key));
    }

    /// Lists the columns of all tables found so far, for the nearest name.
    public List<String> columnNames() {
        List<String> names = new ArrayList<>();
        found().forEach(t -> t.snapshot().schema().fields().forEach(f -> names.add(f.name())));
        return names;
    }

    /// Lists the names of all tables found so far.
    public List<String> tableNames() {
        return found().map(table -> table.snapshot().name().table()).toList();
    }

    private Stream<LakeTable> found() {
        return Stream.concat(
                known.values().stream().flatMap(Optional::stream), adHoc.values().stream());
    }

    /// Returns what was looked up so far.
    public List<Dependency> dependencies() {
        return List.copyOf(dependencies);
    }

    @SuppressWarnings("ReferenceEquality") // A view that changes nothing returns the same table.
    private Optional<TableSnapshot> remember(
            Supplier<Optional<TableSnapshot>> lookup, boolean named) {
        TableSnapshot found = lookup.get().orElse(null);
        TableSnapshot seen = view != null && named && found != null ? view.apply(found) : found;
        Object version = found == null ? null : found.version();
        dependencies.add(new Dependency(lookup, version, named, seen == found ? null : seen));
        return Optional.ofNullable(seen);
    }
}
