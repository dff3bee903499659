package io.neuralake.exec.operator.scan;

import io.neuralake.exec.expression.compile.EvaluationSettings;
import io.neuralake.exec.operator.SourceOperator;
import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.DynamicFilterTarget;
import io.neuralake.spi.connector.Connector;
import io.neuralake.spi.connector.ScanMetrics;
import io.neuralake.spi.connector.ScanRequest;
import io.neuralake.spi.connector.Split;
import io.neuralake.spi.connector.SplitSource;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.expression.ScanPredicate;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// Reads a table: workers take splits from the connector, one at a time. What join build sides have
/// learned by the time of the first read narrows the splits; it is offered to the sources again
/// before each piece of work.
public final class ScanSourceOperator implements SourceOperator {
    private final PhysicalPlan.TableScan node;
    private final DynamicFilters dynamicFilters;
    private final List<DynamicFilterTarget> targets = new ArrayList<>();
    private final ScanMetrics metrics = new ScanMetrics();
    private final BitSet read;
    private ScanRequest request;
    private boolean prepared;
    private @Nullable SplitSource splits;

    /// Reads the node's table.
    ///
    /// @param reader the node above; null for none
    public ScanSourceOperator(
            PhysicalPlan.TableScan node,
            @Nullable PhysicalPlan reader,
            DynamicFilters dynamicFilters) {
        this.node = node;
        this.read = ReadColumns.of(reader, node.schema().fields().size());
        this.request = node.request();
        this.dynamicFilters = dynamicFilters;
    }

    /// Tells whether a column is read behind the filters.
    boolean isRead(int column) {
        return read.get(column);
    }

    /// Returns the counters of what is read and skipped.
    public ScanMetrics metrics() {
        return metrics;
    }

    @Override
    public SourceWorker newWorker(WorkerContext context) {
        prepare(context.settings());
        return new ScanWorker(this, node, context);
    }

    Connector connector() {
        return node.request().table().connector();
    }

    /// Adds to the request what is known by now: values of parameters and build sides.
    private synchronized void prepare(EvaluationSettings settings) {
        if (!prepared) {
            prepared = true;
            ScanRequest planned = node.request();
            List<ScanPredicate> predicates = new ArrayList<>(planned.predicates());
            predicates.addAll(ParameterPredicates.of(node, settings.parameters()));
            predicates.addAll(dynamicPredicates());
            request = new ScanRequest(planned.table(), planned.columns(), predicates);
        }
    }

    /// Returns the request with what was known at the first read.
    synchronized ScanRequest request() {
        return request;
    }

    /// Hands out the next split, listing them at the first call.
    synchronized Optional<? extends Split> nextSplit() {
        if (splits == null) {
            splits = connector().splits(request(), metrics);
        }
        return splits.next();
    }

    /// Allows a dynamic filter: the build that makes it comes before this scan and outlives it. Called
    /// before execution.
    public void take(DynamicFilterTarget target) {
        targets.add(target);
    }

    List<DynamicFilterTarget> targets() {
        return targets;
    }

    Optional<BuildSideFilter> filter(DynamicFilterTarget target) {
        return dynamicFilters.find(target.id());
    }

    List<ScanPredicate> dynamicPredicates() {
        List<ScanPredicate> predicates = new ArrayList<>();
        for (DynamicFilterTarget target : targets) {
            ColumnPath path = node.request().columns().get(target.outputColumn()).path();
            filter(target).ifPresent(f -> predicates.addAll(f.predicates(path)));
        }
        return predicates;
    }

    @Override
    public synchronized void close() {
        if (splits != null) {
            splits.close();
            splits = null;
        }
    }
}
