package io.neuralake.server.bench.profile;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

class FlameGraphTest {
    @TempDir private Path folder;

    private static FlameGraph graph() {
        FlameGraph graph = new FlameGraph();
        graph.add(List.of("a.Main.main", "a.Work.run", "a.Map<K>.get"));
        graph.add(List.of("a.Main.main", "a.Work.run"));
        graph.add(List.of("a.Main.main", "a.Work.run"));
        graph.add(List.of("a.Main.main", "a.Idle.run"));
        return graph;
    }

    @Test
    void foldedStacksCountWhereSamplesEnded() throws IOException {
        Path file = folder.resolve("x.collapsed");
        graph().writeFolded(file);
        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "a.Main.main;a.Idle.run 1",
                        "a.Main.main;a.Work.run 2",
                        "a.Main.main;a.Work.run;a.Map<K>.get 1");
    }

    @Test
    void boxesAreAsWideAsTheirShareAndStandOnTheirCaller() throws IOException {
        Path file = folder.resolve("x.html");
        graph().writeHtml(file);
        String page = Files.readString(file);
        assertThat(page).contains("<p>4 samples;", "height:64px");
        assertThat(page)
                .containsPattern(
                        Pattern.quote("data-x=\"0.250000\" data-w=\"0.750000\"")
                                + "[^>]*bottom:32px[^>]*"
                                + Pattern.quote(
                                        "title=\"a.Work.run, 3 samples, 75.00%\">Work.run<"))
                .containsPattern(
                        Pattern.quote("data-x=\"0.250000\" data-w=\"0.250000\"")
                                + "[^>]*bottom:48px[^>]*title=\"a.Map&lt;K&gt;.get, 1 samples")
                .contains(">Map&lt;K&gt;.get</div>");
    }

    @Test
    void noSamplesMakeAnEmptyGraph() throws IOException {
        Path file = folder.resolve("x.html");
        new FlameGraph().writeHtml(file);
        assertThat(Files.readString(file)).contains("<p>0 samples;").doesNotContain("data-x");
    }
}
