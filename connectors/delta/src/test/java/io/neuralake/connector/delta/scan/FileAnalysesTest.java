package io.neuralake.connector.delta.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.connector.delta.WrittenTable;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

/// Asks for the analysis of tables.
class FileAnalysesTest {
    @TempDir private Path folder;

    @Test
    void refusesTablesInObjectStores() {
        try (WrittenTable written = new WrittenTable(folder)) {
            written.commit(
                    0,
                    WrittenTable.PROTOCOL,
                    WrittenTable.metadata(WrittenTable.field("n", "long"), "", ""));
            DeltaTable local = (DeltaTable) written.open();
            assertThat(local.parts()).isEmpty();
            DeltaTable remote =
                    new DeltaTable(
                            local.name(),
                            "s3://bucket/t",
                            local.log(),
                            local.state(),
                            (DeltaConnector) local.connector());
            assertThatThrownBy(remote::parts)
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
            assertThatThrownBy(() -> remote.keep(List.of())).hasMessageContaining("object store");
        }
    }
}
