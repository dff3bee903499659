package io.neuralake.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.error.NeuralakeException;

import org.junit.jupiter.api.Test;

import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

import java.time.InstantSource;

/// Writes what logs have beside commits to a store without conditional writes.
class DynamoStoreCheckpointTest {
    private static final String CHECKPOINT =
            "s3://b/t/_delta_log/00000000000000000010.checkpoint.parquet";

    private final UnconditionalObjects objects = new UnconditionalObjects();
    private final DynamoStore store =
            new DynamoStore(
                    objects,
                    new LogEntries(new NoDynamo(), "delta_log", InstantSource.system()),
                    CommitChoice.parse("conditional,s3://b/t=dynamodb"),
                    "s3a");

    /// Nobody asks it.
    private static final class NoDynamo implements DynamoDbClient {
        @Override
        public String serviceName() {
            return "dynamodb";
        }

        @Override
        public void close() {}
    }

    @Test
    void checkpointsNeedNoCondition() {
        assertThat(store.putIfAbsent(CHECKPOINT, new byte[] {1})).isTrue();
        assertThat(store.putIfAbsent(CHECKPOINT, new byte[] {2})).isFalse();
        assertThat(store.putIfAbsent(CHECKPOINT, new byte[] {1})).isTrue();
        assertThat(objects.objects.get(CHECKPOINT)).containsExactly(1);
    }

    @Test
    void otherTablesDo() {
        assertThatThrownBy(
                        () -> store.putIfAbsent(CHECKPOINT.replace("/t/", "/u/"), new byte[] {1}))
                .isInstanceOf(NeuralakeException.class);
        assertThatThrownBy(() -> store.putIfAbsent("s3://b/t/x", new byte[] {1}))
                .isInstanceOf(NeuralakeException.class);
        assertThat(objects.objects).isEmpty();
    }
}
