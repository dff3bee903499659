package io.neuralake.conformance.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.server.bench.DuckDbBenchEngine;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// A lake whose tables a DuckDB in memory has too: every statement runs in both, and afterwards the
/// tables have the same rows. DuckDB keeps a copy of each version of the Delta table `t`.
final class TwinTables implements AutoCloseable {
    private final EmbeddedLake ours;
    private final DuckDbBenchEngine duckDb;
    private final StringBuilder said = new StringBuilder();
    private final boolean followed;
    private long last = -1;

    /// @param followed whether to compare what the table says of its changes with what changed
    TwinTables(Path folder, boolean followed) throws IOException {
        this.followed = followed;
        Path lake = Files.createDirectory(folder.resolve("lake"));
        Path empty = Files.createDirectory(folder.resolve("duckdb"));
        ours = new EmbeddedLake(lake);
        duckDb = new DuckDbBenchEngine(empty, 2);
    }

    EmbeddedLake ours() {
        return ours;
    }

    /// Runs a statement that both understand.
    void both(String sql) {
        both(sql, sql);
    }

    /// Runs a statement in each engine's words, and compares the table.
    void both(String sql, String duckDbSql) {
        run(sql, duckDbSql);
        same("SELECT * FROM t");
        long version = ours.version("t");
        duckDb.execute("CREATE OR REPLACE TABLE h" + version + " AS SELECT * FROM t");
        if (followed && version == last + 1 && last > 0) {
            sameChanges(last, version);
        }
        last = version;
    }

    /// Compares the changes of a commit with the difference of two versions, unless columns changed.
    private void sameChanges(long before, long after) {
        List<List<@Nullable Object>> columns = columns(after);
        if (!columns(before).equals(columns)) {
            return;
        }
        String names =
                columns.stream()
                        .map(row -> String.valueOf(row.getFirst()))
                        .collect(Collectors.joining(", "));
        String changes = " FROM table_changes(t, " + after + ", " + after + ")";
        same(
                "SELECT "
                        + names
                        + ", sum(CASE WHEN _change_type IN ('insert', 'update_postimage') THEN 1"
                        + " ELSE -1 END) AS more"
                        + changes
                        + " GROUP BY "
                        + names
                        + " HAVING more <> 0",
                "SELECT "
                        + names
                        + ", sum(n) AS more FROM (SELECT *, 1 AS n FROM h"
                        + after
                        + " UNION ALL SELECT *, -1 AS n FROM h"
                        + before
                        + ") GROUP BY "
                        + names
                        + " HAVING more <> 0");
        assertThat(
                        ours.number(
                                "SELECT coalesce(sum(CASE _change_type WHEN 'update_preimage' THEN"
                                        + " 1 WHEN 'update_postimage' THEN -1 ELSE 0 END), 0)"
                                        + changes))
                .as("updated rows have two images, after\n%s", said)
                .isZero();
    }

    private List<List<@Nullable Object>> columns(long version) {
        return duckDb.run("SELECT column_name FROM (DESCRIBE h" + version + ")").rows();
    }

    /// Runs a statement in both and compares nothing.
    void run(String sql, String duckDbSql) {
        said.append(sql).append(";\n");
        try {
            ours.run(sql);
        } catch (RuntimeException e) {
            throw new AssertionError("After\n" + said, e);
        }
        duckDb.execute(duckDbSql);
    }

    /// Compares the answers of a query.
    void same(String sql) {
        same(sql, sql);
    }

    /// Compares the answers of a query in each engine's words.
    void same(String sql, String duckDbSql) {
        assertThat(ours.query(sql).difference(duckDb.run(duckDbSql)))
                .as("%s after\n%s", sql, said)
                .isEmpty();
    }

    /// Compares an older version.
    void sameVersion(long version) {
        same("SELECT * FROM t FOR VERSION AS OF " + version, "SELECT * FROM h" + version);
    }

    /// Goes back to an older version.
    void restore(long version) {
        both(
                "RESTORE TABLE t TO VERSION AS OF " + version,
                "CREATE OR REPLACE TABLE t AS SELECT * FROM h" + version);
    }

    @Override
    public void close() {
        assertThat(ours.reservedBytes()).as("bytes still held").isZero();
        ours.close();
        duckDb.close();
    }
}
