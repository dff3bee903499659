package io.neuralake.planner.write;

import io.neuralake.planner.write.MemoryState.Row;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableVersion;
import io.neuralake.spi.change.ChangeInfo;
import io.neuralake.spi.change.ColumnDefinition;
import io.neuralake.spi.change.Compaction;
import io.neuralake.spi.change.CompactionOptions;
import io.neuralake.spi.change.TableAlteration;
import io.neuralake.spi.change.TableChange;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The change of one statement on a table of [MemoryLake].
final class MemoryChange implements TableChange {
    private final MemoryTransaction transaction;
    private final MemoryLake lake;
    private final ChangeInfo info;
    private final MemoryState base;
    private final Set<Long> deleted = new HashSet<>();
    private final List<Row> appended = new ArrayList<>();
    private TableDefinition definition;
    private List<Row> rows;
    private boolean reads;

    MemoryChange(MemoryTransaction transaction, MemoryLake lake, ChangeInfo info) {
        this.transaction = transaction;
        this.lake = lake;
        this.info = info;
        this.base = transaction.staged();
        this.definition = base.definition();
        this.rows = base.rows();
    }

    @Override
    public TableSnapshot snapshot() {
        return new MemoryVersion(lake, transaction.table(), base, false);
    }

    @Override
    public TableSnapshot addressed() {
        reads = true;
        return new MemoryVersion(lake, transaction.table(), base, true);
    }

    @Override
    public void append(Batch batch) {
        if (batch.columnCount() != definition.columns().size()) {
            throw new IllegalStateException("Columns differ from the table's");
        }
        for (int i = 0; i < batch.rowCount(); i++) {
            if (batch.selection() == null || Bitmap.get(batch.selection().segment(), i)) {
                List<@Nullable Object> values = new ArrayList<>();
                for (int c = 0; c < batch.columnCount(); c++) {
                    Field field = definition.columns().get(c).field();
                    if (!batch.column(c).type().equals(field.type())) {
                        throw new IllegalStateException(
                                "Type of "
                                        + field.name()
                                        + " is "
                                        + batch.column(c).type().sql()
                                        + ", not "
                                        + field.type().sql());
                    }
                    values.add(batch.column(c).value(i));
                }
                appended.add(new Row(values));
            }
        }
    }

    @Override
    public long delete(Batch addresses) {
        long twice = 0;
        for (int i = 0; i < addresses.rowCount(); i++) {
            boolean selected =
                    addresses.selection() == null || Bitmap.get(addresses.selection().segment(), i);
            if (selected && addresses.column(0).value(i) instanceof Long file) {
                if (file != MemoryVersion.FILE) {
                    throw new IllegalStateException("Not an address: " + file);
                }
                twice += deleted.add((Long) addresses.column(1).value(i)) ? 0 : 1;
            }
        }
        return twice;
    }

    @Override
    public long replace(Batch addresses, Batch replacing) {
        append(replacing);
        return delete(addresses);
    }

    @Override
    public long deleteAll() {
        reads = true;
        long count = 0;
        for (long i = 0; i < base.rows().size(); i++) {
            count += deleted.add(i) ? 1 : 0;
        }
        return count;
    }

    @Override
    public void restore(TableVersion version) {
        reads = true;
        long wanted = ((TableVersion.Number) version).number();
        MemoryState old = lake.versions(transaction.table().table()).get((int) wanted);
        definition = old.definition();
        rows = old.rows();
    }

    @Override
    public Compaction compaction(CompactionOptions options) {
        lake.compactions.add(options);
        return new MemoryCompaction(options);
    }

    private final class MemoryCompaction implements Compaction {
        private final CompactionOptions options;
        private long added;

        MemoryCompaction(CompactionOptions options) {
            this.options = options;
        }

        @Override
        public List<TableSnapshot> groups() {
            return List.of(snapshot());
        }

        @Override
        public List<String> orderBy() {
            return options.orderBy().isEmpty() ? definition.clusterColumns() : options.orderBy();
        }

        @Override
        public void append(int group, Batch batch) {
            MemoryChange.this.append(batch);
        }

        @Override
        public void replace(int group) {
            deleteAll();
            added++;
        }

        @Override
        public Result result() {
            return new Result(deleted.size(), 10, added, 5);
        }

