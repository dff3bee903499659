package io.neuralake.spi.simd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

class SimdCapabilitiesTest {
    /// What a process of other flags prints.
    static final class Probe {
        private Probe() {}

        public static void main(String[] args) {
            System.out.print(
                    SimdCapabilities.compiled() + " " + SimdCapabilities.detected().vectorBits());
        }
    }

    private static String probe(String... flags) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Arrays.asList(flags));
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), Probe.class.getName()));
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    @Test
    void vectorsAreCompiledWhereTheModuleIsResolved() throws Exception {
        assertThat(probe("--add-modules=jdk.incubator.vector")).startsWith("true ");
    }

    @Test
    void kernelsAreScalarWhereC2DoesNotCompileVectors() throws Exception {
        assertThat(
                        probe(
                                "--add-modules=jdk.incubator.vector",
                                "-XX:+UnlockExperimentalVMOptions",
                                "-XX:-EnableVectorSupport"))
                .isEqualTo("false 0");
    }

    @Test
    void kernelsAreScalarWithoutTheModule() throws Exception {
        assertThat(probe()).isEqualTo("false 0");
    }
}
