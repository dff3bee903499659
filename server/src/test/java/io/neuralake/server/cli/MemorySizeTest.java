package io.neuralake.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemorySizeTest {
    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "1000, 1000",
        "1b, 1",
        "1k, 1024",
        "1KB, 1024",
        "1KiB, 1024",
        "512MB, 536870912",
        "1.5g, 1610612736",
        "' 4 GB ', 4294967296",
        "2T, 2199023255552"
    })
    void readsUnitsAsPowersOf1024(String text, long bytes) {
        assertThat(MemorySize.parse(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GB", "-1", "1x", "1,5g", "1e9", ".5g", "NaN", "0x10", "1 G B"})
    void refusesOtherForms(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemorySize.parse(text))
                .withMessage("Not a size: " + text + "; write 512MB or 4GB");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0.1", "0GB", "99999999999T", "9223372036854775807"})
    void refusesWhatIsOutOfRange(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemorySize.parse(text))
                .withMessage("Size out of range: " + text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "1000, 1000",
        "1024, 1KB",
        "536870912, 512MB",
        "1610612736, 1536MB"
    })
    void writesWhatItReads(long bytes, String text) {
        assertThat(MemorySize.text(bytes)).isEqualTo(text);
        if (bytes > 0) {
            assertThat(MemorySize.parse(text).bytes()).isEqualTo(bytes);
        }
    }
}
