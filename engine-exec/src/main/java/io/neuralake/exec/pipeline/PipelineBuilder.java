package io.neuralake.exec.pipeline;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.expression.compile.EvaluationSettings;
import io.neuralake.exec.expression.compile.ExpressionCompiler;
import io.neuralake.exec.metrics.NodeMetrics;
import io.neuralake.exec.operator.SinkOperator;
import io.neuralake.exec.operator.SourceOperator;
import io.neuralake.exec.operator.StreamingOperator;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.operator.aggregate.HashAggregation;
import io.neuralake.exec.operator.filter.FilterOperator;
import io.neuralake.exec.operator.join.AsofJoinOperation;
import io.neuralake.exec.operator.join.DynamicFilter;
import io.neuralake.exec.operator.join.HashJoinOperation;
import io.neuralake.exec.operator.join.NestedLoopJoinOperation;
import io.neuralake.exec.operator.limit.LimitOperator;
import io.neuralake.exec.operator.project.ProjectOperator;
import io.neuralake.exec.operator.recursion.RecursionOperation;
import io.neuralake.exec.operator.scan.BuildSideFilter;
import io.neuralake.exec.operator.scan.DynamicFilters;
import io.neuralake.exec.operator.scan.ScanSourceOperator;
import io.neuralake.exec.operator.shared.SharedOperation;
import io.neuralake.exec.operator.single.SingleRowOperation;
import io.neuralake.exec.operator.sort.SortOperation;
import io.neuralake.exec.operator.unnest.UnnestOperator;
import io.neuralake.exec.operator.values.EmptySource;
import io.neuralake.exec.operator.values.SeriesSource;
import io.neuralake.exec.operator.values.ValuesSource;
import io.neuralake.exec.operator.window.WindowOperation;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.DynamicFilterSource;
import io.neuralake.exec.plan.PhysicalPlan.DynamicFilterTarget;
import io.neuralake.exec.plan.PhysicalPlan.RecursiveUnion;
import io.neuralake.exec.plan.PhysicalPlan.WorkTableScan;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.expression.ScanPredicate;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Turns a plan into pipelines: bottom up, without recursion. What a node yields is a list of open
/// pipelines, which the node above goes on with or ends.
final class PipelineBuilder {
    private final PipelineGraph graph;
    private final ExpressionCompiler compiler;
    private final RoundLauncher rounds;
    private final DynamicFilters dynamicFilters = new DynamicFilters();
    private final Map<Integer, MaterializedPlan> shared = new HashMap<>();
    private final Map<Integer, RecursionOperation> recursions = new HashMap<>();
    private final Map<Integer, FilterBuild> filterBuilds = new HashMap<>();
    private final List<FilteredScan> filteredScans = new ArrayList<>();

    private record MaterializedPlan(
            SharedOperation operation,
            Resource resource,
            List<Pipeline> writers,
            List<Pipeline> readers,
            boolean ordered) {
        /// Returns the same for readers that start when the writers are complete.
        private MaterializedPlan complete() {
            return new MaterializedPlan(operation, resource, List.of(), new ArrayList<>(), ordered);
        }
    }

    private record FilteredScan(
            Pipeline pipeline, ScanSourceOperator operator, DynamicFilterTarget target) {}

    /// The pipelines that make a dynamic filter, and the state that holds it.
    private record FilterBuild(List<Pipeline> pipelines, Resource state) {}

    /// A node whose inputs are being built.
    private static final class Visit {
        private final NodeMetrics node;
        private final List<NodeMetrics> wanted;
        private final boolean read;
        private final List<List<Pipeline>> inputs = new ArrayList<>();

        /// @param read whether the node is read; otherwise it is a common sub-plan, to be
        ///     materialized
        private Visit(NodeMetrics node, boolean read) {
            this.node = node;
            this.wanted = wantedInputs(node);
            this.read = read;
        }
    }

    /// Prepares to build into a graph.
    ///
    /// @param rounds starts the rounds of recursions
    PipelineBuilder(PipelineGraph graph, EvaluationSettings settings, RoundLauncher rounds) {
        this.graph = graph;
        this.compiler = new ExpressionCompiler(settings);
        this.rounds = rounds;
    }

