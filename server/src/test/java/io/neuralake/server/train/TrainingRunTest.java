package io.neuralake.server.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.server.bench.TpchQueries;
import io.neuralake.server.cli.Neuralake;
import io.neuralake.server.cli.StandardStreams;
import io.neuralake.server.output.CheckedOutput;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

@Timeout(300)
class TrainingRunTest {
    @TempDir private Path folder;

    private final List<List<String>> failed = new ArrayList<>();
    private final List<List<String>> all = new ArrayList<>();

    private int run(String... arguments) {
        var out = new CheckedOutput(new ByteArrayOutputStream());
        var err = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        var streams = new StandardStreams(InputStream.nullInputStream(), out, err, false);
        int status = Neuralake.run(arguments, streams, Map.of(), folder);
        all.add(List.of(arguments));
        if (status != 0) {
            failed.add(List.of(arguments));
        }
        return status;
    }

    @Test
    void queriesRunOverDataWrittenBeforeAndStayInTheProcess() throws IOException {
        new TrainingRun(folder, this::run).writeData();
        assertThat(all).as("no command").isEmpty();

        new TrainingRun(folder, this::run).runQueries();
        assertThat(all)
                .hasSizeGreaterThan(TpchQueries.COUNT)
                .allSatisfy(arguments -> assertThat(arguments).doesNotContain("--connect"));
        assertThat(failed)
                .as("a misspelt column and a syntax error are part of it")
                .extracting(List::getLast)
                .containsExactly("SELECT l_shipdte FROM lineitem", "SELECT FROM WHERE");
    }
}
