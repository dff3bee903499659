package io.neuralake.server.bench;

import io.neuralake.server.generate.GeneratedTable;
import io.neuralake.server.generate.TpcdsTables;
import io.neuralake.server.generate.TpchTables;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The benchmarks: what they are asked over, and what they ask.
public enum Benchmark {
    /// 22 queries over eight tables.
    TPCH("TPC-H", TpchQueries.COUNT) {
        @Override
        public List<GeneratedTable> tables(double scale) {
            return TpchTables.at(scale);
        }

        @Override
        public List<BenchQuery> query(int number) {
            return List.of(
                    new BenchQuery(
                            "Q" + number,
                            TpchQueries.text(number),
                            TpchQueries.orderColumns(number)));
        }
    },

    /// 99 queries over 24 tables, four of them in two parts.
    TPCDS("TPC-DS", TpcdsQueries.COUNT) {
        @Override
        public List<GeneratedTable> tables(double scale) {
            return TpcdsTables.at(scale);
        }

        @Override
        public List<BenchQuery> query(int number) {
            return TpcdsQueries.query(number);
        }
    };

    private final String title;
    private final int queryCount;

    Benchmark(String title, int queryCount) {
        this.title = title;
        this.queryCount = queryCount;
    }

    /// Returns the tables at a scale factor.
    public abstract List<GeneratedTable> tables(double scale);

    /// Returns the statements of query 1 to [#queryCount], mostly one.
    public abstract List<BenchQuery> query(int number);

    /// Returns the statements of all queries.
    public Stream<BenchQuery> queries() {
        return IntStream.rangeClosed(1, queryCount)
                .boxed()
                .flatMap(number -> query(number).stream());
    }

    /// Returns the number of queries.
    public int queryCount() {
        return queryCount;
    }

    /// Returns the name as its owner writes it.
    public String title() {
        return title;
    }

    /// Returns the name as commands and files have it.
    public String lowerCaseName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
