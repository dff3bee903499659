package io.neuralake.planner;

import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.planner.catalog.StatementTables;
import io.neuralake.planner.rule.ConstantEvaluator;
import io.neuralake.planner.sql.QueryCompiler;
import io.neuralake.planner.sql.Statement;
import io.neuralake.planner.sql.StatementParser;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelRoot;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Plans SQL over [TpchCatalog].
final class TestPlanner {
    private static final TpchCatalog CATALOG = new TpchCatalog();

    private TestPlanner() {}

    static RelRoot root(String sql) {
        QueryCompiler compiler =
                new QueryCompiler(
                        new StatementTables(List.of(CATALOG)),
                        new NoSources(),
                        "u",
                        "lake",
                        "main");
        return compiler.compile(() -> ((Statement.Query) StatementParser.parse(sql)).node(), sql)
                .root();
    }

    static RelNode rel(String sql) {
        return root(sql).project();
    }

    static PhysicalPlan plan(String sql) {
        return plan(sql, PlannerSettings.DEFAULT);
    }

    static PhysicalPlan plan(String sql, PlannerSettings settings) {
        return new RelOptimizer(_ -> evaluator()).plan(root(sql), settings);
    }

    static ConstantEvaluator evaluator() {
        return new SimpleEvaluator();
    }

    /// Reads a TPC-H query.
    static String tpch(int number) {
        return resource("tpch/q%02d.sql".formatted(number)).strip().replaceAll(";$", "");
    }

    static String resource(String name) {
        try (InputStream in = TestPlanner.class.getResourceAsStream(name)) {
            if (in == null) {
                return "";
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
