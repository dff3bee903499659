package io.neuralake.conformance.storage;

import static io.neuralake.conformance.storage.ObjectStoreContract.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.exec.EngineSettings;
import io.neuralake.exec.QueryResult;
import io.neuralake.planner.SqlSession;
import io.neuralake.server.LakeServer;
import io.neuralake.server.LakeStorage;
import io.neuralake.server.StorageSettings;
import io.neuralake.server.generate.DataSetWriter;
import io.neuralake.server.generate.GeneratedTable;
import io.neuralake.server.generate.TpchTables;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.LocalStore;
import io.neuralake.storage.StoredEntry;
import io.neuralake.storage.block.BlockCache;
import io.neuralake.storage.s3.CommitChoice;
import io.neuralake.storage.s3.S3Settings;
import io.neuralake.storage.s3.S3Store;
import io.neuralake.storage.s3.StoreCheck;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// A lake in a store of objects answers as the same lake on this machine, and fails as it does.
class RemoteLakeTest {
    private static final EngineSettings ENGINE =
            EngineSettings.defaults().withThreads(2).withMemoryLimitBytes(512L << 20);

    private static final List<String> QUERIES =
            List.of(
                    "SELECT count(*), sum(l_quantity), min(l_comment) FROM lineitem",
                    "SELECT o_orderpriority, count(*) FROM orders WHERE o_orderdate >= DATE"
                            + " '1995-01-01' GROUP BY 1 ORDER BY 1",
                    "SELECT * FROM orders WHERE o_orderkey = 1234",
                    "SELECT * FROM lineitem WHERE l_orderkey BETWEEN 20000 AND 20010"
                            + " ORDER BY l_orderkey, l_linenumber",
                    "SELECT n_name, sum(o_totalprice) FROM orders JOIN customer ON o_custkey ="
                            + " c_custkey JOIN nation ON c_nationkey = n_nationkey GROUP BY 1 ORDER"
                            + " BY 1",
                    "SELECT year, count(*), sum(o_totalprice) FROM sales WHERE year > 1 GROUP BY 1"
                            + " ORDER BY 1",
                    "SELECT count(*), sum(o_totalprice) FROM deltas.o",
                    "SELECT count(*) FROM deltas.o WHERE o_orderkey < 100",
                    "SELECT name, amount FROM notes ORDER BY 1",
                    "SELECT a, b.c FROM events ORDER BY 1");

    @TempDir static Path local;
    @TempDir Path temporary;

    private static String bucket;
    private static String lake;
    private static S3Store store;
    private static FaultProxy proxy;
    private static LakeServer expected;
    private @Nullable LakeServer opened;

    @BeforeAll
    static void makeLakes() throws IOException, InterruptedException {
        bucket = S3Double.shared().newBucket();
        lake = "s3://" + bucket + "/some/lake";
        store = new S3Store(S3Double.shared().settings());
        proxy = new FaultProxy(S3Double.shared().port());
        List<GeneratedTable> tables = TpchTables.at(0.02);
        DataSetWriter.write(tables, local, DataSetWriter.Layout.FILES, (_, _, _, _) -> {});
        for (int year = 1; year <= 3; year++) {
            Path folder = Files.createDirectories(local.resolve("sales/year=" + year));
            Files.copy(local.resolve("orders.parquet"), folder.resolve("part-0.parquet"));
            Files.writeString(folder.resolve("_SUCCESS"), "");
        }
        Files.writeString(local.resolve("notes.csv"), "name,amount\nä,1\nb,2.5\n");
        Files.writeString(
                local.resolve("events.json"), "{\"a\":1,\"b\":{\"c\":\"x\"}}\n{\"a\":2}\n");
        makeDeltaTable(local.resolve("deltas/o"));
        for (StoredEntry file : new LocalStore().allFiles(local.toString())) {
            store.put(
                    lake + file.path().substring(local.toString().length()),
                    Files.readAllBytes(Path.of(file.path())));
        }
        expected = LakeServer.open(local.toString(), ENGINE);
    }

