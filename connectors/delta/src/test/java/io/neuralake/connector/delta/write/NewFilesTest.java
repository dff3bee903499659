package io.neuralake.connector.delta.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.connector.delta.WrittenTable;
import io.neuralake.connector.delta.log.TableMetadata;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.storage.ObjectStore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Brings files to a store.
class NewFilesTest {
    @TempDir private Path temporary;

    private TableMetadata metadata() {
        try (WrittenTable table = new WrittenTable(temporary)) {
            table.commit(
                    0,
                    WrittenTable.PROTOCOL,
                    WrittenTable.metadata(WrittenTable.field("n", "long"), "", ""));
            return ((DeltaTable) table.open()).state().metadata();
        }
    }

    @Test
    void uploadsSeveralFilesAtATime() {
        Set<String> uploaded = ConcurrentHashMap.newKeySet();
        CountDownLatch two = new CountDownLatch(2);
        ObjectStore store =
                (ObjectStore)
                        Proxy.newProxyInstance(
                                ObjectStore.class.getClassLoader(),
                                new Class<?>[] {ObjectStore.class},
                                (_, method, arguments) -> {
                                    assertThat(method.getName()).isEqualTo("upload");
                                    two.countDown();
                                    assertThat(two.await(1, TimeUnit.MINUTES))
                                            .as("another upload beside this one")
                                            .isTrue();
                                    Files.delete((Path) arguments[0]);
                                    uploaded.add((String) arguments[1]);
                                    return null;
                                });
        NewFiles files = new NewFiles(new WriteTarget(store, "mem://lake/t", metadata(), 1 << 20));
        for (int i = 0; i < 10; i++) {
            files.put("p=" + i + "/f", new byte[] {1});
        }
        files.sync();
        assertThat(uploaded).hasSize(10).contains("mem://lake/t/p=3/f");
    }
}
