package io.neuralake.connector.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.connector.BatchSource;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.connector.RowFilter;
import io.neuralake.spi.connector.ScanColumn;
import io.neuralake.spi.connector.ScanContext;
import io.neuralake.spi.connector.ScanMetrics;
import io.neuralake.spi.connector.ScanRequest;
import io.neuralake.spi.connector.Split;
import io.neuralake.spi.connector.SplitSource;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.expression.ScanPredicate;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.storage.LocalStore;

import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

class TextTableFormatTest {
    private static final QualifiedName NAME = new QualifiedName("lake", "main", "t");

    @TempDir Path folder;

    private final RootAllocator arrow = new RootAllocator();
    private final ArrowAllocator allocator =
            new ArrowAllocator(arrow, new LimitedReservation("test", Long.MAX_VALUE, null));

    @AfterEach
    void nothingLeaks() {
        arrow.close();
    }

    @Test
    void csvTypesAreInferred() throws IOException {
        TableSnapshot table =
                csv(
                        "t.csv",
                        """
                        id,ok,rate,day,at,zoned,name
                        1,true,1.5,2024-01-02,2024-01-02 03:04:05,2024-01-02 03:04:05+00,"a, ""b\"""
                        2,FALSE,2,2024-12-31,2024-01-02T03:04:05.25,2024-01-02T03:04:05Z,c
                        ,,,,,,
                        """);
        assertThat(table.schema().fields().stream().map(Field::type).toList())
                .isEqualTo(
                        List.of(
                                ScalarType.BIGINT,
                                ScalarType.BOOLEAN,
                                ScalarType.DOUBLE,
                                ScalarType.DATE,
                                ScalarType.TIMESTAMP,
                                ScalarType.TIMESTAMP_TZ,
                                ScalarType.VARCHAR));
        List<List<Object>> rows = rows(table);
        assertThat(rows)
                .containsExactly(
                        List.of(
                                1L,
                                true,
                                1.5,
                                19_724L,
                                1_704_164_645_000_000L,
                                1_704_164_645_000_000L,
                                "a, \"b\""),
                        List.of(
                                2L,
                                false,
                                2.0,
                                20_088L,
                                1_704_164_645_250_000L,
                                1_704_164_645_000_000L,
                                "c"),
                        Arrays.asList(null, null, null, null, null, null, null));
    }

    @Test
    void csvWithoutHeaderGetsColumnNames() throws IOException {
        TableSnapshot table = csv("t.csv", "1;a\n2;b\n");
        assertThat(table.schema().fields().stream().map(Field::name))
                .containsExactly("column0", "column1");
        assertThat(rows(table)).containsExactly(List.of(1L, "a"), List.of(2L, "b"));
    }

    @Test
    void csvOfTextOnlyHasAHeader() throws IOException {
        TableSnapshot table = csv("t.csv", "name\tcity\nann\tbern\n");
        assertThat(table.schema().indexOf("city")).hasValue(1);
        assertThat(rows(table)).containsExactly(List.of("ann", "bern"));
    }