    /// Two commits; the second replaces a file.
    private static void makeDeltaTable(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("_delta_log"));
        Path orders = local.resolve("orders.parquet");
        Files.copy(orders, folder.resolve("a b.parquet"));
        Files.copy(orders, folder.resolve("c.parquet"));
        String schema =
                "{\\\"type\\\":\\\"struct\\\",\\\"fields\\\":[{\\\"name\\\":\\\"o_orderkey\\\",\\\"type\\\":\\\"long\\\","
                    + "\\\"nullable\\\":true,\\\"metadata\\\":{}},{\\\"name\\\":\\\"o_totalprice\\\","
                    + "\\\"type\\\":\\\"decimal(15,2)\\\",\\\"nullable\\\":true,\\\"metadata\\\":{}}]}";
        long size = Files.size(orders);
        Files.writeString(
                folder.resolve("_delta_log/00000000000000000000.json"),
                "{\"protocol\":{\"minReaderVersion\":1,\"minWriterVersion\":2}}\n"
                    + "{\"metaData\":{\"id\":\"1\",\"format\":{\"provider\":\"parquet\",\"options\":{}},"
                    + "\"schemaString\":\""
                        + schema
                        + "\",\"partitionColumns\":[],\"configuration\":{}}}\n"
                        + add("a%20b.parquet", size));
        Files.writeString(
                folder.resolve("_delta_log/00000000000000000001.json"), add("c.parquet", size));
    }

    private static String add(String path, long size) {
        return "{\"add\":{\"path\":\""
                + path
                + "\",\"partitionValues\":{},\"size\":"
                + size
                + ",\"modificationTime\":1,\"dataChange\":true}}\n";
    }

    @AfterAll
    static void closeAll() {
        expected.close();
        store.close();
        proxy.close();
    }

    @AfterEach
    void nothingStaysReserved() {
        if (opened != null) {
            assertThat(opened.queries().reservedBytes()).isZero();
            opened.close();
        }
        proxy.faults(_ -> new FaultProxy.Fault.None());
    }

    private LakeServer open(StorageSettings settings) {
        opened = LakeServer.open(lake, ENGINE, settings);
        return opened;
    }

    private static StorageSettings settings() {
        return StorageSettings.DEFAULTS.withS3(throughProxy());
    }

    private static S3Settings throughProxy() {
        return S3Settings.DEFAULTS.withEndpoint(URI.create("http://127.0.0.1:" + proxy.port()));
    }

    private static List<List<@Nullable Object>> rows(LakeServer server, String sql) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        SqlSession session = new SqlSession("test");
        try (QueryResult result = server.sql().prepare(sql, session).execute(session, List.of())) {
            while (result.take() instanceof ReadResult.Ready(Batch batch)) {
                try (batch) {
                    for (int row = 0; row < batch.rowCount(); row++) {
                        var selection = batch.selection();
                        if (selection != null && !Bitmap.get(selection.segment(), row)) {
                            continue;
                        }
                        List<@Nullable Object> values = new ArrayList<>();
                        for (int i = 0; i < batch.columnCount(); i++) {
                            values.add(batch.column(i).value(row));
                        }
                        rows.add(values);
                    }
                }
            }
        }
        return rows;
    }

    private static void answersAgree(LakeServer server) {
        for (String query : QUERIES) {
            assertThat(rows(server, query)).as(query).isEqualTo(rows(expected, query));
        }
    }

    @Test
    void answersAreThoseOfTheLocalLake() {
        LakeServer server = open(settings());
        assertThat(rows(server, "SHOW TABLES")).isEqualTo(rows(expected, "SHOW TABLES"));
        answersAgree(server);
        // Again, from what is kept.
        long fetched = server.storage().blocks().orElseThrow().metrics().fetchedBytes();
        answersAgree(server);
        assertThat(server.storage().blocks().orElseThrow().metrics().fetchedBytes())
                .isEqualTo(fetched);
    }

    @Test
    void littleMemoryForBlocksIsEnough() {
        StorageSettings settings =
                new StorageSettings(throughProxy(), OptionalLong.of(1 << 20), null, 0);
        answersAgree(open(settings));
    }

    @Test
    void filesCanBeNamed() {
        LakeServer server = open(settings());
        for (String from :
                List.of(
                        "'%s/orders.parquet'",
                        "read_parquet('%s/orders.parquet')",
                        "read_parquet('%s/sal*/*/*.parquet')",
                        "read_parquet('%s/sales')",
                        "read_delta('%s/deltas/o')",
                        "'%s/deltas/o'",
                        "read_delta('%s/deltas/o', version => 0)",
                        "'%s/notes.csv'",
                        "read_csv('%s/n*.csv')",
                        "read_json('%s/events.json')")) {
            String query = "SELECT count(*) FROM " + from;
            assertThat(rows(server, query.formatted(lake)))
                    .as(from)
                    .isEqualTo(rows(expected, query.formatted(local)));
        }
        assertThat(
                        rows(
                                server,
                                "SELECT count(*) FROM 's3a://"
                                        + bucket
                                        + "/some/lake/orders.parquet'"))
                .isEqualTo(rows(expected, "SELECT count(*) FROM orders"));
        assertThatThrownBy(() -> rows(server, "SELECT * FROM '" + lake + "/absent.parquet'"))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_NOT_FOUND));
        assertThatThrownBy(() -> rows(server, "SELECT * FROM 'gs://bucket/absent.parquet'"))
                .isInstanceOf(NeuralakeException.class)
                .hasMessageContaining("gs://");
    }

    @Test
    void newFilesAndVersionsAreSeen() {
        LakeServer server = open(settings());
        String count = "SELECT count(*) FROM deltas.o";
        List<List<@Nullable Object>> before = rows(server, count);
        store.put(
                lake + "/deltas/o/_delta_log/00000000000000000002.json",
                bytes("{\"remove\":{\"path\":\"c.parquet\",\"dataChange\":true}}\n"));
        store.put(lake + "/late.csv", bytes("x\n1\n"));
        try {
            assertThat(rows(server, count)).isNotEqualTo(before);
            assertThat(rows(server, "SELECT x FROM late")).hasSize(1);
        } finally {
            store.delete(
                    List.of(
                            lake + "/deltas/o/_delta_log/00000000000000000002.json",
                            lake + "/late.csv"));
        }
    }

    @Test
    void diskKeepsBlocksForTheNextProcess() {
        StorageSettings settings =
                new StorageSettings(
                        throughProxy(), OptionalLong.empty(), temporary.resolve("cache"), 1L << 30);
        String query = "SELECT sum(l_extendedprice), min(l_comment) FROM lineitem";
        try (LakeServer first = LakeServer.open(lake, ENGINE, settings)) {
            assertThat(rows(first, query)).isEqualTo(rows(expected, query));
        }
        LakeServer second = open(settings);
        assertThat(rows(second, query)).isEqualTo(rows(expected, query));
        BlockCache blocks = second.storage().blocks().orElseThrow();
        assertThat(blocks.metrics().requests()).isZero();
        assertThat(blocks.metrics().diskBytes()).isPositive();
    }

    @Test
    void answersThatBreakOffAreAskedForAgain() {
        LakeServer server = open(settings());
        int[] asked = {0};
        proxy.faults(
                request ->
                        request.method().equals("GET")
                                        && request.path().contains(".parquet")
                                        && asked[0]++ % 3 == 0
                                ? new FaultProxy.Fault.HalfAnswer()
                                : new FaultProxy.Fault.None());
        String query = "SELECT count(*), sum(l_quantity), min(l_comment) FROM lineitem";
        assertThat(rows(server, query)).isEqualTo(rows(expected, query));
    }

    @Test
    void storeThatFailsFailsTheQueryAlone() {
        LakeServer server = open(settings());
        String query = "SELECT sum(l_quantity) FROM lineitem";
        rows(server, "SELECT count(*) FROM lineitem"); // the footer is known
        proxy.faults(
                request ->
                        request.method().equals("GET") && request.path().contains("lineitem")
                                ? new FaultProxy.Fault.Answer(403, "AccessDenied")
                                : new FaultProxy.Fault.None());
        assertThatThrownBy(() -> rows(server, query))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED))
                .hasMessageContaining("lineitem.parquet");
        proxy.faults(_ -> new FaultProxy.Fault.None());
        assertThat(rows(server, query)).isEqualTo(rows(expected, query));
    }

    @Test
    void tablesAreWrittenByTheStoreAlone() throws Exception {
        changes(throughProxy(), "conditional");
    }

    @Test
    void tablesAreWrittenByDynamo() throws Exception {
        changes(
                throughProxy()
                        .withCommits(CommitChoice.parse("dynamodb"))
                        .withDynamo(DynamoDouble.shared().settings()),
                "dynamo");
    }

    private void changes(S3Settings s3, String folder) {
        String place = "s3://" + bucket + "/written/" + folder;
        opened = LakeServer.open(place, ENGINE, StorageSettings.DEFAULTS.withS3(s3));
        LakeServer server = opened;
        rows(
                server,
                "CREATE TABLE t AS SELECT n, 'text ' || n AS s FROM generate_series(1, 1000) AS"
                        + " g(n)");
        rows(server, "INSERT INTO t VALUES (1001, 'last')");
        rows(server, "DELETE FROM t WHERE n % 10 = 0");
        rows(server, "UPDATE t SET s = 'changed' WHERE n < 5");
        String query = "SELECT count(*), sum(n), count(*) FILTER (WHERE s = 'changed') FROM t";
        List<List<@Nullable Object>> found = rows(server, query);
        assertThat(found).containsExactly(List.of(901L, 451_001L, 4L));
        try (LakeServer other =
                LakeServer.open(place, ENGINE, StorageSettings.DEFAULTS.withS3(s3))) {
            assertThat(rows(other, query)).isEqualTo(found);
            rows(other, "INSERT INTO t VALUES (0, 'other')");
        }
        assertThat(rows(server, "SELECT count(*) FROM t")).containsExactly(List.of(902L));
        rows(server, "DROP TABLE t");
        assertThat(store.allFiles(place + "/t")).isEmpty();
        rows(server, "CREATE TABLE t (n BIGINT)");
        assertThat(rows(server, "SELECT count(*) FROM t")).containsExactly(List.of(0L));
        rewritesFiles(server);
    }

    /// Without deletion vectors the rows that stay are read back, and have to be waited for.
    private void rewritesFiles(LakeServer server) {
        rows(
                server,
                "CREATE TABLE r TBLPROPERTIES ('delta.enableDeletionVectors' = 'false') AS SELECT"
                        + " n FROM generate_series(1, 1000) AS g(n)");
        rows(server, "DELETE FROM r WHERE n % 10 = 0");
        rows(server, "UPDATE r SET n = -n WHERE n < 5");
        rows(server, "OPTIMIZE r");
        assertThat(rows(server, "SELECT count(*), sum(n) FROM r"))
                .containsExactly(List.of(900L, 450_000L - 20));
    }

    @Test
    void emptyLakeHasNoTables() {
        opened = LakeServer.open("s3://" + bucket + "/nothing", ENGINE, settings());
        assertThat(rows(opened, "SHOW TABLES")).isEmpty();
        assertThatThrownBy(() -> LakeServer.open("s3://absent-bucket/x", ENGINE, settings()))
                .hasMessageContaining("absent-bucket");
    }

    @Test
    void storeIsChecked() {
        assertThat(LakeStorage.check(settings(), lake))
                .hasSize(3)
                .extracting(StoreCheck::failure)
                .containsOnlyNulls();
        assertThat(LakeStorage.check(settings(), "s3://absent-bucket/x"))
                .singleElement()
                .satisfies(check -> assertThat(check.failure()).contains("absent-bucket"));
    }
}