    /// Prepares to build a round of a recursion, with work tables and common sub-plans of `outer`.
    private PipelineBuilder(PipelineBuilder outer, PipelineGraph graph) {
        this.graph = graph;
        this.compiler = outer.compiler;
        this.rounds = outer.rounds;
        outer.shared.forEach((id, plan) -> shared.put(id, plan.complete()));
        recursions.putAll(outer.recursions);
    }

    /// Builds the pipelines of a plan, whose last ones end in `result`.
    void build(NodeMetrics root, SinkOperator result) {
        List<Pipeline> last = pipelines(root);
        last.forEach(PipelineBuilder::keepOrderOfSeries);
        end(root, last, result, () -> {}, () -> {});
        filteredScans.forEach(this::waitForFilter);
        shared.values().forEach(plan -> startWithSingleGroups(plan.readers()));
    }

    /// Lets readers of the same rows that end in one group go first, unless they wait for the others
    /// themselves. The last reader frees the rows as it goes: that should be one that needs the memory.
    private static void startWithSingleGroups(List<Pipeline> readers) {
        List<Pipeline> first = readers.stream().filter(PipelineBuilder::endsInOneGroup).toList();
        for (Pipeline reader : readers) {
            if (!endsInOneGroup(reader)) {
                reader.dependOn(first.stream().filter(other -> !other.waitsFor(reader)).toList());
            }
        }
    }

    private static boolean endsInOneGroup(Pipeline pipeline) {
        return pipeline.sink().stage.metrics().node() instanceof PhysicalPlan.HashAggregate node
                && node.groupingSets().stream().allMatch(List::isEmpty);
    }

    /// Users expect a bare series in order.
    private static void keepOrderOfSeries(Pipeline pipeline) {
        if (pipeline.source().operator() instanceof SeriesSource) {
            pipeline.keepOrder();
        }
    }

    private List<Pipeline> pipelines(NodeMetrics root) {
        Deque<Visit> stack = new ArrayDeque<>();
        stack.push(new Visit(root, true));
        while (true) {
            Visit visit = stack.peek();
            int next = visit.inputs.size();
            if (next < visit.wanted.size() && !isBuiltAlready(visit.node)) {
                boolean read = !(visit.node.node() instanceof RecursiveUnion) || next == 0;
                stack.push(new Visit(visit.wanted.get(next), read));
                continue;
            }
            stack.pop();
            Visit reader = stack.peek();
            List<Pipeline> built =
                    visit.read
                            ? node(
                                    visit.node,
                                    reader == null ? null : reader.node.node(),
                                    visit.inputs)
                            : materialized(visit.node, visit.inputs).writers();
            if (reader == null) {
                return built;
            }
            reader.inputs.add(built);
        }
    }

    /// Returns the inputs to build before a node: of a recursion the seed, and those common sub-plans
    /// of the step that are the same in each round.
    private static List<NodeMetrics> wantedInputs(NodeMetrics node) {
        if (!(node.node() instanceof RecursiveUnion recursion)) {
            return node.inputs();
        }
        List<NodeMetrics> wanted = new ArrayList<>(node.inputs().subList(0, 1));
        Deque<NodeMetrics> open = new ArrayDeque<>(node.inputs().subList(1, 2));
        while (!open.isEmpty()) {
            NodeMetrics next = open.pop();
            if (next.node() instanceof PhysicalPlan.Shared && !readsWorkTable(next, recursion)) {
                wanted.add(next);
            } else {
                next.inputs().forEach(open::push);
            }
        }
        return wanted;
    }

    private static boolean readsWorkTable(NodeMetrics node, RecursiveUnion recursion) {
        Deque<NodeMetrics> open = new ArrayDeque<>(List.of(node));
        while (!open.isEmpty()) {
            NodeMetrics next = open.pop();
            if (next.node() instanceof WorkTableScan scan && scan.id() == recursion.id()) {
                return true;
            }
            next.inputs().forEach(open::push);
        }
        return false;
    }

    private boolean isBuiltAlready(NodeMetrics node) {
        return node.node() instanceof PhysicalPlan.Shared common && shared.containsKey(common.id());
    }

