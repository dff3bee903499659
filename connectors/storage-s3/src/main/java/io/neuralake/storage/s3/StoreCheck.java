package io.neuralake.storage.s3;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.SchemeStore;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/// One thing that a store of objects has to be able to do, and whether it is.
///
/// @param what was tried
/// @param failure why it is not; null if it is
public record StoreCheck(String what, @Nullable String failure) {
    /// Tries all with a folder. Writes and deletes files in it.
    public static List<StoreCheck> of(SchemeStore stores, String folder) {
        List<StoreCheck> checks = new ArrayList<>();
        ObjectStore store = stores.of(folder);
        if (!tried(checks, "lists " + folder, () -> store.children(folder))) {
            return checks;
        }
        tried(
                checks,
                "writes files, reads parts of them, and deletes them",
                () -> parts(store, folder));
        boolean dynamo =
                store instanceof DynamoStore arbitrated
                        && arbitrated.mode(folder) == CommitMode.DYNAMODB;
        if (dynamo) {
            tried(checks, "DynamoDB arbitrates commits", () -> ((DynamoStore) store).check(folder));
        } else {
            tried(
                    checks,
                    "writes a file only if there is none (If-None-Match)",
                    () -> {
                        if (store instanceof DynamoStore arbitrated) {
                            arbitrated.checkConditionalPut(folder);
                        } else if (store instanceof S3Store s3) {
                            s3.checkConditionalPut(folder);
                        }
                    });
        }
        return checks;
    }

    private static boolean tried(List<StoreCheck> checks, String what, Runnable action) {
        String failure = null;
        try {
            action.run();
        } catch (NeuralakeException e) {
            failure = String.valueOf(e.getMessage());
        }
        checks.add(new StoreCheck(what, failure));
        return failure == null;
    }

    private static void parts(ObjectStore store, String folder) {
        String path =
                folder
                        + "/"
                        + ObjectStore.TEMPORARY_PREFIX
                        + "neuralake-check-"
                        + UUID.randomUUID();
        byte[] content = "0123456789".getBytes(StandardCharsets.UTF_8);
        store.put(path, content);
        try {
            byte[] part = store.read(path, 3, 4);
            if (!Arrays.equals(part, Arrays.copyOfRange(content, 3, 7))) {
                throw new NeuralakeException(
                        ErrorCode.STORAGE_ERROR,
                        "Store gives other parts of files than those asked for");
            }
        } finally {
            store.delete(List.of(path));
        }
    }
}
