package io.neuralake.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SessionSettingsTest {
    @ParameterizedTest
    @CsvSource({
        "100, 100",
        "1KB, 1000",
        "1 KiB, 1024",
        "2M, 2097152",
        "1.5GB, 1500000000",
        "'', 9223372036854775807"
    })
    void readsSizes(String text, long bytes) {
        assertThat(SessionSettings.bytes(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"250, 250", "250ms, 250", "30s, 30000", "2 min, 120000", "1h, 3600000", "0, 0"})
    void readsDurations(String text, long millis) {
        assertThat(SessionSettings.millis(text)).isEqualTo(millis);
    }

    @Test
    void badValuesAreErrors() {
        assertThatThrownBy(() -> SessionSettings.bytes("lots"))
                .hasMessage("Setting must be a size such as 512MB: memory_limit = lots");
        assertThatThrownBy(() -> SessionSettings.millis("soon"))
                .hasMessage("Setting must be a duration such as 30s: statement_timeout = soon");
    }
}