    private List<Pipeline> node(
            NodeMetrics at, @Nullable PhysicalPlan reader, List<List<Pipeline>> inputs) {
        return switch (at.node()) {
            case PhysicalPlan.TableScan scan -> scan(at, scan, reader);
            case PhysicalPlan.Values values -> source(at, new ValuesSource(values));
            case PhysicalPlan.Series series -> source(at, series(series));
            case PhysicalPlan.Filter filter ->
                    append(at, inputs.getFirst(), new FilterOperator(filter));
            case PhysicalPlan.Project project ->
                    append(at, inputs.getFirst(), new ProjectOperator(project));
            case PhysicalPlan.Unnest unnest ->
                    append(at, inputs.getFirst(), new UnnestOperator(unnest));
            case PhysicalPlan.Limit limit -> limit(at, limit, inputs.getFirst());
            case PhysicalPlan.Union _ -> inputs.stream().flatMap(List::stream).toList();
            case PhysicalPlan.EnforceSingleRow single -> {
                SingleRowOperation operation = new SingleRowOperation(single);
                yield breaker(
                        at, inputs.getFirst(), operation, operation.sink(), operation.source());
            }
            case PhysicalPlan.Shared _ -> shared(at, inputs);
            case RecursiveUnion recursion -> recursion(at, recursion, inputs);
            case WorkTableScan scan -> source(at, operation(scan.id()).workTable());
            case PhysicalPlan.Sort sort -> sort(at, inputs.getFirst(), SortOperation.of(sort));
            case PhysicalPlan.TopN top ->
                    sort(
                            at,
                            inputs.getFirst(),
                            SortOperation.of(
                                    top,
                                    rowNumber("LIMIT", top.limit(), Long.MAX_VALUE),
                                    rowNumber("OFFSET", top.offset(), 0)));
            case PhysicalPlan.HashAggregate aggregate -> {
                HashAggregation operation = new HashAggregation(aggregate);
                yield breaker(
                        at, inputs.getFirst(), operation, operation.sink(), operation.source());
            }
            case PhysicalPlan.HashJoin join -> hashJoin(at, join, inputs);
            case PhysicalPlan.NestedLoopJoin join -> {
                NestedLoopJoinOperation operation = new NestedLoopJoinOperation(join);
                Resource state = end(at, inputs.get(1), operation.buildSink(), operation, () -> {});
                yield probe(at, inputs, state, operation.probe(), operation.unmatchedBuildRows());
            }
            case PhysicalPlan.AsofJoin join -> {
                AsofJoinOperation operation = new AsofJoinOperation(join);
                Resource state = end(at, inputs.get(1), operation.buildSink(), operation, () -> {});
                yield probe(at, inputs, state, operation.probe(), Optional.empty());
            }
            case PhysicalPlan.Window window -> {
                WindowOperation operation = new WindowOperation(window);
                yield breaker(
                        at, inputs.getFirst(), operation, operation.sink(), operation.source());
            }
        };
    }

    private List<Pipeline> hashJoin(
            NodeMetrics at, PhysicalPlan.HashJoin node, List<List<Pipeline>> inputs) {
        HashJoinOperation operation = new HashJoinOperation(node);
        List<Pipeline> build = inputs.get(1);
        Resource state =
                end(
                        at,
                        build,
                        operation.buildSink(),
                        operation,
                        () -> operation.dynamicFilters().forEach(this::publish));
        for (DynamicFilterSource source : node.dynamicFilters()) {
            filterBuilds.put(source.id(), new FilterBuild(build, state));
        }
        List<Pipeline> all =
                new ArrayList<>(
                        probe(
                                at,
                                inputs,
                                state,
                                operation.probe(),
                                operation.unmatchedBuildRows()));
        List<Pipeline> spilled = open(new Stage<>(operation.spilledRows(), at, false));
        append(at, spilled, operation.spilledProbe());
        spilled.getFirst().dependOn(all);
        spilled.getFirst().use(state);
        all.addAll(spilled);
        return all;
    }

    private void publish(DynamicFilter filter) {
        dynamicFilters.publish(
                filter.id(),
                new BuildSideFilter() {
                    @Override
                    public List<ScanPredicate> predicates(ColumnPath column) {
                        return filter.predicates(column);
                    }

                    @Override
                    public int filter(Column keys, MemorySegment passed) {
                        return filter.filter(keys, passed);
                    }
                });
    }