        @Override
        public boolean isPartial() {
            return lake.partialCompactions > 0 && lake.partialCompactions-- > 0;
        }
    }

    @Override
    public void alter(TableAlteration alteration) {
        reads = true;
        List<ColumnDefinition> columns = new ArrayList<>(definition.columns());
        Map<String, String> checks = new HashMap<>(definition.checks());
        Map<String, String> properties = new HashMap<>(definition.properties());
        List<String> cluster = definition.clusterColumns();
        String comment = definition.comment();
        switch (alteration) {
            case TableAlteration.AddColumn add -> {
                int at = add.after() == null ? columns.size() : 0;
                if (add.after() != null && !add.after().isEmpty()) {
                    at = index(add.after()) + 1;
                }
                columns.add(at, add.column());
                int place = at;
                rows =
                        rows.stream()
                                .map(
                                        row -> {
                                            List<@Nullable Object> values =
                                                    new ArrayList<>(row.values());
                                            values.add(place, null);
                                            return new Row(values);
                                        })
                                .toList();
            }
            case TableAlteration.DropColumn drop -> {
                int at = index(drop.column().getFirst());
                columns.remove(at);
                rows =
                        rows.stream()
                                .map(
                                        row -> {
                                            List<@Nullable Object> values =
                                                    new ArrayList<>(row.values());
                                            values.remove(at);
                                            return new Row(values);
                                        })
                                .toList();
            }
            case TableAlteration.RenameColumn rename -> {
                int at = index(rename.column().getFirst());
                Field old = columns.get(at).field();
                columns.set(at, with(at, new Field(rename.name(), old.type(), old.nullable())));
            }
            case TableAlteration.SetType set -> {
                int at = index(set.column().getFirst());
                Field old = columns.get(at).field();
                columns.set(at, with(at, new Field(old.name(), set.type(), old.nullable())));
            }
            case TableAlteration.SetNullable set -> {
                int at = index(set.column().getFirst());
                Field old = columns.get(at).field();
                columns.set(at, with(at, new Field(old.name(), old.type(), set.nullable())));
            }
            case TableAlteration.SetDefault set -> {
                int at = index(set.column().getFirst());
                ColumnDefinition old = columns.get(at);
                columns.set(
                        at,
                        new ColumnDefinition(
                                old.field(),
                                set.expression(),
                                old.generatedAs(),
                                false,
                                old.comment()));
            }
            case TableAlteration.AddCheck add -> checks.put(add.name(), add.expression());
            case TableAlteration.DropCheck drop -> {
                if (checks.remove(drop.name()) == null && drop.mustExist()) {
                    throw new NeuralakeException(
                            ErrorCode.INVALID_PARAMETER, "No constraint: " + drop.name());
                }
            }
            case TableAlteration.SetProperties set -> properties.putAll(set.properties());
            case TableAlteration.UnsetProperties unset -> unset.names().forEach(properties::remove);
            case TableAlteration.SetComment set -> {
                if (set.column().isEmpty()) {
                    comment = set.comment();
                } else {
                    int at = index(set.column().getFirst());
                    ColumnDefinition old = columns.get(at);
                    columns.set(
                            at,
                            new ColumnDefinition(
                                    old.field(),
                                    old.defaultValue(),
                                    old.generatedAs(),
                                    false,
                                    set.comment()));
                }
            }
            case TableAlteration.ClusterBy by -> cluster = by.columns();
        }
        definition =
                new TableDefinition(
                        columns,
                        definition.partitionColumns(),
                        cluster,
                        checks,
                        properties,
                        comment);
    }

    private ColumnDefinition with(int at, Field field) {
        ColumnDefinition old = definition.columns().get(at);
        return new ColumnDefinition(
                field, old.defaultValue(), old.generatedAs(), false, old.comment());
    }

    private int index(String column) {
        return definition.schema().indexOf(column).orElseThrow();
    }

    @Override
    public void stage() {
        List<Row> kept = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            if (!deleted.contains((long) i)) {
                kept.add(rows.get(i));
            }
        }
        kept.addAll(appended);
        transaction.stage(
                new MemoryState(definition, kept, base.version()),
                appended,
                reads || !deleted.isEmpty(),
                info);
    }

    @Override
    public void close() {
        transaction.done();
    }
}
