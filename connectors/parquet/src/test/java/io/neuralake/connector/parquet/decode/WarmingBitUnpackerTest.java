package io.neuralake.connector.parquet.decode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

@Timeout(120)
class WarmingBitUnpackerTest {
    /// Prints the unpacker of a process at its start, that after a rehearsal, and the best.
    static final class Probe {
        private Probe() {}

        public static void main(String[] args) {
            System.out.print(name(BitUnpacker.warming().forWork(1)));
            BitUnpacker.warming().rehearse();
            System.out.print(" " + name(BitUnpacker.warming().forWork(1)));
            System.out.print(" " + name(BitUnpacker.best()));
        }

        private static String name(BitUnpacker unpacker) {
            return unpacker.getClass().getSimpleName();
        }
    }

    private static String[] probe(String flag) throws Exception {
        Process process =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "--add-modules=jdk.incubator.vector",
                                        "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                                        flag,
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        Probe.class.getName()))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.split(" ");
    }

    @Test
    void scalarsBeginAndTheBestMayFollow() throws Exception {
        String[] unpackers = probe("-Dneuralake.kernels=auto");
        assertThat(unpackers).hasSize(3).startsWith("ScalarBitUnpacker");
        assertThat(unpackers[1]).isIn("ScalarBitUnpacker", unpackers[2]);
    }

    @Test
    void scalarsStayWhereNothingElseIsWanted() throws Exception {
        assertThat(probe("-Dneuralake.kernels=scalar"))
                .hasSize(3)
                .containsOnly("ScalarBitUnpacker");
    }

    @Test
    void theBestBeginsWhereVectorsAreWanted() throws Exception {
        String[] unpackers = probe("-Dneuralake.kernels=vector");
        assertThat(unpackers).hasSize(3);
        assertThat(unpackers[0]).isEqualTo(unpackers[2]);
        assertThat(unpackers[1]).isEqualTo(unpackers[2]);
    }
}