    /// Goes on with the probe side's pipelines, and after them with one of build rows, if any.
    private List<Pipeline> probe(
            NodeMetrics at,
            List<List<Pipeline>> inputs,
            Resource state,
            StreamingOperator operator,
            Optional<SourceOperator> unmatchedBuildRows) {
        List<Pipeline> probing = append(at, inputs.get(0), operator);
        for (Pipeline pipeline : probing) {
            pipeline.dependOn(inputs.get(1));
            pipeline.use(state);
        }
        if (unmatchedBuildRows.isEmpty()) {
            return probing;
        }
        List<Pipeline> unmatched = source(at, unmatchedBuildRows.get());
        unmatched.getFirst().dependOn(probing);
        unmatched.getFirst().use(state);
        List<Pipeline> all = new ArrayList<>(probing);
        all.addAll(unmatched);
        return all;
    }

    private List<Pipeline> scan(
            NodeMetrics at, PhysicalPlan.TableScan node, @Nullable PhysicalPlan reader) {
        ScanSourceOperator scan = new ScanSourceOperator(node, reader, dynamicFilters);
        at.attach(scan.metrics());
        List<Pipeline> opened = source(at, scan);
        for (DynamicFilterTarget target : node.dynamicFilters()) {
            filteredScans.add(new FilteredScan(opened.getFirst(), scan, target));
        }
        return opened;
    }

    /// Lets a scan start after the builds that narrow it, unless those wait for the scan themselves.
    private void waitForFilter(FilteredScan scan) {
        FilterBuild build = filterBuilds.get(scan.target().id());
        if (build == null
                || build.pipelines().stream().anyMatch(p -> p.waitsFor(scan.pipeline()))) {
            return;
        }
        scan.pipeline().dependOn(build.pipelines());
        scan.pipeline().use(build.state());
        scan.operator().take(scan.target());
    }

    private SourceOperator series(PhysicalPlan.Series node) {
        Long start = bigint(node.start());
        Long stop = bigint(node.stop());
        Long step = bigint(node.step());
        return start == null || stop == null || step == null
                ? new EmptySource()
                : new SeriesSource(start, stop, step);
    }

    private List<Pipeline> limit(NodeMetrics at, PhysicalPlan.Limit node, List<Pipeline> inputs) {
        return append(
                at,
                inputs,
                new LimitOperator(
                        rowNumber("LIMIT", node.limit(), Long.MAX_VALUE),
                        rowNumber("OFFSET", node.offset(), 0)));
    }

