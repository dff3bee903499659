package io.neuralake.conformance.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;
import io.neuralake.storage.s3.S3Settings;
import io.neuralake.storage.s3.S3Store;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;

/// The same against s3proxy, and what only stores of objects do.
class S3StoreContractTest extends ObjectStoreContract {
    private static String bucket;
    private static S3Settings settings;
    private static S3Store store;

    private final String folder = "s3://" + bucket + "/lake " + UUID.randomUUID();

    @BeforeAll
    static void open() throws IOException, InterruptedException {
        bucket = S3Double.shared().newBucket();
        settings = S3Double.shared().settings();
        store = new S3Store(settings);
    }

    @AfterAll
    static void close() {
        store.close();
    }

    @Override
    ObjectStore store() {
        return store;
    }

    @Override
    String folder() {
        return folder;
    }

    @Test
    void largeFilesAreUploadedInParts() throws IOException {
        byte[] content = new byte[(33 << 20) + 5];
        new Random(2).nextBytes(content);
        Path local = Files.write(temporary.resolve("large"), content);
        store.upload(local, folder + "/large");
        assertThat(local).doesNotExist();
        assertThat(store.entry(folder + "/large").orElseThrow().bytes()).isEqualTo(content.length);
        assertThat(store.read(folder + "/large", (16 << 20) - 3, 6))
                .isEqualTo(Arrays.copyOfRange(content, (16 << 20) - 3, (16 << 20) + 3));
        assertThat(store.read(folder + "/large", content.length - 4, 4))
                .isEqualTo(Arrays.copyOfRange(content, content.length - 4, content.length));
    }

    @Test
    void fileThatWasWrittenToIsNotRead() {
        store.put(folder + "/a", bytes("old"));
        StoredEntry now = store.entry(folder + "/a").orElseThrow();
        StoredEntry before =
                new StoredEntry(now.path(), false, now.bytes(), now.modifiedMillis() - 5000);
        fails(() -> store.open(before, 0, 3), ErrorCode.STORAGE_ERROR);
    }

    @Test
    void absentBucketIsNamed() {
        assertThatThrownBy(() -> store.children("s3://absent-bucket/x"))
                .hasMessageContaining("absent-bucket");
        fails(() -> store.read("s3://absent-bucket/x"), ErrorCode.FILE_NOT_FOUND);
        fails(() -> store.read("s3:///x"), ErrorCode.INVALID_PARAMETER);
    }

    @Test
    void wrongCredentialsAreRefused() {
        System.setProperty("aws.secretAccessKey", "wrong");
        try (S3Store stranger = new S3Store(settings)) {
            fails(() -> stranger.read(folder + "/a"), ErrorCode.PERMISSION_DENIED);
        } finally {
            System.setProperty("aws.secretAccessKey", S3Double.SECRET_KEY);
        }
    }
}