    @Test
    void csvErrorsNameFileAndLine() throws IOException {
        TableSnapshot ragged = csv("ragged.csv", "a,b\n1,2\n3\n");
        assertThatThrownBy(() -> rows(ragged))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_FILE))
                .hasMessageContaining("ragged.csv, line 3");
        StringBuilder late = new StringBuilder("n\n");
        for (int i = 0; i < 10_001; i++) {
            late.append(i).append('\n');
        }
        TableSnapshot wrong = csv("late.csv", late + "oops\n");
        assertThatThrownBy(() -> rows(wrong))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_TEXT))
                .hasMessageContaining("oops");
    }

    @Test
    void jsonBecomesNestedTypes() throws IOException {
        TableSnapshot table =
                json(
                        "t.json",
                        """
                        {"id": 1, "tags": ["x", null], "at": "2024-01-02", "p": {"x": 1, "y": 2.5}}
                        {"id": 2.5, "p": {"x": 3}, "mixed": 1}
                        {"mixed": "text", "tags": []}
                        """);
        assertThat(table.schema().fields())
                .containsExactly(
                        Field.of("id", ScalarType.DOUBLE),
                        Field.of("tags", new ListType(ScalarType.VARCHAR)),
                        Field.of("at", ScalarType.DATE),
                        Field.of(
                                "p",
                                new StructType(
                                        List.of(
                                                Field.of("x", ScalarType.BIGINT),
                                                Field.of("y", ScalarType.DOUBLE)))),
                        Field.of("mixed", ScalarType.VARCHAR));
        assertThat(rows(table))
                .containsExactly(
                        Arrays.asList(
                                1.0, Arrays.asList("x", null), 19_724L, List.of(1L, 2.5), null),
                        Arrays.asList(2.5, null, null, Arrays.asList(3L, null), "1"),
                        Arrays.asList(null, List.of(), null, null, "text"));
    }

    @Test
    void jsonArrayOfObjectsIsRead() throws IOException {
        assertThat(rows(json("t.json", "[{\"a\": 1},\n {\"a\": 2}]")))
                .containsExactly(List.of(1L), List.of(2L));
    }

    @Test
    void truncatedJsonIsAnError() throws IOException {
        assertThatThrownBy(() -> json("t.json", "{\"a\": 1}\n{\"a\": "))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_FILE));
    }

    @Test
    void globReadsAllFilesAndRefusesDifferentColumns() throws IOException {
        csv("a1.csv", "n\n1\n");
        csv("a2.csv", "n\n2\n");
        TextTableFormat format = TextTableFormat.csv(new LocalStore());
        assertThat(rows(format.open(NAME, folder + "/a*.csv")))
                .containsExactly(List.of(1L), List.of(2L));
        csv("a3.csv", "m\nx\n");
        assertThatThrownBy(() -> format.open(NAME, folder + "/a*.csv"))
                .hasMessageContaining("different columns");
        assertThatThrownBy(() -> format.open(NAME, folder + "/b*.csv"))
                .hasMessageContaining("File not found");
    }

    @Test
    void filtersAreAppliedAndMembersProjected() throws IOException {
        TableSnapshot table = json("t.json", "{\"p\":{\"x\":1}}\n{\"p\":{\"x\":2}}\n{}");
        ScanRequest request =
                new ScanRequest(
                        table,
                        List.of(
                                new ScanColumn(
                                        "x", new ColumnPath(0, List.of("x")), ScalarType.BIGINT)),
                        List.of());
        RowFilter secondRow =
                new RowFilter() {
                    @Override
                    public int[] columns() {
                        return new int[] {0};
                    }

                    @Override
                    public int apply(Batch input, MemorySegment passed) {
                        Bitmap.setWord(passed, 0, 2);
                        return 1;
                    }
                };
        assertThat(rows(request, List.of(secondRow))).containsExactly(List.of(2L));
        assertThat(rows(request, List.of())).hasSize(3).endsWith(Arrays.asList((Object) null));
    }

    private TableSnapshot csv(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
        return TextTableFormat.csv(new LocalStore()).open(NAME, folder.resolve(name).toString());
    }

    private TableSnapshot json(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
        return TextTableFormat.json(new LocalStore()).open(NAME, folder.resolve(name).toString());
    }

    private List<List<Object>> rows(TableSnapshot table) {
        List<ScanColumn> columns = new ArrayList<>();
        for (int i = 0; i < table.schema().size(); i++) {
            Field field = table.schema().field(i);
            columns.add(new ScanColumn(field.name(), ColumnPath.of(i), field.type()));
        }
        return rows(new ScanRequest(table, columns, List.of()), List.of());
    }

    private List<List<Object>> rows(ScanRequest request, List<RowFilter> filters) {
        List<List<Object>> rows = new ArrayList<>();
        Context context = new Context(allocator, filters, new ScanMetrics());
        try (SplitSource splits = request.table().connector().splits(request, context.metrics())) {
            for (Optional<? extends Split> split = splits.next();
                    split.isPresent();
                    split = splits.next()) {
                try (BatchSource source =
                        request.table().connector().open(split.get(), request, context)) {
                    while (source.read() instanceof ReadResult.Ready(Batch batch)) {
                        try (batch) {
                            collect(batch, rows);
                        }
                    }
                }
            }
        }
        return rows;
    }

    private static void collect(Batch batch, List<List<Object>> rows) {
        for (int row = 0; row < batch.rowCount(); row++) {
            if (batch.selection() == null || Bitmap.get(batch.selection().segment(), row)) {
                List<Object> values = new ArrayList<>();
                for (int c = 0; c < batch.columnCount(); c++) {
                    values.add(batch.column(c).value(row));
                }
                rows.add(values);
            }
        }
    }

    private record Context(
            MemoryAllocator allocator, List<RowFilter> rowFilters, ScanMetrics metrics)
            implements ScanContext {
        @Override
        public int batchRows() {
            return 2048;
        }

        @Override
        public List<ScanPredicate> dynamicPredicates() {
            return List.of();
        }

        @Override
        public void checkCancelled() {}
    }
}
