package io.neuralake.exec.row;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.row.RandomColumns.Form;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

class RowMovementTest {
    private static final int[] ROWS = {0, 1, 7, 64, 65, 1000};

    private final RootAllocator root = new RootAllocator();
    private final LimitedReservation reservation =
            new LimitedReservation("test", Long.MAX_VALUE, null);
    private final MemoryAllocator allocator = new ArrowAllocator(root, reservation);
    private final RandomColumns columns = new RandomColumns(42);
    private final Random random = new Random(7);

    @AfterEach
    void nothingLeaks() {
        assertThat(reservation.reservedBytes()).isZero();
        root.close();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void gathersEveryTypeAndForm(Form form) {
        for (Type type : RandomColumns.TYPES) {
            for (int rows : ROWS) {
                for (double nulls : new double[] {0, 0.3, 1}) {
                    Column source = columns.column(allocator, type, form, rows, nulls, 10);
                    gatherAndCompare(source, rows == 0 ? 0 : 100, false);
                    gatherAndCompare(source, 130, true);
                    source.release();
                }
            }
        }
    }

    private void gatherAndCompare(Column source, int count, boolean nullable) {
        DataBuffer indexes = allocator.allocate(4L * count);
        List<@Nullable Object> expected = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean none = source.rowCount() == 0 || nullable && random.nextInt(3) == 0;
            int row = none ? -1 : random.nextInt(source.rowCount());
            indexes.segment().set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, row);
            expected.add(row < 0 ? null : source.value(row));
        }
        Column result =
                nullable
                        ? ColumnGather.gatherNullable(source, indexes.segment(), count, allocator)
                        : ColumnGather.gather(source, indexes.segment(), count, allocator);
        assertRows(result, expected);
        Column flat = ColumnFlatten.flatten(result, allocator);
        assertRows(flat, expected);
        flat.release();
        result.release();
        indexes.release();
    }

    private static void assertRows(Column column, List<@Nullable Object> expected) {
        assertThat(values(column)).usingRecursiveComparison().isEqualTo(expected);
    }

    private static List<@Nullable Object> values(Column column) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < column.rowCount(); i++) {
            values.add(column.value(i));
        }
        return values;
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void flattensEveryTypeAndForm(Form form) {
        for (Type type : RandomColumns.TYPES) {
            for (int rows : ROWS) {
                Column source = columns.column(allocator, type, form, rows, 0.3, 10);
                Column flat = ColumnFlatten.flatten(source, allocator);
                assertRows(flat, values(source));
                assertThat(flat == source).isEqualTo(form == Form.PLAIN);
                source.release();
                flat.release();
            }
        }
    }

    @Test
    void appendsMixedFormsWithSelections() {
        for (Type type : RandomColumns.TYPES) {
            Schema schema = Schema.of(Field.of("x", type));
            List<@Nullable Object> expected = new ArrayList<>();
            BatchAppender all = new BatchAppender(schema, allocator);
            for (int worker = 0; worker < 2; worker++) {
                BatchAppender appender = new BatchAppender(schema, allocator);
                for (int i = 0; i < 80; i++) {
                    Form form = Form.values()[random.nextInt(4)];
                    int rows = random.nextInt(i == 70 ? 3000 : 40);
                    Column column =
                            columns.column(
                                    allocator, type, form, rows, random.nextInt(2) * 0.2, 10);
                    DataBuffer selection = columns.bitmap(allocator, rows, 0.4 + i % 2);
                    for (int r = 0; r < rows; r++) {
                        if (selection == null || Bitmap.get(selection.segment(), r)) {
                            expected.add(column.value(r));
                        }
                    }
                    Batch batch =
                            selection == null
                                    ? Batch.of(rows, column)
                                    : Batch.selected(
                                            rows,
                                            new Column[] {column},
                                            selection,
                                            Bitmap.count(selection.segment(), rows));
                    appender.append(batch);
                    batch.close();
                }
                all.appendAll(appender);
                appender.close();
            }
            assertThat(all.rowCount()).isEqualTo(expected.size());
            Batch batch = all.finish();
            assertRows(batch.column(0), expected);
            batch.close();
            all.close();
        }
    }

    @Test
    void appendingKeepsASharedDictionary() {
        Column dictionary =
                ColumnBuilder.of(allocator, ScalarType.VARCHAR, List.of("AIR", "SHIP", "RAIL"));
        ColumnAppender appender = new ColumnAppender(ScalarType.VARCHAR, allocator);
        List<@Nullable Object> expected = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Column column = columns.dictionary(allocator, dictionary, 100, i % 2 * 0.1);
            expected.addAll(values(column));
            appender.append(column);
            column.release();
        }
        Column result = appender.finish();
        assertThat(result).isInstanceOf(DictionaryColumn.class);
        assertThat(((DictionaryColumn) result).dictionary()).isSameAs(dictionary);
        assertRows(result, expected);
        result.release();
        dictionary.release();
    }

    @Test
    void appendingPutsSmallDictionariesOfStringsTogether() {
        for (Type type : List.of(ScalarType.VARCHAR, ScalarType.VARBINARY, ScalarType.BIGINT)) {
            for (boolean large : new boolean[] {true, false}) {
                ColumnAppender appender = new ColumnAppender(type, allocator);
                List<@Nullable Object> expected = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    Form form = i % 2 == 0 ? Form.DICTIONARY : Form.DICTIONARY_WITH_NULLS;
                    Column column =
                            columns.column(
                                    allocator, type, form, large ? 1000 : 40, i % 3 * 0.1, 20 + i);
                    expected.addAll(values(column));
                    appender.append(column);
                    appender.append(column);
                    expected.addAll(values(column));
                    column.release();
                }
                Column result = appender.finish();
                assertThat(result instanceof DictionaryColumn)
                        .as("%s, of many rows: %s", type.sql(), large)
                        .isEqualTo(large && type != ScalarType.BIGINT);
                assertRows(result, expected);
                if (result instanceof DictionaryColumn coded) {
                    int each = 10 * 20 + 45;
                    assertThat(coded.dictionary().rowCount()).isEqualTo(each);
                }
                result.release();
            }
        }
    }

    @Test
    void appendingKeepsASharedConstant() {
        Column one = ColumnBuilder.of(allocator, ScalarType.BIGINT, List.of(7L));
        Column other = ColumnBuilder.of(allocator, ScalarType.BIGINT, List.of(7L));
        ColumnAppender appender = new ColumnAppender(ScalarType.BIGINT, allocator);
        for (Column second : List.of(one, other)) {
            for (Column single : List.of(one, second)) {
                Column column = new ConstantColumn(3, single.retain());
                appender.append(column);
                column.release();
            }
            Column result = appender.finish();
            assertThat(result instanceof ConstantColumn).isEqualTo(second == one);
            assertRows(result, Collections.nCopies(6, 7L));
            result.release();
        }
        one.release();
        other.release();
    }

    @Test
    void compactsSelections() {
        Column[] both = {
            columns.column(allocator, ScalarType.VARCHAR, Form.PLAIN, 100, 0.2, 50),
            columns.column(allocator, ScalarType.BIGINT, Form.DICTIONARY, 100, 0.2, 50)
        };
        DataBuffer selection = columns.bitmap(allocator, 100, 0.5);
        assertThat(selection).isNotNull();
        int count = Bitmap.count(selection.segment(), 100);
        try (Batch batch = Batch.selected(100, both, selection, count);
                Batch compact = BatchCompactor.compact(batch, allocator)) {
            assertThat(compact.rowCount()).isEqualTo(count);
            assertThat(compact.selection()).isNull();
            for (int c = 0; c < 2; c++) {
                List<@Nullable Object> expected = new ArrayList<>();
                for (int r = 0; r < 100; r++) {
                    if (Bitmap.get(selection.segment(), r)) {
                        expected.add(batch.column(c).value(r));
                    }
                }
                assertRows(compact.column(c), expected);
            }
        }
    }

    @Test
    void aFailedAllocationLeaksNothing() {
        for (Type type : RandomColumns.TYPES) {
            for (Form form : Form.values()) {
                Column a = columns.column(allocator, type, form, 100, 0.3, 10);
                Column b = columns.column(allocator, type, form, 100, 0.3, 10);
                boolean done = false;
                for (long limit = 0; !done; limit += 512) {
                    LimitedReservation small = new LimitedReservation("small", limit, null);
                    MemoryAllocator tight = new ArrowAllocator(root, small);
                    try (ColumnAppender appender = new ColumnAppender(type, tight)) {
                        appender.append(a);
                        appender.append(b);
                        appender.finish().release();
                        done = true;
                    } catch (NeuralakeException expected) {
                        assertThat(expected.code().sqlState()).isEqualTo("53200");
                    }
                    assertThat(small.reservedBytes()).isZero();
                }
                a.release();
                b.release();
            }
        }
    }
}
