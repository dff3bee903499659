package io.neuralake.planner;

import io.neuralake.exec.QueryResult;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.planner.PlanCache.CachedPlan;
import io.neuralake.spi.type.Schema;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// A planned query. If the tables have changed since, it is planned anew when it runs.
final class PreparedQuery implements PreparedSql {
    private final LakeSqlEngine engine;
    private final String sql;
    private final AtomicBoolean fresh;
    private volatile CachedPlan plan;

    /// Takes a plan.
    PreparedQuery(LakeSqlEngine engine, String sql, CachedPlan plan) {
        this(engine, sql, plan, false);
    }

    private PreparedQuery(LakeSqlEngine engine, String sql, CachedPlan plan, boolean isFresh) {
        this.engine = engine;
        this.sql = sql;
        this.plan = plan;
        this.fresh = new AtomicBoolean(isFresh);
    }

    @Override
    public PreparedSql atOnce() {
        return new PreparedQuery(engine, sql, plan, plan.isShared());
    }

    @Override
    public String sql() {
        return sql;
    }

    @Override
    public Schema schema() {
        return plan.plan().schema();
    }

    @Override
    public Schema parameters() {
        return plan.parameters();
    }

    @Override
    public boolean isUpdate() {
        return false;
    }

    @Override
    public QueryResult execute(SqlSession session, List<Literal> parameters) {
        return run(session, parameters, false);
    }

    @Override
    public QueryResult profile(SqlSession session, List<Literal> parameters) {
        return run(session, parameters, true);
    }

    private QueryResult run(SqlSession session, List<Literal> parameters, boolean profile) {
        CachedPlan current = plan;
        boolean known = fresh.getAndSet(false) && session.transaction().isEmpty();
        if (!known && !current.holds(session::view)) {
            current = engine.replan(sql, session);
            plan = current;
        }
        return engine.run(current.plan(), current.parameters(), parameters, session, profile);
    }
}