    private long rowNumber(String clause, RowExpression expression, long whenNull) {
        Long value = bigint(expression);
        if (value == null) {
            return whenNull;
        }
        if (value < 0) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER, clause + " must not be negative: " + value);
        }
        return value;
    }

    private @Nullable Long bigint(RowExpression expression) {
        Object value =
                expression instanceof Literal literal
                        ? literal.value()
                        : compiler.constant(expression);
        return value == null ? null : ((Number) value).longValue();
    }

    private MaterializedPlan materialized(NodeMetrics at, List<List<Pipeline>> inputs) {
        int id = ((PhysicalPlan.Shared) at.node()).id();
        MaterializedPlan plan = shared.get(id);
        if (plan == null) {
            SharedOperation operation = new SharedOperation(at.node().schema());
            List<Pipeline> writers = inputs.getFirst();
            Resource resource = end(at, writers, operation.sink(), operation, () -> {});
            boolean ordered = writers.size() == 1 && writers.getFirst().maxWorkers() == 1;
            plan = new MaterializedPlan(operation, resource, writers, new ArrayList<>(), ordered);
            shared.put(id, plan);
        }
        return plan;
    }

    private List<Pipeline> shared(NodeMetrics at, List<List<Pipeline>> inputs) {
        MaterializedPlan plan = materialized(at, inputs);
        List<Pipeline> reader = source(at, plan.operation().source());
        reader.getFirst().use(plan.resource());
        reader.getFirst().dependOn(plan.writers());
        plan.readers().addAll(reader);
        if (plan.ordered()) {
            reader.getFirst().keepOrder();
        }
        return reader;
    }

    /// The seed ends in the recursion's state, whose reader starts rounds: pipelines of the step,
    /// built anew for each.
    private List<Pipeline> recursion(
            NodeMetrics at, RecursiveUnion node, List<List<Pipeline>> inputs) {
        NodeMetrics step = at.inputs().get(1);
        RecursionOperation operation =
                new RecursionOperation(
                        node, () -> rounds.launch(round -> buildRound(round, step, node.id())));
        recursions.put(node.id(), operation);
        List<Pipeline> seed = inputs.getFirst();
        Resource state = end(at, seed, operation.sink(), operation, () -> {});
        List<Pipeline> reader = source(at, operation.source());
        reader.getFirst().keepOrder();
        reader.getFirst().dependOn(seed);
        reader.getFirst().use(state);
        for (NodeMetrics common : wantedInputs(at).subList(1, inputs.size())) {
            MaterializedPlan plan = materialized(common, List.of());
            plan.operation().keep(); // each round reads it again
            reader.getFirst().dependOn(plan.writers());
            reader.getFirst().use(plan.resource());
        }
        return reader;
    }

    private void buildRound(PipelineGraph round, NodeMetrics step, int id) {
        PipelineBuilder builder = new PipelineBuilder(this, round);
        SinkOperator sink = operation(id).sink();
        List<Pipeline> last = builder.pipelines(step);
        builder.end(step, last, sink, () -> {}, () -> {});
        builder.filteredScans.forEach(builder::waitForFilter);
    }

    private RecursionOperation operation(int id) {
        RecursionOperation operation = recursions.get(id);
        if (operation == null) {
            throw new IllegalStateException("Work table outside of its recursion: " + id);
        }
        return operation;
    }

    private List<Pipeline> sort(NodeMetrics at, List<Pipeline> inputs, SortOperation sort) {
        Resource state = end(at, inputs, sort.sink(), sort, () -> {});
        List<Pipeline> gathering =
                phase(
                        at,
                        inputs,
                        sort.gatherColumns(),
                        context -> sort.layOut(context.allocator()));
        List<Pipeline> sorting = phase(at, gathering, sort.sortChunks(), context -> {});
        List<Pipeline> reader = source(at, sort.source());
        reader.getFirst().dependOn(sorting);
        for (Pipeline pipeline :
                List.of(gathering.getFirst(), sorting.getFirst(), reader.getFirst())) {
            pipeline.use(state);
        }
        return reader;
    }

    /// Opens and ends a pipeline whose source works without yielding anything.
    ///
    /// @param finish runs once after all workers
    private List<Pipeline> phase(
            NodeMetrics at,
            List<Pipeline> after,
            SourceOperator work,
            Consumer<WorkerContext> finish) {
        List<Pipeline> phase = source(at, work);
        phase.getFirst().dependOn(after);
        end(at, phase, new PhaseSink(finish), () -> {}, () -> {});
        return phase;
    }

    /// Opens a pipeline.
    private List<Pipeline> source(NodeMetrics at, SourceOperator operator) {
        return open(new Stage<>(operator, at, true));
    }

    private List<Pipeline> open(Stage<SourceOperator> source) {
        Pipeline pipeline = new Pipeline(source);
        pipeline.use(graph.own(source.operator()));
        graph.add(pipeline);
        return List.of(pipeline);
    }

    private List<Pipeline> append(
            NodeMetrics at, List<Pipeline> pipelines, StreamingOperator operator) {
        Resource resource = graph.own(operator);
        for (Pipeline pipeline : pipelines) {
            pipeline.append(new Stage<>(operator, at, true));
            pipeline.use(resource);
        }
        return pipelines;
    }

    /// Ends pipelines in a sink and returns its state, which those who read it must use.
    ///
    /// @param operation closed with the sink
    /// @param afterFinish runs once after the sink was finished
    private Resource end(
            NodeMetrics at,
            List<Pipeline> pipelines,
            SinkOperator sink,
            AutoCloseable operation,
            Runnable afterFinish) {
        SinkUse use = new SinkUse(new Stage<>(sink, at, false), afterFinish);
        Resource state =
                graph.own(
                        () -> {
                            sink.close();
                            operation.close();
                        });
        for (Pipeline pipeline : pipelines) {
            pipeline.endIn(use);
            pipeline.use(state);
        }
        return state;
    }

    /// Ends the inputs in `sink` and opens a pipeline that reads what it built.
    private List<Pipeline> breaker(
            NodeMetrics at,
            List<Pipeline> inputs,
            AutoCloseable operation,
            SinkOperator sink,
            SourceOperator source) {
        Resource state = end(at, inputs, sink, operation, () -> {});
        List<Pipeline> reader = source(at, source);
        reader.getFirst().dependOn(inputs);
        reader.getFirst().use(state);
        return reader;
    }
}
