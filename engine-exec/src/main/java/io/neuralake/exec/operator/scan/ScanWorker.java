package io.neuralake.exec.operator.scan;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.compile.ExpressionCompiler;
import io.neuralake.exec.expression.compile.PredicateEvaluator;
import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.DynamicFilterTarget;
import io.neuralake.exec.row.BatchCoalescer;
import io.neuralake.exec.row.BatchSelection;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.connector.BatchSource;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.connector.RowFilter;
import io.neuralake.spi.connector.ScanContext;
import io.neuralake.spi.connector.ScanMetrics;
import io.neuralake.spi.connector.Split;
import io.neuralake.spi.expression.ScanPredicate;
import io.neuralake.spi.memory.MemoryAllocator;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/// Reads splits one after the other. Conjuncts go down to the source as row filters; those that read
/// no column are applied here.
final class ScanWorker implements SourceWorker, ScanContext {
    /// Empty answers after which the worker lets the scheduler look around.
    private static final int MAX_EMPTY_READS = 16;

    private static final ReadResult AGAIN =
            new ReadResult.Blocked(CompletableFuture.completedFuture(null));

    private final ScanSourceOperator scan;
    private final WorkerContext context;
    private final ExpressionCompiler compiler;
    private final List<ExpressionRowFilter> planned = new ArrayList<>();
    private final List<PredicateEvaluator> columnFree = new ArrayList<>();
    private final List<RowFilter> rowFilters = new ArrayList<>();
    private final BatchCoalescer coalescer;

    /// At most two batches that wait to be handed out.
    private final Queue<Batch> output = new ArrayDeque<>();

    private @Nullable BatchSource source;
    private boolean dynamicAdded;

    ScanWorker(ScanSourceOperator scan, PhysicalPlan.TableScan node, WorkerContext context) {
        this.scan = scan;
        this.context = context;
        this.compiler = new ExpressionCompiler(context.settings());
        this.coalescer =
                new BatchCoalescer(node.schema(), context.allocator(), context.batchRows());
        try {
            for (RowExpression conjunct : node.filters()) {
                if (ColumnReferences.of(conjunct).length == 0) {
                    columnFree.add(compiler.predicate(conjunct, context.allocator()));
                } else {
                    planned.add(new ExpressionRowFilter(conjunct, compiler, context.allocator()));
                }
            }
            rowFilters.addAll(planned);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    @Override
    public ReadResult produce() {
        for (int empty = 0; empty < MAX_EMPTY_READS; empty++) {
            context.checkCancelled();
            if (source == null && !openNext()) {
                coalescer.flush(this::put);
            }
            Batch left = take();
            if (left != null) {
                return new ReadResult.Ready(left);
            }
            BatchSource reader = source;
            if (reader == null) {
                return ReadResult.Finished.INSTANCE;
            }
            switch (reader.read()) {
                case ReadResult.Ready ready -> {
                    coalescer.add(filter(ready.batch()), this::put);
                    Batch batch = take();
                    if (batch != null) {
                        return new ReadResult.Ready(batch);
                    }
                }
                case ReadResult.Blocked blocked -> {
                    return blocked;
                }
                case ReadResult.Finished _ -> closeSource();
            }
        }
        return AGAIN;
    }

    private void put(Batch batch) {
        output.add(batch);
    }

    private @Nullable Batch take() {
        return output.poll();
    }

    private boolean openNext() {
        Optional<? extends Split> split = scan.nextSplit();
        if (split.isEmpty()) {
            return false;
        }
        addDynamicFilters();
        context.count("splits", 1);
        source = scan.connector().open(split.get(), scan.request(), this);
        return true;
    }

    /// Tests rows against what join build sides have told, after the planned filters, which are
    /// cheaper as a rule.
    private void addDynamicFilters() {
        if (dynamicAdded) {
            return;
        }
        dynamicAdded = true;
        for (DynamicFilterTarget target : scan.targets()) {
            scan.filter(target)
                    .map(filter -> new AdaptiveRowFilter(target.outputColumn(), filter))
                    .ifPresent(rowFilters::add);
        }
    }

    /// Applies conjuncts without columns. Takes ownership.
    private Batch filter(Batch input) {
        Batch batch = input;
        for (PredicateEvaluator evaluator : columnFree) {
            DataBuffer passed = null;
            int count;
            try {
                passed = context.allocator().allocate(Bitmap.bytes(batch.rowCount()));
                count = evaluator.evaluate(batch, passed.segment());
            } catch (RuntimeException | Error e) {
                batch.close();
                if (passed != null) {
                    passed.release();
                }
                throw e;
            }
            if (count == batch.selectedCount()) {
                passed.release();
            } else {
                batch = BatchSelection.narrow(batch, passed, count, context.allocator());
            }
        }
        return batch;
    }

    @Override
    public MemoryAllocator allocator() {
        return context.allocator();
    }

    @Override
    public int batchRows() {
        return context.batchRows();
    }

    @Override
    public List<RowFilter> rowFilters() {
        return List.copyOf(rowFilters);
    }

    @Override
    public boolean isRead(int column) {
        return scan.isRead(column);
    }

    @Override
    public List<ScanPredicate> dynamicPredicates() {
        return scan.dynamicPredicates();
    }

    @Override
    public ScanMetrics metrics() {
        return scan.metrics();
    }

    @Override
    public void checkCancelled() {
        context.checkCancelled();
    }

    private void closeSource() {
        BatchSource open = source;
        source = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() {
        closeSource();
        coalescer.close();
        output.forEach(Batch::close);
        output.clear();
        planned.forEach(ExpressionRowFilter::close);
        columnFree.forEach(PredicateEvaluator::close);
    }
}
