package io.neuralake.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

@Timeout(120)
class SoftHeapLimitTest {
    private static final long MB = 1 << 20;

    @Test
    void followsWhatIsInUse() {
        assertThat(SoftHeapLimit.of(50 * MB, 6000 * MB)).isEqualTo(512 * MB);
        assertThat(SoftHeapLimit.of(500 * MB, 6000 * MB)).isEqualTo(2000 * MB);
        assertThat(SoftHeapLimit.of(5000 * MB, 6000 * MB)).isEqualTo(6000 * MB);
        assertThat(SoftHeapLimit.of(50 * MB, 100 * MB)).isEqualTo(100 * MB);
    }

    @Test
    void growsWithTheObjectsOfAServer() throws Exception {
        List<String> megabytes = child("-XX:+UseZGC", "-Xmx2g");
        assertThat(megabytes).hasSize(3);
        assertThat(megabytes.get(0)).isEqualTo("512");
        assertThat(Long.parseLong(megabytes.get(1))).as("200 MB in use").isBetween(800L, 2048L);
        assertThat(Long.parseLong(megabytes.get(2))).as("none in use").isBetween(512L, 799L);
    }

    @Test
    void leavesAFlagAlone() throws Exception {
        assertThat(child("-XX:+UseZGC", "-Xmx2g", "-XX:SoftMaxHeapSize=700m"))
                .containsExactly("700", "700", "700");
    }

    @Test
    void otherCollectorsHaveNone() throws Exception {
        assertThat(child("-XX:+UseSerialGC", "-Xmx2g"))
                .as("the whole heap")
                .containsExactly("2048", "2048", "2048");
    }

    /// Returns what a process says that [#main] runs in.
    private static List<String> child(String... flags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(SoftHeapLimitTest.class.getName());
        Process process =
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .start();
        try (var output = process.getInputStream()) {
            List<String> lines =
                    new String(output.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
            assertThat(process.waitFor()).isZero();
            return lines;
        }
    }

    /// Prints the limit in megabytes: at the start, with 200 MB of objects, and without.
    public static void main(String[] args) throws InterruptedException {
        try (SoftHeapLimit _ = SoftHeapLimit.start()) {
            System.out.println(limit());
            List<byte[]> objects = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                objects.add(new byte[(int) MB]);
            }
            int most = objects.size() * 4;
            System.out.println(afterCollection(limit -> limit >= most));
            objects.clear();
            System.out.println(afterCollection(limit -> limit < most));
        }
    }

    /// Collects, and waits for what a notification should change; for 5 s, since it may not.
    private static long afterCollection(LongPredicate expected) throws InterruptedException {
        System.gc();
        long end = System.nanoTime() + 5_000_000_000L;
        while (!expected.test(limit()) && System.nanoTime() < end) {
            Thread.sleep(20);
        }
        return limit();
    }

    private static long limit() {
        return Long.parseLong(
                        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                                .getVMOption(SoftHeapLimit.OPTION)
                                .getValue())
                / MB;
    }
}
